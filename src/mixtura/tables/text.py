"""Reads a table of text: CSV, TSV, or columns apart by semicolons, bars or white space."""

from __future__ import annotations

import csv
import io
from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import islice
from math import isfinite, nan
from typing import BinaryIO, NamedTuple, TextIO

import numpy as np

from mixtura.exceptions import FileFormatError, InvalidDataError, InvalidParameterError
from mixtura.tables.cells import Number, is_marked, is_number, mostly, number_with
from mixtura.tables.table import Column, Table, bad_cell, choose

__all__ = ["read_text", "sniff"]

_DELIMITERS = ",\t;| "
_SAMPLE = 1000  # rows that decide on the delimiter and on which columns hold numbers
_LOOKED_AT = 50  # rows whose cells a delimiter is judged by
_SURE = 10  # rows of fractions below whole numbers that count up, which are names then


class _Row(NamedTuple):
    line: int  # where it ends in the file, from 1
    cells: list[str]


class _Layout(NamedTuple):
    """How a file is laid out, from its first rows."""

    delimiter: str
    header: bool
    columns: list[Column]
    number: Number


def read_text(
    stream: BinaryIO,
    source: str,
    columns: Sequence[str | int] | None,
    *,
    delimiter: str | None = None,
    decimal: str = ".",
    finite: bool = True,
) -> Table:
    """The columns of numbers in a UTF-8 text, with a row of names above them or without.

    A cell that is not a finite number is refused if `finite`, and NaN otherwise.
    """
    if delimiter is not None and len(delimiter) != 1:
        raise InvalidParameterError(
            f"`delimiter` must be one character such as ',' or ';', got {delimiter!r}"
        )
    number = number_with(decimal)
    text = io.TextIOWrapper(stream, encoding="utf-8-sig", newline="")
    try:
        layout = _layout(text, source, delimiter, number)
        chosen, skipped = choose(layout.columns, columns, source)
        rows = _rows(text, layout.delimiter, source)
        cells = _numbers(rows, layout, chosen, source if finite else None)
    except UnicodeDecodeError as error:
        raise FileFormatError(
            f"{source} is not UTF-8 text; save it as UTF-8 CSV, or, if it is Western European, "
            "type: iconv -f latin1 -t utf-8 FILE | mixtura COMMAND -",
            key="not-utf-8",
        ) from error
    values = np.frombuffer(cells, dtype=np.float64).reshape(-1, len(chosen))
    return Table(values, tuple(layout.columns[j].name for j in chosen), source, skipped)


def _numbers(
    rows: Iterator[_Row], layout: _Layout, chosen: Sequence[int], source: str | None
) -> array[float]:
    """The chosen cells, row after row; bad ones are refused as those of `source`, else NaN."""
    numbers, number = array("d"), layout.number
    good = partial(is_number, number=number)
    for line, cells in islice(rows, 1 if layout.header else 0, None):
        try:
            found = [number(cells[j]) for j in chosen]
        except ValueError:
            found = [nan]
        if not isfinite(sum(found)) or "_" in "".join(cells):
            if source is None:
                found = [number(cells[j]) if good(cells[j]) else nan for j in chosen]
            else:
                _check_cells(cells, layout, chosen, line, source)
        numbers.extend(found)
    return numbers


def _check_cells(
    cells: Sequence[str], layout: _Layout, chosen: Sequence[int], line: int, source: str
) -> None:
    for j in chosen:
        if not is_number(cells[j], layout.number):
            raise bad_cell(source, "line", line, layout.columns[j].name or str(j + 1), cells[j])


def _layout(text: TextIO, source: str, delimiter: str | None, number: Number) -> _Layout:
    delimiter = delimiter or sniff(list(islice(text, _SAMPLE)))
    sample = [row.cells for row in islice(_rows(text, delimiter, source), _SAMPLE)]
    if not sample:
        raise InvalidDataError(f"{source} is empty; give a file with at least one row", key="empty")
    first, rest = sample[0], sample[1:]
    good = partial(is_number, number=number)
    columns = list(zip(*(rest or [first]), strict=True))
    numeric = [mostly(good, cells) for cells in columns]
    marked = [
        not is_numeric and mostly(is_marked, cells)
        for is_numeric, cells in zip(numeric, columns, strict=True)
    ]
    header = _has_names(first, [j for j, each in enumerate(numeric) if each], columns, good)
    if header and not rest:
        raise InvalidDataError(
            f"{source} has no rows of numbers, only the line {delimiter.join(first)[:60]!r}; "
            "give at least one row of numbers",
            key="only-names",
        )
    names = [name.strip() if header else f"x{j + 1}" for j, name in enumerate(first)]
    offered = map(Column, names, numeric, (f"text such as {cell!r}" for cell in sample[-1]), marked)
    return _Layout(delimiter, header, list(offered), number)


def _has_names(
    first: list[str],
    numeric: list[int],
    columns: list[tuple[str, ...]],
    good: Callable[[str], bool],
) -> bool:
    """Whether the first row holds the names of the columns, of which some are `numeric`.

    It does where few of its cells above numbers are numbers; and where they count up, as years
    do and the names that pandas gives, above many fractions.
    """
    if 2 * sum(good(first[j]) for j in numeric) < len(numeric) or not numeric:
        return True
    named = [j for j in numeric if first[j].strip()]
    tops = [first[j] for j in named]
    if len(tops) < 2 or not all(top.isdecimal() for top in tops):
        return False
    counting = list(map(str, range(int(tops[0]), int(tops[0]) + len(tops))))
    below = [cell for j in named for cell in columns[j]]
    many = len(below) > _SURE * len(tops)
    return many and tops == counting and not any(cell.strip("+- ").isdecimal() for cell in below)


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
    """The delimiter that gives most rows one width, most cells that are numbers, and most cells."""

    def fitness(delimiter: str) -> tuple[float, float, int]:
        split = _single_spaced(lines) if delimiter == " " else lines
        try:
            rows = [row for row in csv.reader(split, delimiter=delimiter) if "".join(row).strip()]
        except csv.Error:
            return 0.0, 0.0, 0
        width, count = Counter(map(len, rows)).most_common(1)[0] if rows else (0, 0)
        if width < 2 or 2 * count <= len(rows):
            return 0.0, 0.0, 0
        some = [cell for row in rows[:_LOOKED_AT] if len(row) == width for cell in row]
        numbers = sum(is_number(cell) or is_marked(cell) for cell in some)
        return count / len(rows), numbers / max(len(some), 1), width

    return max(_DELIMITERS, key=fitness)


def _single_spaced(lines: Iterable[str]) -> Iterator[str]:
    return (" ".join(line.split()) for line in lines)
