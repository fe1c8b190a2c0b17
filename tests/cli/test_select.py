"""`mixtura select`: what it chooses, shows and leaves behind."""

from __future__ import annotations

import inspect
import re

import pytest

from mixtura import BayesianGaussianMixture, GaussianMixture, persist
from mixtura.cli.commands import fit, select

# mclust 6 on faithful: BIC of EEE,3 (tied) and EEE,2 in scikit-learn's sign.
MCLUST = {3: 2314.32, 2: 2325.22}


def test_known_answer_and_lead(run):
    args = ("faithful", "-k", "2,3", "--covariance-type", "tied", "--json")
    chosen = run("select", *args).json()
    bic = {each["n_components"]: each["bic"] for each in chosen["candidates"]}
    assert bic == pytest.approx(MCLUST, abs=0.05)
    assert (chosen["best"]["n_components"], chosen["criterion"]) == (3, "bic")
    assert chosen["lead"] == pytest.approx(bic[2] - bic[3])
    assert all(each["cv"] is None for each in chosen["candidates"])
    assert chosen["model"]["n_components"] == 3 and chosen["files"] == []


def test_files(run, tmp_path, csv):
    folder = tmp_path / "new" / "out"
    done = run("select", csv, "-k", "1-2", "--covariance-type", "diag,full", "-o", folder)
    assert (done.code, done.err) == (0, "")
    names = {path.name for path in folder.iterdir()}
    assert names >= {"model.safetensors", "labels.csv", "report.html", "mixture.png", "bic.png"}
    assert all(f"wrote {folder / name}\n" in done.out for name in names)
    assert all(path.stat().st_size for path in folder.iterdir())
    assert "mixtura select" in (folder / "report.html").read_text()
    loaded = persist.load(folder / "model.safetensors")
    assert len(loaded.weights_) == 2
    assert loaded.feature_names_in_.tolist() == ["a", "b"]


def test_table_marks_the_best(run, csv):
    printed = run("select", csv, "-k", "1:2", "--covariance-type", "full,tied").out
    lines = [line.split() for line in printed.splitlines()]
    rows = [line for line in lines if line and line[0] in ("full", "tied") and len(line) == 8]
    assert [(line[0], line[1]) for line in rows] == [
        ("full", "1"),
        ("full", "2"),
        ("tied", "1"),
        ("tied", "2"),
    ]
    best = min(rows, key=lambda line: float(line[5]))
    assert best[-1] == "best"
    for line in rows:
        if line is not best:
            assert float(line[-1]) == pytest.approx(float(line[5]) - float(best[5]), abs=0.011)
    assert f"BIC chooses {best[1]} components with {best[0]} covariance" in printed


@pytest.mark.parametrize("width", [60, 80, 120])
def test_nothing_is_wider_than_the_terminal(run, csv, width):
    printed = run("select", csv, "-k", "1:2", width=width).out
    assert max(map(len, printed.splitlines())) <= width
    assert "…" not in printed.split("BIC chooses")[0].split("behind")[1]


@pytest.mark.parametrize("criterion", ["cv", "predictive"])
def test_a_criterion_of_held_out_rows_is_shown(run, csv, criterion):
    chosen = run("select", csv, "-k", "1,2", "--covariance-type", "tied", "--criterion", criterion)
    assert " CV " in chosen.out and "Held-out" in chosen.out
    assert (" PREDICTIVE " in chosen.out) == (criterion == "predictive")


def test_weights(run, tmp_path, csv):
    """Weight 0 leaves a row out."""
    lines = csv.read_text().splitlines()
    counts = ["count", *(["1"] * 40), *(["0"] * 20)]
    weighted = tmp_path / "weighted.csv"
    weighted.write_text("\n".join(f"{a},{b}" for a, b in zip(lines, counts, strict=True)))
    left = tmp_path / "left.csv"
    left.write_text("\n".join(lines[:41]))
    args = ("-k", 1, "--covariance-type", "full", "--json")
    (found,) = run("select", weighted, "--weights", "count", *args).json()["candidates"]
    (expected,) = run("select", left, *args).json()["candidates"]
    assert found["bic"] == pytest.approx(expected["bic"])


def test_progress(run, csv):
    args = ("select", csv, "-k", "1:2", "--covariance-type", "full")
    assert "fitting the first mixture" in run(*args, "--progress").err
    assert run(*args).err == ""


def _default(command, name):
    return next(option.default for option in command.params if option.name == name)


def test_defaults_of_fit_are_the_estimators():
    parameters = inspect.signature(GaussianMixture).parameters
    for name in ("max_iter", "n_init", "init_params", "reg_covar", "prior", "engine"):
        assert _default(fit.command, name) == parameters[name].default
    assert _default(fit.command, "tol") is None  # what is not said is the estimator's
    (tol,) = (each for each in fit.command.params if each.name == "tol")
    bayesian = inspect.signature(BayesianGaussianMixture).parameters["tol"].default
    told = [float(number) for number in re.findall(r"\de-\d", tol.show_default)]
    assert told == [parameters["tol"].default, bayesian]


def test_defaults_of_select_are_the_functions():
    from mixtura.selection import search

    template = search._template({})
    for name in ("tol", "max_iter", "n_init", "init_params", "reg_covar", "prior", "engine"):
        assert _default(select.command, name) == getattr(template, name)
