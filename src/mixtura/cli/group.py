"""The group of commands: finds them, and turns what goes wrong into one line and an exit code."""

from __future__ import annotations

import importlib
import shlex
from typing import Any

import click

from mixtura import __version__
from mixtura.cli.failures import reported
from mixtura.cli.options import debugging

__all__ = ["main"]

# In the order of `mixtura --help`; each is the file of its name in commands/.
_COMMANDS = (
    "select",
    "fit",
    "predict",
    "score",
    "sample",
    "plot",
    "describe",
    "datasets",
    "studio",
    "bench",
    "course",
)


class _Commands(click.Group):
    """Commands imported when they are asked for, so that ``mixtura --help`` is quick."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in _COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"mixtura.cli.commands.{name}").command
        return command

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        ctx.meta["mixtura.command"] = shlex.join(["mixtura", *args])
        return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        with reported(ctx):
            return super().invoke(ctx)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="mixtura", message="%(prog)s %(version)s")
@debugging
def main() -> None:
    """Gaussian mixture models: choose, fit, draw and save them.

    \b
    Examples:
      mixtura select faithful -k 1:9 --output-dir out
      mixtura fit data.csv -k 3 --output model.safetensors
      mixtura predict model.safetensors data.csv > labels.csv

    DATA is a CSV, TSV, Parquet or NPY file, - for standard input, or the name of a bundled
    data set (see: mixtura datasets).
    """
