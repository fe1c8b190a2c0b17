"""Reads a table of text: CSV, TSV, or columns apart by semicolons, bars or white space."""

from __future__ import annotations

import csv
import io
from array import array
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from math import isfinite, nan
from typing import BinaryIO, NamedTuple, TextIO

import numpy as np

from mixtura.exceptions import FileFormatError, InvalidDataError, InvalidParameterError
from mixtura.tables.table import Column, Table, bad_cell, choose

__all__ = ["read_text", "sniff"]

_DELIMITERS = ",\t;| "
_SAMPLE = 1000  # rows that decide on the delimiter and on which columns hold numbers
_MISSING = frozenset(("", "na", "nan", "null", "none", "n/a", "?", "."))


class _Row(NamedTuple):
    line: int  # where it ends in the file, from 1
    cells: list[str]


class _Layout(NamedTuple):
    """How a file is laid out, from its first rows."""

    delimiter: str
    header: bool
    columns: list[Column]


def read_text(
    stream: BinaryIO,
    source: str,
    columns: Sequence[str | int] | None,
    *,
    delimiter: str | None = None,
    finite: bool = True,
) -> Table:
    """The columns of numbers in a UTF-8 text, with a row of names above them or without.

    A cell that is not a finite number is refused if `finite`, and NaN otherwise.
    """
    if delimiter is not None and len(delimiter) != 1:
        raise InvalidParameterError(
            f"`delimiter` must be one character such as ',' or ';', got {delimiter!r}"
        )
    text = io.TextIOWrapper(stream, encoding="utf-8-sig", newline="")
    try:
        layout = _layout(text, source, delimiter)
        chosen, skipped = choose(layout.columns, columns, source)
        rows = _rows(text, layout.delimiter, source)
        cells = _numbers(rows, layout, chosen, source if finite else None)
    except UnicodeDecodeError as error:
        raise FileFormatError(
            f"{source} is not UTF-8 text; save it as UTF-8 CSV", key="not-utf-8"
        ) from error
    values = np.frombuffer(cells, dtype=np.float64).reshape(-1, len(chosen))
    return Table(values, tuple(layout.columns[j].name for j in chosen), source, skipped)


def _numbers(
    rows: Iterator[_Row], layout: _Layout, chosen: Sequence[int], source: str | None
) -> array[float]:
    """The chosen cells, row after row; bad ones are refused as those of `source`, else NaN."""
    numbers = array("d")
    for line, cells in islice(rows, 1 if layout.header else 0, None):
        try:
            found = [float(cells[j]) for j in chosen]
        except ValueError:
            found = [nan]
        if not isfinite(sum(found)):
            if source is None:
                found = [float(cells[j]) if _is_number(cells[j]) else nan for j in chosen]
            else:
                _check_cells(cells, layout.columns, chosen, line, source)
        numbers.extend(found)
    return numbers


def _check_cells(
    cells: Sequence[str], columns: Sequence[Column], chosen: Sequence[int], line: int, source: str
) -> None:
    for j in chosen:
        if not _is_number(cells[j]):
            raise bad_cell(source, "line", line, columns[j].name or str(j + 1), cells[j])


def _layout(text: TextIO, source: str, delimiter: str | None) -> _Layout:
    delimiter = delimiter or sniff(list(islice(text, _SAMPLE)))
    sample = [row.cells for row in islice(_rows(text, delimiter, source), _SAMPLE)]
    if not sample:
        raise InvalidDataError(f"{source} is empty; give a file with at least one row", key="empty")
    first, rest = sample[0], sample[1:]
    numeric = [_mostly_numbers(cells) for cells in zip(*(rest or [first]), strict=True)]
    tops = [first[j] for j, is_numeric in enumerate(numeric) if is_numeric]
    header = not tops or 2 * sum(map(_is_number, tops)) < len(tops)
    if header and not rest:
        raise InvalidDataError(
            f"{source} has no rows of numbers, only the line {delimiter.join(first)[:60]!r}; "
            "give at least one row of numbers",
            key="only-names",
        )
    columns = [
        Column(name.strip() if header else f"x{j + 1}", is_numeric, f"text such as {cell!r}")
        for j, (name, is_numeric, cell) in enumerate(zip(first, numeric, sample[-1], strict=True))
    ]
    return _Layout(delimiter, header, columns)


def _rows(text: TextIO, delimiter: str, source: str) -> Iterator[_Row]:
    """The rows that are not blank, from the top of the file, all as wide as the first.

    Raises
    ------
    InvalidDataError
        At a row of another width.
    FileFormatError
        At a stray quote, or what is not text.
    """
    text.seek(0)
    lines = _single_spaced(text) if delimiter == " " else text
    reader = csv.reader(lines, delimiter=delimiter, strict=True, skipinitialspace=True)
    width = None
    try:
        for cells in reader:
            if len(cells) != width:
                if not "".join(cells).strip():
                    continue
                _check_first(cells, width, source, reader.line_num)
                width = len(cells)
            yield _Row(reader.line_num, cells)
    except csv.Error as error:
        raise FileFormatError(
            f"{source}, line {reader.line_num} cannot be read ({error}); look for a stray quote",
            key="quote",
            line=reader.line_num,
        ) from error


def _check_first(cells: Sequence[str], width: int | None, source: str, line: int) -> None:
    if width:
        raise InvalidDataError(
            f"{source}, line {line} has {len(cells)} cells, but the first row has {width}; give "
            "every row as many cells as the first, and delete titles and comments",
            key="ragged",
            line=line,
            cells=len(cells),
            width=width,
        )
    if "\0" in "".join(cells):
        raise FileFormatError(
            f"{source}, line {line} is not text; give a CSV, TSV, Parquet or NPY file",
            key="not-text",
        )


def sniff(lines: Sequence[str]) -> str:
    """The delimiter that gives most rows the width of the first, and the widest rows."""

    def fitness(delimiter: str) -> tuple[float, int]:
        split = _single_spaced(lines) if delimiter == " " else lines
        try:
            widths = [len(cells) for cells in csv.reader(split, delimiter=delimiter) if cells]
        except csv.Error:
            return 0.0, 0
        share = widths.count(widths[0]) / len(widths) if widths else 0.0
        return (share, widths[0]) if share > 0.5 and widths[0] > 1 else (0.0, 0)

    return max(_DELIMITERS, key=fitness)


def _single_spaced(lines: Iterable[str]) -> Iterator[str]:
    return (" ".join(line.split()) for line in lines)


def _mostly_numbers(cells: Iterable[str]) -> bool:
    """Whether at least half of the cells that are not missing are numbers."""
    present = [cell for cell in cells if cell.strip().lower() not in _MISSING]
    return bool(present) and 2 * sum(map(_is_number, present)) >= len(present)


def _is_number(cell: str) -> bool:
    try:
        return isfinite(float(cell)) and "_" not in cell
    except ValueError:
        return False
