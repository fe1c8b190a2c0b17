"""`mixtura fit --bayesian`: K is an upper limit, and the evidence is told."""

from __future__ import annotations

import json

import numpy as np
import pytest

import mixtura


def test_fit_finds_how_many(run, tmp_path):
    random = np.random.RandomState(0)
    rows = np.concatenate([c + random.standard_normal((100, 2)) for c in (-9.0, 0.0, 9.0)])
    data, path = tmp_path / "data.csv", tmp_path / "model.safetensors"
    np.savetxt(data, rows, delimiter=",", header="a,b", comments="")
    done = run("fit", data, "-k", 9, "--bayesian", "-o", path, "--json")
    assert done.code == 0
    told = json.loads(done.out)
    model = mixtura.load(path)
    assert isinstance(model, mixtura.BayesianGaussianMixture)
    assert told["fit"]["effective_components"] == len(model.effective_components_) == 3
    assert told["fit"]["elbo"] == pytest.approx(model.elbo_)
    assert told["fit"]["elbo"] == pytest.approx(300 * told["fit"]["mean_elbo"])
    lines = run("fit", data, "-k", 9, "--bayesian").out
    assert "3 of 9 components" in lines and "evidence" in lines
    assert "3 of 9 components" in run("describe", path).out
    again = json.loads(run("describe", path, "--json").out)
    assert again["model"]["effective_components"] == model.effective_components_.tolist()
    assert run("predict", path, data).code == 0
    scored = json.loads(run("score", path, data, "--json").out)
    assert "mean_log_likelihood" in str(scored)
    assert run("score", path, data).code == 0


@pytest.mark.parametrize("option", [("--report", "r.html"), ("--prior", "mclust")])
def test_options_that_say_nothing_are_refused(run, csv, option):
    done = run("fit", csv, "-k", 2, "--bayesian", *option)
    assert done.code != 0 and f"`{option[0]}` must be left out with --bayesian" in done.err
