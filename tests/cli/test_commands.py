"""What each command prints and writes."""

from __future__ import annotations

import csv as csv_module
import io

import numpy as np
import pandas as pd
import pyarrow.parquet
import pytest
from scipy.stats import multivariate_normal
from sklearn.mixture import GaussianMixture as Theirs

import mixtura
from mixtura import persist


def _read(text):
    header, *rows = csv_module.reader(io.StringIO(text))
    return header, np.array(rows, dtype=float)


def test_fit_writes_model_labels_and_report(run, tmp_path, csv, x):
    paths = [tmp_path / name for name in ("m.safetensors", "labels.csv", "report.html")]
    done = run("fit", csv, "-k", 2, "-o", paths[0], "--labels", paths[1], "--report", paths[2])
    assert done.code == 0
    assert done.out.splitlines()[-3:] == [f"wrote {path}" for path in paths]
    header, labels = _read(paths[1].read_text())
    assert header == ["row", "label", "p_0", "p_1"]
    assert labels[:, 0].tolist() == list(range(1, 61))
    assert len(set(labels[:40, 1])) == 1 and len(set(labels[:, 1])) == 2
    assert labels[:, 2:].sum(axis=1) == pytest.approx(1.0)
    assert "<svg" in paths[2].read_text() or "data:image" in paths[2].read_text()
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(p.name for p in paths)
    loaded = persist.load(paths[0])
    assert isinstance(loaded, mixtura.GaussianMixture)
    assert loaded.feature_names_in_.tolist() == ["a", "b"]
    assert np.sort(loaded.weights_) == pytest.approx([1 / 3, 2 / 3], abs=1e-6)


def test_fit_agrees_with_the_sample_moments(run, csv, x):
    fitted = run("fit", csv, "-k", 1, "--reg-covar", 0, "--json").json()
    assert fitted["model"]["covariances"][0] == pytest.approx(np.cov(x.T, bias=True), rel=1e-9)
    density = multivariate_normal(x.mean(axis=0), np.cov(x.T, bias=True))
    log_likelihood = density.logpdf(x).sum()
    assert fitted["fit"]["log_likelihood"] == pytest.approx(log_likelihood)
    assert fitted["fit"]["bic"] == pytest.approx(5 * np.log(60) - 2 * log_likelihood)
    assert fitted["fit"]["aic"] == pytest.approx(2 * 5 - 2 * log_likelihood)


def test_fit_prints_components(run, csv):
    printed = " ".join(run("fit", csv, "-k", 2).out.split())
    assert "60 rows, 2 columns (a, b)" in printed
    assert "2 components, full covariance" in printed
    for word in ("component", "weight", "0.667", "0.333", "log-likelihood", "BIC", "AIC", "ICL"):
        assert word in printed


def test_quiet_fit_prints_nothing(run, csv, tmp_path):
    done = run("fit", csv, "-k", 2, "-q", "--progress", "-o", tmp_path / "m.safetensors")
    assert (done.code, done.out, done.err) == (0, "", "")


def test_predict_to_standard_output(run, csv, model, x):
    header, rows = _read(run("predict", model, csv).out)
    assert header == ["row", "label", "p_0", "p_1"]
    expected = persist.load(model).predict_proba(x)
    assert rows[:, 2:] == pytest.approx(expected, abs=1e-6)
    header, rows = _read(run("predict", model, csv, "--no-proba").out)
    assert header == ["row", "label"]
    assert rows[:, 1].astype(int).tolist() == expected.argmax(axis=1).tolist()


