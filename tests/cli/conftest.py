"""A runner, small files of data, and a model fitted through the command line."""

from __future__ import annotations

import json
from types import SimpleNamespace

import numpy as np
import pytest
from click.testing import CliRunner

from mixtura.cli import main


@pytest.fixture
def run():
    """Run a command in this process: exit code, standard output and error, JSON."""

    def run(*args, stdin=None, width=80):
        result = CliRunner(env={"COLUMNS": str(width)}).invoke(
            main, [str(a) for a in args], input=stdin
        )
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return SimpleNamespace(
            code=result.exit_code,
            out=result.stdout,
            err=result.stderr,
            json=lambda: json.loads(result.stdout, parse_constant=_refuse),
        )

    return run


def _refuse(constant):
    raise AssertionError(f"{constant} is not JSON")


@pytest.fixture(scope="session")
def x():
    """Two clusters far apart, (60, 2): first 40 rows near (0, 0), the others near (10, 20)."""
    random = np.random.default_rng(0)
    noise = random.standard_normal((60, 2))
    return np.where(np.arange(60)[:, None] < 40, [0.0, 0.0], [10.0, 20.0]) + noise


@pytest.fixture(scope="session")
def csv(tmp_path_factory, x):
    """`x` with a column of text before it: name, a, b."""
    path = tmp_path_factory.mktemp("data") / "data.csv"
    lines = [f"row {i},{float(a)!r},{float(b)!r}" for i, (a, b) in enumerate(x)]
    path.write_text("\n".join(["name,a,b", *lines]) + "\n")
    return path


@pytest.fixture(scope="session")
def model(tmp_path_factory, csv):
    """Two components fitted to `csv`."""
    path = tmp_path_factory.mktemp("model") / "model.safetensors"
    result = CliRunner().invoke(main, ["fit", str(csv), "-k", "2", "-o", str(path)])
    assert result.exit_code == 0, result.stderr
    return path
