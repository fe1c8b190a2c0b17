"""Tables and lines for people, on standard output: plain when it is not a terminal."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from rich.table import Table

__all__ = [
    "bytes_in_words",
    "facts",
    "fits",
    "integer",
    "number",
    "show",
    "table",
    "width",
    "wrote",
]

_GAP = 3  # characters between two columns of a table


def width() -> int:
    """Columns of the terminal, or of ``COLUMNS``; 80 where neither is known."""
    return shutil.get_terminal_size((80, 24)).columns


def number(value: float, digits: int = 2) -> str:
    """`value` with `digits` decimals, or a dash where it is not a number."""
    return f"{value:.{digits}f}" if value == value else "–"  # NaN differs from itself


def integer(value: int) -> str:
    """`value` with its thousands apart: 1,000,000."""
    return f"{value:,}"


def bytes_in_words(size: int) -> str:
    """A number of bytes as 2.1 GB."""
    power = max(0, min(3, (len(str(size)) - 1) // 3))
    return f"{size / 1000**power:.{int(power > 0)}f} {('bytes', 'kB', 'MB', 'GB')[power]}"


def fits(columns: Iterable[Sequence[str]]) -> bool:
    """Whether a table of `columns`, each a heading and its cells, fits the terminal."""
    return sum(_GAP + max(map(len, column)) for column in columns) <= width()


def table(*headings: str, left: Collection[int] = (), title: str | None = None) -> Table:
    """An empty table; the columns numbered in `left` stand to the left, others to the right.

    What stands to the left is a name and is broken where there is no room; numbers never are.
    """
    from rich import box
    from rich.table import Table

    made = Table(
        box=box.SIMPLE_HEAD, title=title, title_justify="left", title_style="bold", pad_edge=False
    )
    for j, heading in enumerate(headings):
        made.add_column(
            heading,
            justify="left" if j in left else "right",
            overflow="fold" if j in left else "ellipsis",
            no_wrap=j not in left,
        )
    return made


def facts(pairs: Iterable[tuple[str, str]]) -> Table:
    """Names and values, one pair a line."""
    from rich.table import Table

    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="dim", no_wrap=True)
    grid.add_column(overflow="fold")
    for name, value in pairs:
        grid.add_row(name, value)
    return grid


def show(*parts: Any) -> None:
    """Print parts to standard output: rich's renderables, or text taken as it is."""
    from rich.console import Console
    from rich.text import Text

    coloured = sys.stdout.isatty() and "NO_COLOR" not in os.environ
    console = Console(
        width=width(),
        force_terminal=coloured,
        no_color=not coloured,
        highlight=False,
        markup=False,  # a column may be called [red]
        emoji=False,
    )
    with console.capture() as captured:
        for part in parts:
            console.print(Text(part) if isinstance(part, str) else part)
    text = "\n".join(line.rstrip() for line in captured.get().splitlines())
    click.echo(text.strip("\n"))


def wrote(paths: Iterable[str]) -> None:
    """Say which files were written, each whole on its own line."""
    for path in paths:
        click.echo(f"wrote {path}")
