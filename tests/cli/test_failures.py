"""Exit codes, one-line errors and warnings, and files that are never half-written."""

from __future__ import annotations

import ctypes
import os
import re
import signal
import subprocess
import sys
import time
from functools import partial

import click
import numpy as np
import pytest
from click.exceptions import Exit

from mixtura.cli.failures import reported

MIXTURA = (sys.executable, "-m", "mixtura")


def _start(*args, **given):
    return subprocess.Popen(
        [*MIXTURA, *map(str, args)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **given,
    )


@pytest.mark.parametrize(
    "args",
    [
        ("fit", "faithful"),
        ("fit", "faithful", "-k", "0"),
        ("fit", "faithful", "-k", "two"),
        ("fit", "faithful", "-k", "2", "--covariance-type", "round"),
        ("fit", "faithful", "-k", "2", "--engine", "steam"),
        ("select", "faithful", "-k", "0:3"),
        ("select", "faithful", "-k", "3:1"),
        ("select", "faithful", "--covariance-type", "full,round"),
        ("score", "m.safetensors", "faithful", "--output", "scores.csv"),
        ("describe", "m.safetensors", "--columns", "a"),
        ("guess", "faithful"),
    ],
)
def test_wrong_usage_is_2(run, args):
    failed = run(*args)
    assert (failed.code, failed.out) == (2, "")
    assert "Usage: " in failed.err and "Error: " in failed.err


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("fit", "faithful", "-k", 2, "-o", "no/m.safetensors"), ("no/m.safetensors", "mkdir -p")),
        (("fit", "faithful", "-k", 2, "-o", "model.pkl"), ("model.pkl", ".safetensors")),
        (("fit", "faithful", "-k", 2, "--labels", "l.xlsx"), ("l.xlsx", ".csv")),
        (("fit", "faithful", "-k", 2, "--report", "r.pdf"), ("r.pdf", ".html")),
        (("fit", "faithful", "-k", 2, "--labels", "."), ("end in",)),
        (("fit", "faithful", "-k", 1000), ("type -k 272 or fewer",)),
        (("select", "faithful", "--n-components", 999), ("type --n-components 272 or fewer",)),
        (("fit", "faithful", "-k", 2, "-c", "no"), ("`-c` must name columns of faithful or",)),
        (("fit", "iris", "-k", 2, "--columns", "label"), ("iris: column `label`", "`--columns`")),
        (("fit", ".", "-k", 2), ("`DATA`", "one file of text")),
        (("fit", "faithful", "-k", 2, "--columns", "eruption,waiting"), ("'eruptions'",)),
        (("fit", "faithful", "-k", 2, "--n-jobs", 0), ("`--n-jobs`", "type --n-jobs -1")),
        (("predict", "absent.safetensors", "faithful"), ("`MODEL`", "absent.safetensors")),
        (("plot", "m.safetensors", "-o", "p.bmp"), ("p.bmp", ".png")),
        (("select", "faithful", "-k", "1:2", "--output-dir", "file"), ("`--output-dir`",)),
    ],
)
def test_other_faults_are_1_and_one_line(run, tmp_path, monkeypatch, args, words):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").write_text("")
    failed = run(*args)
    assert (failed.code, failed.out) == (1, "")
    assert failed.err.startswith("mixtura: error: ") and failed.err.count("\n") == 1
    assert all(word in failed.err for word in words), failed.err
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_broken_model_file(run, tmp_path, model):
    whole = model.read_bytes()
    broken = tmp_path / "broken.safetensors"
    for content in (b"", whole[: len(whole) // 2], b"PK\x03\x04 not a model"):
        broken.write_bytes(content)
        failed = run("describe", broken)
        assert failed.code == 1 and failed.err.count("\n") == 1
        assert str(broken) in failed.err


def test_output_over_input_is_refused(run, csv, model, tmp_path):
    before = csv.read_bytes()
    failed = run("fit", csv, "-k", 2, "--labels", csv)
    assert failed.code == 1 and "also the input" in failed.err
    link = tmp_path / "link.csv"
    link.symlink_to(csv)
    assert run("predict", model, csv, "-o", link).code == 1
    assert csv.read_bytes() == before


def test_old_output_survives_a_failed_fit(run, tmp_path):
    labels = tmp_path / "labels.csv"
    labels.write_text("old")
    bad = tmp_path / "bad.csv"
    bad.write_text("a,b\n1,2\n3,\n5,6\n7,8\n")
    assert run("fit", bad, "-k", 1, "--labels", labels).code == 1
    assert labels.read_text() == "old"


def test_a_picture_of_the_wrong_kind(run, model, tmp_path):
    failed = run("plot", model, "--kind", "ellipsoids", "-o", tmp_path / "p.png")
    assert failed.code == 1 and "`MODEL` must have 3 features" in failed.err
    assert "type --kind auto" in failed.err


def test_a_column_may_be_called_as_an_option_is(run, tmp_path):
    (tmp_path / "data.csv").write_text("weights,b\nheavy,1\nlight,2\n")
    failed = run("fit", tmp_path / "data.csv", "-k", 1, "--columns", "weights")
    assert "column `weights` holds" in failed.err and "out of `--columns`" in failed.err


def test_debug_shows_the_traceback(run):
    failed = run("fit", "faithful", "-k", 1000, "--debug")
    assert failed.code == 1
    assert "Traceback" in failed.err and failed.err.splitlines()[-1].startswith("mixtura: error:")
    assert "Traceback" in run("--debug", "fit", "faithful", "-k", 1000).err


def test_a_warning_is_one_line(run):
    warned = run("fit", "faithful", "-k", 3, "--max-iter", 1, "--init", "random", "--tol", 0)
    assert warned.code == 0
    lines = warned.err.splitlines()
    assert len(lines) == 1 and lines[0].startswith("mixtura: warning: ")
    assert "converge" in lines[0] and "--max-iter, --tol" in lines[0]


def test_progress_goes_to_standard_error_only_when_asked(run):
    silent = run("fit", "faithful", "-k", 2)
    assert silent.err == ""
    spoken = run("fit", "faithful", "-k", 2, "--progress")
    assert "iteration 0/100 · log-likelihood" in spoken.err and "rows/s" in spoken.err
    assert "iteration 0" not in spoken.out
    assert run("fit", "faithful", "-k", 2, "--progress", "--json").err == ""


def test_closed_pipe_is_quiet(model):
    with _start("sample", model, "-n", 200_000) as process:
        assert process.stdout.readline() == "a,b\n"
        process.stdout.close()
        assert process.stderr.read() == ""
        assert process.wait(20) == 0


def test_ctrl_c_is_one_line_and_130(tmp_path):
    random = np.random.default_rng(0)
    np.save(tmp_path / "data.npy", random.standard_normal((300_000, 8)))
    output = tmp_path / "m.safetensors"
    endless = ("--tol", 0, "--max-iter", 10**6, "--engine", "numpy", "--init", "random_from_data")
    command = ("fit", tmp_path / "data.npy", "-k", 8, *endless, "--progress", "-o", output)
    with _start(*command, env={**os.environ, "NO_COLOR": "1"}) as process:
        assert "iteration" in process.stderr.readline()
        time.sleep(0.1)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert out == ""
    last = err.splitlines()[-1]
    assert re.match(r"mixtura: interrupted after iteration \d+; with --checkpoint FILE ", last)
    assert "Traceback" not in err
    assert [path.name for path in tmp_path.iterdir()] == ["data.npy"]


def test_ctrl_c_that_compiled_code_swallows_comes_again():
    swallowing = ctypes.CFUNCTYPE(None)(partial(signal.raise_signal, signal.SIGINT))
    before = signal.getsignal(signal.SIGINT), sys.unraisablehook
    with pytest.raises(Exit) as ended, reported(click.Context(click.Command("any"))):
        swallowing()
        time.sleep(20)
    assert ended.value.exit_code == 128 + signal.SIGINT
    signal.signal(signal.SIGINT, before[0])  # a command ends with its process
    assert sys.unraisablehook is before[1]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_of_which_a_compiler_makes_another_error(number, capsys):
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(Exit) as ended, reported(click.Context(click.Command("fit"))):
            try:
                os.kill(os.getpid(), number)
                time.sleep(1)
            except KeyboardInterrupt:
                raise RuntimeError("lowering failed") from None
    finally:
        signal.signal(signal.SIGINT, before)
    assert ended.value.exit_code == 128 + number
    assert capsys.readouterr().err == "mixtura: interrupted\n"
