"""`mixtura fit --bayesian`: K is an upper limit, and the evidence is told."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
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


@pytest.fixture(scope="module")
def streamed(tmp_path_factory):
    """Three components in a folder of Parquet, and a Bayesian mixture of them, in a stream."""
    path = tmp_path_factory.mktemp("streamed")
    random = np.random.RandomState(1)
    rows = np.array([-9.0, 0.0, 9.0])[random.randint(0, 3, 900), None]
    rows = rows + random.standard_normal((900, 2))
    (path / "rows").mkdir()
    for number, part in enumerate(np.array_split(rows, 3)):
        frame = pd.DataFrame(part, columns=["a", "b"])
        frame.to_parquet(path / "rows" / f"{number}.parquet", row_group_size=100)
    return path, rows


@pytest.mark.parametrize("batches", [(), ("--batches", 5)])
def test_rows_in_a_stream_give_what_memory_gives(run, streamed, tmp_path, batches):
    path, rows = streamed
    models = []
    for memory in ("1kB", "1GB"):
        model = tmp_path / f"{memory}.safetensors"
        options = ("--bayesian", "--memory", memory, *batches, "-o", model, "--json")
        done = run("fit", path / "rows", "-k", 8, *options)
        assert done.code == 0, done.err
        models.append(mixtura.load(model))
    streamed, here = models
    assert (streamed.rows_, here.rows_) == ("arrow", "memory")
    assert len(streamed.effective_components_) == 3
    assert streamed.elbo_ == pytest.approx(here.elbo_, rel=1e-6 if batches else 1e-10)
    assert streamed.batches == (5 if batches else 1)
    scored = run("score", tmp_path / "1kB.safetensors", path / "rows", "--memory", "1kB", "--json")
    assert scored.json()["mean_log_likelihood"] == pytest.approx(here.score(rows), rel=1e-6)
    drawn = run("sample", tmp_path / "1kB.safetensors", "-n", 50)
    assert drawn.code == 0 and len(drawn.out.splitlines()) >= 50
    picture = tmp_path / "picture.png"
    assert run("plot", tmp_path / "1kB.safetensors", "-o", picture).code == 0
    assert picture.stat().st_size > 1000


def test_what_is_of_the_other_command_or_mixture_is_refused(run, csv):
    done = run("fit", csv, "-k", 2, "--batches", 5)
    assert done.code != 0 and "`--batches` must be left out without --bayesian" in done.err
    done = run("select", csv, "--bayesian")
    assert done.code != 0 and "`--bayesian` must be left out of select" in done.err


def test_a_report_is_written_with_the_evidence(run, csv, tmp_path):
    path = tmp_path / "r.html"
    done = run("fit", csv, "-k", 4, "--bayesian", "--report", path, "--json")
    assert done.code == 0, done.err
    page = path.read_text(encoding="utf-8")
    assert f"{done.json()['fit']['elbo']:.2f}" in page and ">BIC<" not in page


def test_options_that_say_nothing_are_refused(run, csv):
    done = run("fit", csv, "-k", 2, "--bayesian", "--prior", "mclust")
    assert done.code != 0 and "`--prior` must be left out with --bayesian" in done.err
