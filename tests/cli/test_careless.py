"""Careless and hostile command lines: one line of error, or the right answer."""

from __future__ import annotations

import pathlib
import shlex
import signal
import subprocess
import sys
import time

import numpy as np
import pyarrow
import pyarrow.parquet
import pytest

MIXTURA = (sys.executable, "-m", "mixtura")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("# made by hand\na,b\n1,2\n3,4\n", ("line 2", "comments")),
        ("a,b\n1,2\n3,4\n# end\n", ("line 4", "comments")),
        ("a;b\n1,5;2,5\n3,5;4,5\n", ("'3,5'", "point")),
        ('a,b\n"1,000","2,000"\n"3,000","4,000"\n', ("'3,000'", "point")),
        ("a,b\n", ("no rows",)),
        ("a,b\n1,NA\n3,4\n5,6\n", ("line 2", "`b`", "'NA'")),
        ("a,b\n1,1e400\n3,4\n5,6\n", ("line 2", "`b`", "'1e400'")),
        ("a,b\n1,2\n", ("two rows",)),
    ],
)
def test_tables_out_of_order(run, tmp_path, content, words):
    path = tmp_path / "data.csv"
    path.write_text(content)
    failed = run("fit", path, "-k", 1)
    assert (failed.code, failed.out) == (1, "")
    assert failed.err.startswith("mixtura: error: ") and failed.err.count("\n") == 1
    assert all(word in failed.err for word in words), failed.err


@pytest.mark.parametrize("name", ["[red]", "[/x]", ":smile:", "<b>", "é中"])
@pytest.mark.parametrize("command", [("fit", "-k", 2), ("describe",)])
def test_names_are_text_and_nothing_else(run, tmp_path, x, name, command):
    path = tmp_path / "data.csv"
    path.write_text(f"{name},b\n" + "\n".join(f"{a},{b}" for a, b in x))
    shown = run(command[0], path, *command[1:])
    assert shown.code == 0 and shown.err == ""
    assert shown.out.count(name) >= 2  # in the line above the table and in the table


def test_what_describe_says_to_try_reads_the_same_rows(run, tmp_path):
    path = tmp_path / "european data.csv"
    path.write_text("a;b;c\n" + "".join(f"{i},5;{i * i % 7},25;x\n" for i in range(30)))
    described = run("describe", path, "--decimal", ",", "--columns", "b,1", "--json").json()
    typed = shlex.split(described["advice"][-1].removeprefix("try: mixtura "))
    assert typed[:2] == ["select", str(path)]
    assert run(*typed[:-1], "1", "--json").json()["data"]["columns"] == ["b", "a"]


def test_model_and_data_in_the_wrong_order(run, csv, model):
    for command in ("predict", "score"):
        failed = run(command, csv, model)
        assert failed.code == 1 and "type MODEL before DATA" in failed.err
        failed = run(command, model, model)
        assert failed.code == 1 and "R data" not in failed.err


@pytest.mark.parametrize("command", [("fit", "-k", 1), ("select", "-k", 1)])
def test_weights_that_cannot_be(run, tmp_path, command):
    path = tmp_path / "data.csv"
    path.write_text("a,w\n1,2\n3,-1\n4,5\n")
    failed = run(command[0], path, *command[1:], "--weights", "w")
    assert failed.code == 1 and "leave --weights out" in failed.err
    assert "sample_weight" not in failed.err and ".;" not in failed.err


def test_a_range_that_would_fill_the_memory(run):
    refused = run("select", "faithful", "-k", "1:1000000000000")
    assert refused.code == 2 and "at most" in refused.err


def test_parquet_without_columns(run, tmp_path):
    pyarrow.parquet.write_table(pyarrow.table({}), tmp_path / "data.parquet")
    failed = run("describe", tmp_path / "data.parquet")
    assert failed.code == 1 and "no columns" in failed.err


@pytest.mark.parametrize("scale", [1e160, 1e307])
def test_numbers_whose_squares_overflow(run, tmp_path, x, scale):
    np.save(tmp_path / "data.npy", x / np.abs(x).max() * scale)
    described = run("describe", tmp_path / "data.npy")
    assert described.code == 0 and described.err == ""
    failed = run("fit", tmp_path / "data.npy", "-k", 2)
    assert failed.code == 1 and failed.err.count("\n") == 1 and "overflow" in failed.err


def test_extended_precision_beyond_double(run, tmp_path):
    np.save(tmp_path / "data.npy", np.array([["1e4000", "1"], ["1", "2"]], np.longdouble))
    failed = run("fit", tmp_path / "data.npy", "-k", 1)
    assert failed.code == 1 and "row 1, column `x1`" in failed.err
    assert failed.err.count("\n") == 1


def test_rows_that_are_all_the_same(run, tmp_path):
    path = tmp_path / "same.csv"
    path.write_text("a,b\n" + "1,1\n" * 50)
    for command in (("fit", path, "-k", 3), ("select", path, "-k", "1:3")):
        done = run(*command, "--json")
        assert done.code == 0, done.err
        assert "NaN" not in done.out


def test_far_rows_have_labels_and_probabilities(run, tmp_path, model):
    path = tmp_path / "far.csv"
    path.write_text("a,b\n1e300,1e300\n-1e155,5\n1e6,1e6\n")
    lines = run("predict", model, path, "--proba").out.splitlines()[1:]
    for line in lines:
        shares = [float(cell) for cell in line.split(",")[2:]]
        assert sum(shares) == pytest.approx(1.0)


def test_two_processes_write_the_same_file(run, tmp_path, csv):
    output = tmp_path / "m.safetensors"
    command = [*MIXTURA, "fit", str(csv), "-k", "2", "-q", "-o", str(output)]
    both = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    assert [process.communicate(timeout=60)[1] for process in both] == ["", ""]
    assert run("describe", output).code == 0
    assert [path.name for path in tmp_path.iterdir()] == [output.name]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_selection_that_is_stopped_leaves_nothing_behind(tmp_path, number):
    np.save(tmp_path / "data.npy", np.random.default_rng(0).standard_normal((20_000, 6)))
    folder = tmp_path / "out"
    command = ("select", tmp_path / "data.npy", "-k", "1:60", "--progress", "--output-dir", folder)
    command = (*command, "--engine", "numpy")  # a compiler may keep a signal for itself
    with subprocess.Popen(
        [*MIXTURA, *map(str, command)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert "first mixture" in process.stderr.readline()
        time.sleep(0.5)
        process.send_signal(number)
        out, err = process.communicate(timeout=30)
    assert process.returncode == 128 + number and out == ""
    assert err.splitlines()[-1] == "mixtura: interrupted" and "Traceback" not in err
    assert not [path for path in tmp_path.rglob("*") if path.is_file() and path.suffix != ".npy"]


@pytest.mark.skipif(not pathlib.Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_full_disk_behind_standard_output(model, tmp_path):
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [*MIXTURA, "sample", str(model), "-n", "100000"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=60,
        )
    assert done.returncode == 1
    assert done.stderr.startswith("mixtura: error: ") and "Traceback" not in done.stderr
