"""DATA that takes more than `--memory`: the same answers in a stream, and bounded memory."""

from __future__ import annotations

import re
import signal
import subprocess
import sys

import numpy as np
import pandas as pd
import pyarrow.parquet
import pytest

STREAM = ("--memory", "1kB")
SCRIPT = """
import re, sys
from mixtura.cli import main
try:
    main(sys.argv[1:])
finally:
    print(re.search(r"VmHWM:\\s*(\\d+)", open("/proc/self/status").read())[1])
"""


@pytest.fixture(scope="module")
def frame():
    random = np.random.default_rng(0)
    centres = np.array([[0.0, 0.0], [10.0, 20.0]])
    rows = centres[random.integers(0, 2, 3000)] + random.standard_normal((3000, 2))
    weights = random.integers(0, 4, 3000)
    return pd.DataFrame(rows, columns=["a", "b"]).assign(word="w", count=weights)


@pytest.fixture(scope="module")
def folder(tmp_path_factory, frame):
    """Three files of Parquet, in folders and row groups."""
    folder = tmp_path_factory.mktemp("rows")
    for number, name in enumerate(("one", "two", "more/three")):
        path = folder / f"{name}.parquet"
        path.parent.mkdir(exist_ok=True)
        frame[1000 * number : 1000 * (number + 1)].to_parquet(path, row_group_size=300)
    return folder


def _in_order(frame):
    """Rows in the order of the files' names."""
    return pd.concat([frame[2000:], frame[:2000]])


@pytest.fixture(scope="module")
def data(tmp_path_factory, frame, folder):
    """The same rows in every kind of file, and what is not a feature."""
    path = tmp_path_factory.mktemp("data")
    rows = _in_order(frame).drop(columns="count").reset_index(drop=True)
    rows.to_parquet(path / "x.parquet")
    rows.to_feather(path / "x.feather")
    np.save(path / "x.npy", rows[["a", "b"]].to_numpy())
    rows.to_csv(path / "x.csv", index=False)
    return path


def _close(one, other):
    for name in ("weights", "means", "covariances", "mean_log_likelihood"):
        np.testing.assert_allclose(one["model"][name], other["model"][name], rtol=1e-8, atol=1e-8)
    for name in ("n_rows", "log_likelihood", "bic", "icl"):
        assert one["fit"][name] == pytest.approx(other["fit"][name], rel=1e-8)


@pytest.mark.parametrize("suffix", ["parquet", "feather", "npy", "csv"])
def test_a_file_fits_in_a_stream_as_in_memory(run, data, suffix):
    path = data / f"x.{suffix}"
    here = run("fit", data / "x.csv", "-k", 2, "--json").json()
    done = run("fit", path, "-k", 2, "--json", *STREAM)
    _close(done.json(), here)
    streamed = {"parquet": "arrow", "feather": "arrow", "npy": "sliced", "csv": "memory"}
    assert done.json()["rows"] == streamed[suffix] and here["rows"] == "memory"
    assert ("in a stream" in run("fit", path, "-k", 2, *STREAM).out) == (suffix != "csv")


def test_a_folder_and_a_pattern_fit_wherever_their_rows_are(run, folder, frame, data):
    here = run("fit", data / "x.csv", "-k", 2, "--json").json()
    for path in (folder, f"{folder}/**/*.parquet"):
        for memory, rows in ((STREAM, "arrow"), ((), "memory")):
            found = run("fit", path, "-k", 2, "-c", "a,b", "--json", *memory).json()
            _close(found, here)
            assert found["rows"] == rows and found["data"]["rows"] == len(frame)
    assert run("fit", folder, "-k", 2, "--json", *STREAM).json()["data"]["skipped"] == ["word"]
    assert "6,000 rows" not in run("describe", folder).out and "word" in run("describe", folder).out


@pytest.mark.parametrize("memory", [STREAM, ()])
def test_weights_are_a_column_wherever_rows_are(run, folder, frame, tmp_path, memory):
    rows = _in_order(frame)
    rows[["a", "b", "count"]].to_csv(tmp_path / "x.csv", index=False)
    np.save(tmp_path / "x.npy", rows[["a", "count", "b"]].to_numpy())
    here = run("fit", tmp_path / "x.csv", "-k", 2, "--weights", "count", "--json").json()
    found = run("fit", folder, "-k", 2, "--weights", "count", "--json", *memory).json()
    _close(found, here)
    found = run("fit", tmp_path / "x.npy", "-k", 2, "--weights", 2, "--json", *memory).json()
    _close(found, here)
    wrong = run("fit", folder, "-k", 2, "--weights", "word", *memory)
    assert wrong.code == 1 and "`--weights`" in wrong.err and "word" in wrong.err


