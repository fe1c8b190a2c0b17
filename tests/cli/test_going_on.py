"""``mixtura fit --checkpoint``: Ctrl-C is told in a line, and the same command goes on."""

from __future__ import annotations

import re
import signal
import subprocess
import sys

import numpy as np
import pytest

ENDLESS = ("--tol", 0, "--engine", "numpy", "--init", "random_from_data", "--progress")


@pytest.fixture
def data(tmp_path):
    np.save(tmp_path / "data.npy", np.random.default_rng(0).standard_normal((100_000, 8)))
    return tmp_path / "data.npy"


def interrupted(*args, signals=1):
    """Send Ctrl-C once the fit has made a step; exit code, standard output and error."""
    command = [sys.executable, "-m", "mixtura", *map(str, args)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        first = ""
        while not re.search(r"iteration \d+/", first):  # a step of this very process
            line = process.stderr.readline()
            assert line, first
            first += line
        for _ in range(signals):
            process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    return process.returncode, out, first + err


def test_ctrl_c_saves_and_the_same_command_goes_on(run, data, tmp_path):
    path = tmp_path / "fit.safetensors"
    command = ("fit", data, "-k", 6, *ENDLESS, "--max-iter", 10**5, "--checkpoint", path)
    code, out, err = interrupted(*command)
    assert (code, out) == (130, "") and "Traceback" not in err
    pattern = rf"mixtura: interrupted after iteration (\d+); the same command goes on .*{path.name}"
    at = re.match(pattern, err.splitlines()[-1])
    assert at and path.exists()
    code, out, err = interrupted(*command, signals=2)
    assert (code, out) == (130, "") and "Traceback" not in err
    assert err.splitlines()[0] == f"mixtura: going on after iteration {at[1]}"
    further = re.match(pattern, err.splitlines()[-1])
    assert int(further[1]) > int(at[1])
    assert sorted(each.name for each in tmp_path.iterdir()) == ["data.npy", path.name]

    changed = run(*command, "--seed", 1)
    assert changed.code == 1
    assert re.match(r"mixtura: error: `--seed` must be .* 0, got 1; type --seed 0 ", changed.err)


def test_a_finished_fit_is_answered_at_once(run, csv, tmp_path):
    path, model = tmp_path / "fit.safetensors", tmp_path / "model.safetensors"
    command = ("fit", csv, "-k", 2, "--checkpoint", path, "-o", model, "--json")
    first = run(*command)
    content = model.read_bytes()
    again = run(*command)
    assert (first.code, again.code, first.err, again.err) == (0, 0, "", "")
    assert {**first.json(), "seconds": 0} == {**again.json(), "seconds": 0}
    assert model.read_bytes() == content and str(path).encode() not in content
    told = run("fit", csv, "-k", 2, "--checkpoint", path)
    assert told.err == f"mixtura: {path} holds this fit, complete; move it away to fit anew\n"


def test_the_file_is_checked_before_the_fit(run, csv, tmp_path):
    missing = run("fit", csv, "-k", 2, "--checkpoint", tmp_path / "no" / "fit.safetensors")
    assert missing.code == 1 and "type: mkdir -p" in missing.err
    over = run("fit", csv, "-k", 2, "--checkpoint", csv)
    assert over.code == 1 and "it is also the input" in over.err
    twice = tmp_path / "model.safetensors"
    same = run("fit", csv, "-k", 2, "--checkpoint", twice, "-o", twice)
    assert same.code == 1 and "`--checkpoint` must be a file of its own" in same.err
    path = tmp_path / "fit.safetensors"
    assert run("fit", csv, "-k", 2, "--checkpoint", path).code == 0
    other = run("fit", csv, "-k", 2, "-c", "a", "--checkpoint", path)
    assert other.code == 1
    assert re.match(
        "mixtura: error: `DATA` must be what the checkpoint .*, 60 rows of 2", other.err
    )


def test_a_warning_counts_rows_from_1_as_labels_do(run, tmp_path):
    random = np.random.default_rng(0)
    rows = np.vstack([np.zeros((2, 2)), random.normal(5.0, 1.0, (200, 2))])
    np.savetxt(tmp_path / "x.csv", rows, delimiter=",", header="a,b", comments="")
    labels = tmp_path / "labels.csv"
    done = run("fit", tmp_path / "x.csv", "-k", 8, "--init", "random", "--labels", labels)
    assert "collapsed onto 2 rows (1, 2) and was" in done.err
    assert "try a smaller `-k`, a larger `--reg-covar`" in done.err
    assert labels.read_text().splitlines()[1].startswith("1,")