def test_predict_to_files(run, csv, model, x, tmp_path):
    expected = run("predict", model, csv, "--json").json()
    for name in ("labels.csv", "labels.tsv", "labels.parquet", "labels.npy", "proba.npy"):
        flag = ["--proba"] if name.startswith("proba") else []
        done = run("predict", model, csv, "-o", tmp_path / name, *flag)
        assert (done.code, done.out) == (0, f"wrote {tmp_path / name} ({len(x):,} rows)\n")
    table = pyarrow.parquet.read_table(tmp_path / "labels.parquet")
    assert table.column_names == ["row", "label", "p_0", "p_1"]
    assert table["label"].to_pylist() == expected["labels"]
    labels = np.load(tmp_path / "labels.npy")
    assert labels.dtype.kind == "i" and labels.tolist() == expected["labels"]
    assert np.load(tmp_path / "proba.npy")[:, 1:] == pytest.approx(
        np.array(expected["responsibilities"])
    )
    tabs = (tmp_path / "labels.tsv").read_text()
    assert tabs == (tmp_path / "labels.csv").read_text().replace(",", "\t")


def test_score_equals_scikit_learns(run, csv, model, x):
    ours = persist.load(model)
    theirs = Theirs(2)
    theirs.weights_, theirs.means_ = ours.weights_, ours.means_
    theirs.covariances_ = ours.covariances_
    theirs.precisions_cholesky_ = ours.precisions_cholesky_
    found = run("score", model, csv, "--json").json()
    assert found["mean_log_likelihood"] == pytest.approx(theirs.score(x))
    assert found["bic"] == pytest.approx(theirs.bic(x))
    assert found["aic"] == pytest.approx(theirs.aic(x))
    header, rows = _read(run("score", model, csv, "--per-row").out)
    assert header == ["row", "log_likelihood"]
    assert rows[:, 1] == pytest.approx(theirs.score_samples(x))
    assert f"{theirs.bic(x):.2f}" in run("score", model, csv).out


def test_sample_is_repeatable_and_can_be_fitted_again(run, model):
    drawn = run("sample", model, "-n", 300, "--seed", 7)
    assert drawn.out == run("sample", model, "-n", 300, "--seed", 7).out
    assert drawn.out != run("sample", model, "-n", 300, "--seed", 8).out
    header, rows = _read(drawn.out)
    assert header == ["a", "b"] and rows.shape == (300, 2)
    again = run("fit", "-", "-k", 2, "--json", stdin=drawn.out).json()
    assert sorted(again["model"]["weights"]) == pytest.approx([1 / 3, 2 / 3], abs=0.1)


def test_sample_labels(run, model):
    header, rows = _read(run("sample", model, "--with-labels").out)
    assert header == ["a", "b", "label"] and rows.shape == (100, 3)


@pytest.mark.parametrize(
    ("name", "begins"), [("p.png", b"\x89PNG"), ("p.svg", b"<?xml"), ("p.pdf", b"%PDF")]
)
def test_plot_formats(run, csv, model, tmp_path, name, begins):
    assert run("plot", model, csv, "-o", tmp_path / name).code == 0
    assert (tmp_path / name).read_bytes().startswith(begins)


@pytest.mark.parametrize("kind", ["regions", "ellipses", "contours", "pairs", "trace"])
def test_plot_kinds(run, model, tmp_path, kind):
    done = run("plot", model, "--kind", kind, "-o", tmp_path / "p.svg")
    assert done.code == 0, done.err


def test_describe_model(run, model):
    described = run("describe", model, "--json").json()
    assert described["kind"] == "model"
    assert described["model"]["feature_names"] == ["a", "b"]
    assert described["model"]["n_parameters"] == 11  # 1 weight, 4 means, 6 covariances
    assert "2 components, full covariance" in run("describe", model).out


def test_describe_data(run, tmp_path):
    path = tmp_path / "data.csv"
    path.write_text("u,v,word\n" + "1,7,no\n" * 3 + "5,7,yes\n")
    described = run("describe", path, "--json").json()
    u, v = described["columns"]
    assert (u["name"], u["least"], u["mean"], u["greatest"], u["distinct"]) == ("u", 1, 2, 5, 2)
    assert u["deviation"] == pytest.approx(3**0.5)
    assert v["distinct"] == 1
    assert described["repeated_rows"] == 2
    told = " ".join(described["advice"])
    assert "constant, leave out with --columns: v" in told and "mixtura select" in told
    assert described["data"]["skipped"] == ["word"]
    assert "left out, not numbers: word" in run("fit", path, "-k", 1).out