def test_every_output_is_that_of_rows_in_memory(run, data, tmp_path):
    model = tmp_path / "m.safetensors"
    assert run("fit", data / "x.parquet", "-k", 2, "-o", model, *STREAM).code == 0
    for command, name in (("predict", "p"), ("score", "s")):
        flags = ("--per-row",) if command == "score" else ()
        for suffix in ("csv", "tsv", "parquet", "npy"):
            there, here = (tmp_path / f"{name}{i}.{suffix}" for i in range(2))
            assert run(command, model, data / "x.feather", *flags, "-o", there, *STREAM).code == 0
            assert run(command, model, data / "x.csv", *flags, "-o", here).code == 0
            read = {"npy": np.load, "parquet": pd.read_parquet}.get(suffix, pd.read_table)
            options = {"sep": ","} if suffix == "csv" else {}
            np.testing.assert_allclose(read(there, **options), read(here, **options), rtol=1e-9)
        printed = run(command, model, data / "x.npy", *flags, *STREAM).out
        assert printed == (tmp_path / f"{name}1.csv").read_text()
    here = run("score", model, data / "x.csv", "--json").json()
    there = run("score", model, data / "x.parquet", "--json", *STREAM).json()
    assert there["icl"] == pytest.approx(here["icl"], rel=1e-9) and there["n_rows"] == 3000


@pytest.mark.parametrize("memory", [STREAM, ()])
def test_into_a_folder_goes_a_file_for_each(run, folder, frame, data, tmp_path, memory):
    model, out = tmp_path / "m.safetensors", tmp_path / "out"
    run("fit", data / "x.csv", "-k", 2, "-o", model)
    done = run("predict", model, folder, "-o", f"{out}/", "--json", *memory)
    assert done.json()["files"]["output"] == [
        str(out / f"{name}.parquet") for name in ("more/three", "one", "two")
    ]
    whole = run("predict", model, data / "x.csv", "--json").json()
    parts = [pyarrow.parquet.read_table(path) for path in done.json()["files"]["output"]]
    assert [label for part in parts for label in part["label"].to_pylist()] == whole["labels"]
    assert parts[1]["row"].to_pylist() == list(range(1, 1001))
    over = run("predict", model, folder, "-o", f"{folder}/")
    assert over.code == 1 and "it is also the input" in over.err


def test_a_bad_cell_is_named_by_file_row_group_row_and_column(run, folder, frame, tmp_path):
    rows = frame[["a", "b"]].copy()
    rows.loc[1234, "b"] = np.nan
    rows.to_parquet(tmp_path / "holes.parquet", row_group_size=1000)
    words = ("holes.parquet, row group 1, row 235, column 'b' is empty", "`DATA`", "--columns")
    failed = run("fit", tmp_path, "-k", 2, *STREAM)
    assert failed.code == 1 and failed.err.count("\n") == 1
    assert all(word in failed.err for word in words), failed.err
    assert "pyarrow" not in failed.err and "filter" not in failed.err  # of Python alone
    frame[["a", "b"]].assign(b="text").to_parquet(tmp_path / "text.parquet")
    failed = run("fit", tmp_path, "-k", 2, *STREAM)
    assert "'b' of " in failed.err and "text.parquet holds values of type" in failed.err
    assert "--columns a" in failed.err and "scan" not in failed.err
    (tmp_path / "text.parquet").write_text("a,b\n1,2\n")
    assert "mixtura: error: `DATA`" in run("fit", tmp_path, "-k", 2, *STREAM).err


def test_what_a_stream_cannot_do_is_said_before_the_fit(run, data, tmp_path):
    path, model = data / "x.parquet", tmp_path / "m.safetensors"
    report = run("fit", path, "-k", 2, "--report", tmp_path / "r.html", *STREAM)
    assert report.code == 1 and "`--report`" in report.err and "--memory 1" in report.err
    run("fit", path, "-k", 2, "-o", model)
    for command in (("predict",), ("score", "--per-row")):
        document = run(*command, model, path, "--json", *STREAM)
        assert document.code == 1 and "`--json`" in document.err
        document = run(*command, model, path, "--json", "-o", tmp_path / "x.csv", *STREAM).json()
        assert document.get("labels") is document.get("per_row") is None
    for size in ("lots", "0", "-1MB", "5 parsecs"):
        assert run("fit", path, "-k", 2, "--memory", size).code == 2
    for size, streamed in (("0.05MB", False), ("46KiB", True), ("47000", True), ("1g", False)):
        assert ("in a stream" in run("fit", path, "-k", 2, "--memory", size).out) == streamed


