"""Rows at a glance, before any mixture: ranges, repetitions, and what to try."""

from __future__ import annotations

from typing import Any, NamedTuple

from mixtura.cli.options import Source
from mixtura.cli.render import integer
from mixtura.cli.rows import Rows

__all__ = ["Column", "Overview", "advice", "overview"]

Array = Any

_WIDE = 1e3  # ratio of standard deviations from which the units matter
_MANY_REPEATED = 0.1  # share of the rows
_ROWS_A_PARAMETER = 5  # fewer rows than this for each parameter is few


class Column(NamedTuple):
    """One feature."""

    least: float
    mean: float
    deviation: float  # standard deviation
    greatest: float
    distinct: int
    missing: int  # cells that are empty or no finite number; the others are described


class Overview(NamedTuple):
    """All rows."""

    columns: tuple[Column, ...]
    repeated_rows: int  # rows that another row before them equals
    missing_rows: int  # rows with a cell that is missing


def overview(x: Array) -> Overview:
    """Look over the rows x, (n, d), with NaN where a number is missing."""
    import numpy as np

    wide = x.astype(np.float64, copy=False)
    there = np.isfinite(wide)
    whole = wide[there.all(axis=1)]
    with np.errstate(over="ignore", invalid="ignore"):  # shown as inf
        columns = [_column(*each) for each in zip(wide.T, there.T, strict=True)]
    repeated = len(whole) - len(np.unique(whole, axis=0))
    return Overview(tuple(columns), repeated, len(wide) - len(whole))


def _column(cells: Array, there: Array) -> Column:
    import numpy as np

    numbers = cells[there]
    missing = len(cells) - len(numbers)
    if not len(numbers):
        return Column(np.nan, np.nan, np.nan, np.nan, 0, missing)
    return Column(
        float(numbers.min()),
        float(numbers.mean()),
        float(numbers.std()),
        float(numbers.max()),
        len(np.unique(numbers)),
        missing,
    )


def advice(seen: Overview, rows: Rows, source: Source) -> list[str]:
    """What stands out, and the command to try on the same `source`, one line each."""
    n, d = rows.values.shape
    named = list(zip(rows.columns, seen.columns, strict=True))
    n -= seen.missing_rows
    constant = [name for name, column in named if column.distinct == 1]
    holes = [name for name, column in named if column.missing]
    deviations = [column.deviation for column in seen.columns if column.distinct > 1] or [1.0]
    most = max(1, min(9, n // max(d + 1, 5)))
    told = [
        (
            bool(holes),
            f"{integer(seen.missing_rows)} of {integer(len(rows.values))} rows have a cell that is "
            "empty or no number: fill such cells in, delete the rows, or leave out with --columns: "
            + ", ".join(holes),
        ),
        (bool(constant), f"constant, leave out with --columns: {', '.join(constant)}"),
        (
            seen.repeated_rows > _MANY_REPEATED * n,
            "many rows repeat an earlier one: components may collapse onto them",
        ),
        (
            max(deviations) > _WIDE * min(deviations),
            "the columns' scales differ much: prefer full, tied or diag to spherical",
        ),
        (
            n < _ROWS_A_PARAMETER * d * (d + 3) / 2,
            f"few rows for {d} columns: prefer tied, diag or spherical to full",
        ),
        (True, f"try: mixtura select {source.typed()} -k 1:{most}"),
    ]
    return [line for applies, line in told if applies]