def _holes(path):
    """Rows with a cell missing in the second, two in the fourth, in each format."""
    x = np.array([[1.0, 7, 1], [2, np.nan, 2], [3, 9, 3], [np.nan, np.inf, 4], [5, 11, 5]])
    if path.suffix == ".npy":
        np.save(path, x)
    elif path.suffix == ".parquet":
        pd.DataFrame(x, columns=["x1", "x2", "x3"]).to_parquet(path)
    else:
        path.write_text("x1,x2,x3\n1,7,1\n2,,2\n3,9,3\nNA,inf,4\n5,11,5\n")
    return path


@pytest.mark.parametrize("suffix", [".csv", ".parquet", ".npy"])
def test_describe_counts_what_is_missing(run, tmp_path, suffix):
    path = _holes(tmp_path / f"data{suffix}")
    refused = run("fit", path, "-k", 1)
    assert refused.code == 1 and "mixtura describe DATA counts such cells" in refused.err
    described = run("describe", path, "--json").json()
    assert [column["missing"] for column in described["columns"]] == [1, 2, 0]
    assert described["missing_rows"] == 2 and described["data"]["rows"] == 5
    means = [column["mean"] for column in described["columns"]]
    assert means == pytest.approx([11 / 4, 9, 3])  # of the cells that are there
    shown = run("describe", path)
    assert "missing" in shown.out
    assert "2 of 5 rows have a cell that is empty" in shown.out
    assert "--columns: x1, x2" in " ".join(shown.out.split())


def test_describe_a_column_without_a_number(run, tmp_path):
    pd.DataFrame({"a": [1.0, 2], "b": [np.nan] * 2}).to_parquet(tmp_path / "data.parquet")
    a, b = run("describe", tmp_path / "data.parquet", "--json").json()["columns"]
    assert (a["missing"], b["missing"], b["distinct"], b["mean"]) == (0, 2, 0, None)


def test_describe_breaks_names_and_not_numbers(run, tmp_path, monkeypatch):
    monkeypatch.setenv("COLUMNS", "70")
    name = "months_since_the_first_purchase_of_any_kind"
    (tmp_path / "my data.csv").write_text(f"{name}\n-1234.5\n-2345.5\n")
    printed = run("describe", tmp_path / "my data.csv").out
    assert "-2345.5" in printed and "-1234.5" in printed
    assert f"mixtura select '{tmp_path / 'my data.csv'}' -k" in " ".join(printed.split())


def test_datasets_lists_what_can_be_given_as_data(run):
    listed = run("datasets", "--json").json()["datasets"]
    assert {"name": "faithful", "rows": 272}.items() <= listed[2].items()
    for each in listed:
        described = run("describe", each["name"], "--json").json()
        assert described["data"]["columns"] == each["columns"]


def test_bench_on_data(run):
    raced = run("bench", "faithful", "-k", 2, "--json").json()
    (case,) = raced["cases"]
    assert case["iterations"] == 5
    assert case["difference"] == pytest.approx(0, abs=1e-9)
    assert case["same_work"]
    assert case["ratio"] == pytest.approx(case["sklearn_seconds"] / case["mixtura_seconds"])
    assert "faithful" in case["name"]


def test_bench_leaves_out_cases_that_did_not_do_the_same():
    from mixtura.cli import race

    same = race.Result("a", 9, 1, 1, "full", 5, "numpy", 4.0, 1.0, 4.0, -1.0, -1.0, 0.0)
    other = same._replace(ratio=100.0, difference=-1.5)
    assert race.mean_ratio([same, other]) == pytest.approx(4.0)
    assert np.isnan(race.mean_ratio([other]))
