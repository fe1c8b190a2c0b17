"""Every kind of DATA gives the same rows; what cannot be read is said in one line."""

from __future__ import annotations

import numpy as np
import pyarrow
import pyarrow.parquet
import pytest


def _tsv(path, x):
    np.savetxt(path, x, delimiter="\t", header="a\tb", comments="", fmt="%.17g")


def _parquet(path, x):
    pyarrow.parquet.write_table(pyarrow.table({"a": x[:, 0], "b": x[:, 1]}), path)


def _npy(path, x):
    np.save(path, x)


FORMATS = {".tsv": _tsv, ".parquet": _parquet, ".npy": _npy}


@pytest.mark.parametrize("suffix", FORMATS)
def test_every_format_scores_as_csv_does(run, tmp_path, csv, model, x, suffix):
    path = tmp_path / f"data{suffix}"
    FORMATS[suffix](path, x)
    expected = run("score", model, csv, "--json").json()
    found = run("score", model, path, "--json").json()
    assert found["n_rows"] == 60
    assert found["log_likelihood"] == pytest.approx(expected["log_likelihood"], rel=1e-12)


def test_standard_input(run, csv, model):
    piped = run("score", model, "-", "--json", stdin=csv.read_bytes()).json()
    assert piped["bic"] == run("score", model, csv, "--json").json()["bic"]
    assert piped["data"]["source"] == "standard input"


def test_bundled_set_by_name(run):
    described = run("describe", "faithful", "--json").json()
    assert described["data"] == {
        "source": "faithful",
        "rows": 272,
        "columns": ["eruptions", "waiting"],
        "skipped": [],
    }


@pytest.mark.parametrize("columns", ["b,a", "3,2", "b,2"])
def test_columns_by_name_and_by_number(run, csv, x, columns):
    fitted = run("fit", csv, "-k", 1, "--columns", columns, "--json").json()
    assert fitted["data"]["columns"] == ["b", "a"]
    assert fitted["model"]["means"][0] == pytest.approx(x.mean(axis=0)[::-1], rel=1e-9)


def test_text_columns_are_left_out_and_told(run, csv):
    assert run("describe", csv, "--json").json()["data"]["skipped"] == ["name"]


def test_delimiter_written_as_in_a_shell(run, tmp_path, x):
    _tsv(tmp_path / "data.txt", x)
    for spelled in ("tab", r"\t"):
        described = run("describe", tmp_path / "data.txt", "--delimiter", spelled, "--json").json()
        assert described["data"]["columns"] == ["a", "b"]


def test_bad_cell_names_file_line_and_column(run, tmp_path):
    path = tmp_path / "bad.csv"
    path.write_text("a,b\n1,2\n3,oops\n4,5\n6,7\n")
    failed = run("fit", path, "-k", 1)
    assert (failed.code, failed.out) == (1, "")
    assert failed.err.startswith("mixtura: error: ") and failed.err.count("\n") == 1
    for word in (str(path), "line 3", "`b`", "oops"):
        assert word in failed.err


def test_misspelt_bundled_set_is_suggested(run):
    failed = run("fit", "fathful", "-k", 1)
    assert failed.code == 1 and "did you mean faithful?" in failed.err


def test_weights_count_rows(run, tmp_path, csv, x):
    """A weight of 2 is the row twice."""
    twice = tmp_path / "twice.csv"
    lines = csv.read_text().splitlines()
    twice.write_text("\n".join([lines[0], *lines[1:41], *lines[1:41], *lines[41:]]))
    weighted = tmp_path / "weighted.csv"
    counts = ["count", *(["2"] * 40), *(["1"] * 20)]
    weighted.write_text("\n".join(f"{a},{b}" for a, b in zip(lines, counts, strict=True)))
    settings = ("-k", 1, "--json")
    expected = run("fit", twice, *settings).json()
    for columns in ((), ("--columns", "a,b")):
        found = run("fit", weighted, "--weights", "count", *columns, *settings).json()
        assert found["data"]["columns"] == ["a", "b"]
        assert found["model"]["means"][0] == pytest.approx(expected["model"]["means"][0])
        assert found["fit"]["bic"] == pytest.approx(expected["fit"]["bic"])


def test_unknown_weights_column(run, csv):
    failed = run("fit", csv, "-k", 1, "--weights", "count")
    assert failed.code == 1 and "`--weights`" in failed.err and "a, b" in failed.err


def test_model_picks_its_columns_by_name(run, tmp_path, csv, model, x):
    shuffled = tmp_path / "shuffled.csv"
    lines = [f"{float(b)!r},oops?,{float(a)!r}" for a, b in x]
    shuffled.write_text("\n".join(["b,other,a", *lines]))
    expected = run("score", model, csv, "--json").json()
    found = run("score", model, shuffled, "--json").json()
    assert found["data"]["columns"] == ["a", "b"]
    assert found["bic"] == expected["bic"]
    piped = run("score", model, "-", "--json", stdin=shuffled.read_bytes()).json()
    assert piped["bic"] == expected["bic"]


def test_missing_columns_are_named(run, tmp_path, model):
    other = tmp_path / "other.csv"
    other.write_text("a,c\n1,2\n3,4\n")
    failed = run("predict", model, other)
    assert (failed.code, failed.out) == (1, "")
    assert "named b" in failed.err and "a, c" in failed.err


def test_wrong_number_of_columns(run, tmp_path, model):
    np.save(tmp_path / "wide.npy", np.ones((3, 5)))
    failed = run("predict", model, tmp_path / "wide.npy")
    assert failed.code == 1 and "2 columns" in failed.err and "got 5" in failed.err