def test_progress_tells_pass_rate_and_time_left(run, data, tmp_path, monkeypatch):
    monkeypatch.setattr("mixtura.cli.progress._EVERY_FILE", 0.0)
    model = tmp_path / "m.safetensors"
    told = run("fit", data / "x.npy", "-k", 2, "-o", model, "--progress", *STREAM).err
    assert re.search(r"looking for a start · pass \d+, 100% · [\d,]+ rows/s\n", told)
    step = r"iteration \d+/100 · log-likelihood \S+ · gain \S+ · pass \d+, 100% · [\d,]+ rows/s"
    assert re.search(rf"{step} · 0:\d\d left\n", told)
    output = ("--output", tmp_path / "out.csv")
    told = run("predict", model, data / "x.npy", *output, "--progress", *STREAM).err
    assert re.search(r"^pass 1, 100% · [\d,]+ rows/s · 0:00 left\n", told)
    assert run("predict", model, data / "x.npy", "--progress", *STREAM).err == ""


def test_ctrl_c_ends_a_stream_at_once(folder):
    command = ("fit", folder, "-k", 3, *STREAM, "--tol", 0, "--max-iter", 10**6, "--progress")
    arguments = [sys.executable, "-m", "mixtura", *map(str, command), "--init", "random"]
    with subprocess.Popen(arguments, stderr=subprocess.PIPE, text=True) as process:
        while "iteration" not in process.stderr.readline():
            pass
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=30)
    assert process.returncode == 130 and "Traceback" not in err
    assert re.match(
        r"mixtura: interrupted after iteration \d+; with --checkpoint", err.splitlines()[-1]
    )


def _peak(*args):
    """Resident memory at its highest, in bytes, of a command in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, *map(str, args)], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return 1024 * int(done.stdout.split()[-1])


def _large(folder, files):
    """So many Parquet files of 32 MB of rows, in one row group each, and small on the disk."""
    random = np.random.default_rng(0)
    centres = random.normal(0.0, 6.0, (4, 8))
    n = 500_000
    rows = centres[random.integers(0, 4, n)] + random.standard_normal((n, 8))
    table = pyarrow.table({f"x{j}": np.round(rows[:, j], 1) for j in range(8)})
    folder.mkdir()
    for number in range(files):
        pyarrow.parquet.write_table(table, folder / f"{number}.parquet", row_group_size=n)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_rows_four_times_the_memory_stay_within_it(tmp_path):
    model = tmp_path / "m.safetensors"
    rows, out = tmp_path / "rows", tmp_path / "out.parquet"
    _large(rows, 63)
    fit = ("fit", rows, "-k", 4, "--max-iter", 2, "--memory", "500MB")
    assert _peak(*fit, "-q", "-o", model) < 500e6
    assert _peak("predict", model, rows, "--memory", "500MB", "-o", out) < 500e6
    assert _peak("score", model, rows, "--memory", "500MB") < 500e6


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_more_rows_take_no_more_memory(tmp_path):
    few, many = tmp_path / "few", tmp_path / "many"
    _large(few, 1)
    _large(many, 6)
    settings = ("-k", 4, "--memory", "1MB", "--init", "random", "--max-iter", 1, "-q")
    settings += ("--engine", "numpy")
    more = 5 * 32e6  # bytes of rows
    assert _peak("fit", many, *settings) - _peak("fit", few, *settings) < more / 2


def test_holes_in_a_folder_are_counted(run, tmp_path):
    folder = tmp_path / "rows"
    folder.mkdir()
    for number, holes in enumerate(([], [3, 7])):
        frame = pd.DataFrame(np.random.default_rng(number).normal(size=(50, 2)), columns=["a", "b"])
        frame.loc[holes, "b"] = np.nan
        frame.to_parquet(folder / f"{number}.parquet")
    described = run("describe", folder, "--json").json()
    assert [column["missing"] for column in described["columns"]] == [0, 2]
    assert described["missing_rows"] == 2 and "2 of 100 rows" in described["advice"][0]
    assert "column 'b' is empty" in run("fit", folder, "-k", 2).err
