"""The help: complete, true, and quick."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import mixtura
import mixtura.cli.commands
from mixtura.cli import main
from mixtura.covariance import COVARIANCES
from mixtura.kernels import KERNELS
from mixtura.starts import STARTS

COMMANDS = sorted(
    path.stem
    for path in Path(mixtura.cli.commands.__path__[0]).glob("*.py")
    if path.stem != "__init__"
)


def test_every_file_is_a_command(run):
    assert sorted(main.list_commands(None)) == COMMANDS
    listed = run("--help").out
    assert all(f"\n  {name} " in listed for name in COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_shows_an_example(run, name):
    shown = run(name, "--help")
    assert shown.code == 0
    assert f"\n    mixtura {name}" in shown.out
    assert max(map(len, shown.out.splitlines())) <= 80


def test_help_names_everything_in_the_registries(run):
    shown = run("fit", "--help").out
    for name in (*COVARIANCES, *STARTS, *KERNELS):
        assert name in shown


def test_version(run):
    assert run("--version").out == f"mixtura {mixtura.__version__}\n"


def test_help_adds_nothing_heavy_to_the_package():
    code = (
        "import sys, mixtura; before = set(sys.modules)\n"
        "from mixtura.cli import main\n"
        "main(['fit', '--help'], standalone_mode=False)\n"
        "heavy = {'rich', 'matplotlib', 'pandas', 'pyarrow', 'numba', 'mixtura.persist'}\n"
        "assert not heavy & (set(sys.modules) - before), heavy & set(sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
