"""A table of numbers as a value, which of a file's columns go into it, and its bad cells."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from difflib import get_close_matches
from typing import Any, NamedTuple

import numpy as np

from mixtura.exceptions import InvalidDataError, InvalidParameterError

__all__ = ["Column", "Table", "bad_cell", "choose", "settle_bad"]


class Table(NamedTuple):
    """The numbers of a file.

    Attributes
    ----------
    values : ndarray of shape (n, d)
        Finite, or NaN where that was asked for; float32 where the file holds nothing wider,
        float64 otherwise.
    columns : tuple of str
        The d names; ``x1``, ``x2``, ... where the file has none.
    source : str
        The file, for messages.
    skipped : tuple of str
        Columns left out because they do not hold numbers or have no name.
    """

    values: np.ndarray
    columns: tuple[str, ...]
    source: str
    skipped: tuple[str, ...] = ()


class Column(NamedTuple):
    """A column of a file before its cells are read."""

    name: str
    numeric: bool
    sample: str = ""  # a cell or a type that shows why it is not numeric
    marked: bool = False  # numbers to people alone: 1,234.50 or 12 %


def choose(
    offered: Sequence[Column], columns: Sequence[str | int] | None, source: str
) -> tuple[list[int], tuple[str, ...]]:
    """Positions of the columns to read, and the names of those left out.

    Raises
    ------
    InvalidParameterError
        If `columns` names one that is not there, or one twice.
    InvalidDataError
        If a chosen column does not hold numbers, or none does, or two have one name.
    """
    if not offered:
        raise InvalidDataError(
            f"{source} has no columns; give at least one column of numbers", key="no-columns"
        )
    _check_distinct(offered, source)
    if columns is None:
        for column in offered:
            _check_unmarked(column, source)
        chosen = [j for j, column in enumerate(offered) if column.numeric and column.name]
        if not chosen:
            apart = ", or say with `delimiter` what is between cells" if len(offered) == 1 else ""
            raise InvalidDataError(
                f"{source} has no named column of numbers: column `{offered[0].name}` holds "
                f"{offered[0].sample}; write numbers such as 3.6, with a point and no other mark"
                f"{apart}",
                key="no-numbers",
                column=offered[0].name,
            )
        return chosen, tuple(
            column.name or f"column {j + 1}, which has no name"
            for j, column in enumerate(offered)
            if not (column.numeric and column.name)
        )
    if not columns:
        raise InvalidParameterError("`columns` must name at least one column, got none")
    chosen = [_position(offered, column, source) for column in columns]
    for j in chosen:
        if chosen.count(j) > 1:
            raise InvalidParameterError(
                f"`columns` must name each column once, got {offered[j].name!r} twice"
            )
        _check_unmarked(offered[j], source)
        if not offered[j].numeric:
            raise InvalidDataError(
                f"{source}: column `{offered[j].name}` holds {offered[j].sample}, not numbers; "
                "leave it out of `columns`"
            )
    return chosen, ()


def _check_unmarked(column: Column, source: str) -> None:
    """Refuse numbers that would be lost as text."""
    if column.marked:
        raise InvalidDataError(
            f"{source}: column `{column.name}` holds numbers as {column.sample}; write numbers "
            "such as 3.6, with a point and no other mark; if the comma is that point, give "
            "`decimal` as ','; or name the other columns in `columns`",
            key="marks",
            column=column.name,
            cell=column.sample,
        )


def _check_distinct(offered: Sequence[Column], source: str) -> None:
    names = Counter(column.name for column in offered if column.name)
    for name, count in names.most_common(1):
        if count > 1:
            raise InvalidDataError(
                f"{source} has {count} columns named {name!r}; rename all but one",
                key="twice",
                count=count,
                column=name,
            )


def _position(offered: Sequence[Column], column: str | int, source: str) -> int:
    """A name, or a number from 1, as a position from 0; a name wins."""
    names = [each.name for each in offered]
    if str(column) in names:
        return names.index(str(column))
    if isinstance(column, int) and 1 <= column <= len(names):
        return column - 1
    message = f"`columns` must name columns of {source} or number them 1 to {len(names)}, "
    close = get_close_matches(str(column), names, n=1)
    hint = f"did you mean {close[0]!r}?" if close else f"its columns are {names[:20]}"
    raise InvalidParameterError(f"{message}got {column!r}; {hint}")


def settle_bad(
    values: np.ndarray,
    columns: Sequence[str],
    source: str,
    finite: bool,
    missing: np.ndarray | None = None,
) -> None:
    """Refuse NaN, infinity and, where `missing` (n, d) says so, empty cells; or make them NaN.

    Raises
    ------
    InvalidDataError
        If `finite`: names the first bad cell.
    """
    bad = ~np.isfinite(values) if missing is None else ~np.isfinite(values) | missing
    if not finite:
        values[bad] = np.nan
    elif bad.any():
        i, j = np.argwhere(bad)[0]
        cell: Any = None if missing is not None and missing[i, j] else values[i, j]
        raise bad_cell(source, "row", int(i) + 1, columns[j], cell)


def bad_cell(source: str, unit: str, number: int, column: str, cell: Any) -> InvalidDataError:
    """The error for one cell that is not a finite number, in a line of text or a row of numbers."""
    text = "" if cell is None else str(cell).strip()[:40]
    found = f"is {text!r}" if text else "is empty"
    return InvalidDataError(
        f"{source}, {unit} {number}, column `{column}` {found}; it must be a finite number: write "
        "one there, delete the row, or leave the column out with `columns`",
        key=f"{'bad' if text else 'empty'}-cell-{unit}",
        number=number,
        column=column,
        cell=text,
    )
