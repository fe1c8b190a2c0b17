"""Somebody's file as rows: read within limits, looked through, and said in words what is odd."""

from __future__ import annotations

import io
import tempfile
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from mixtura.exceptions import FileFormatError, InvalidDataError, MixturaError
from mixtura.studio.server import LARGEST_UPLOAD
from mixtura.tables import Table, read
from mixtura.tables.text import sniff

__all__ = ["MOST_COLUMNS", "MOST_ROWS", "Look", "look_through", "open_file", "without_bad_rows"]

MOST_ROWS = 200_000
MOST_COLUMNS = 50


class Look(NamedTuple):
    """What is odd about a table."""

    rows: int
    duplicates: int  # rows that are there already
    constant: tuple[str, ...]  # columns with one value
    skipped: tuple[str, ...]  # columns that are no numbers


def open_file(name: str, content: bytes) -> Table:
    """The numbers in an uploaded file.

    Raises
    ------
    MixturaError
        In words for people: what is wrong, and in which row and column.
    """
    if len(content) > LARGEST_UPLOAD * 2**20:
        raise InvalidDataError(
            f"the file has {len(content) / 2**20:.0f} MB, the studio takes {LARGEST_UPLOAD}; "
            "fit it with the command line: mixtura select FILE"
        )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"upload{_suffix(name)}"
        path.write_bytes(content)
        try:
            table = read(path)
        except MixturaError as error:
            raise type(error)(str(error).replace(str(path), "the file")) from error
    return _within_limits(table)


def without_bad_rows(content: bytes) -> tuple[Table, int]:
    """The rows of a text file in which every number is there, and how many are not."""
    try:
        frame = _as_frame(content.decode("utf-8-sig"))
    except ValueError as error:
        raise FileFormatError("the file is no table of text; save it as CSV in UTF-8") from error
    numbers = frame.apply(pd.to_numeric, errors="coerce").replace([np.inf, -np.inf], np.nan)
    numeric = numbers.loc[:, 2 * numbers.notna().sum() >= len(numbers)]
    whole = numeric.dropna()
    if whole.empty or not whole.shape[1]:
        raise InvalidDataError("no row of the file has a number in every column; mend it first")
    skipped = tuple(str(name) for name in frame.columns if name not in numeric.columns)
    names = tuple(str(name) for name in whole.columns)
    table = Table(whole.to_numpy(dtype=float), names, "the file", skipped)
    return _within_limits(table), len(frame) - len(whole)


def _as_frame(text: str) -> pd.DataFrame:
    """The rows that are not too wide, under the first one's names if it is not numbers itself."""
    delimiter = sniff(text[:20_000].splitlines())
    sep = r"\s+" if delimiter == " " else delimiter
    frame = pd.read_csv(io.StringIO(text), sep=sep, on_bad_lines="skip")
    top = pd.to_numeric(pd.Series(frame.columns), errors="coerce")
    if 2 * top.notna().sum() < len(top):
        return frame
    frame = pd.read_csv(io.StringIO(text), sep=sep, on_bad_lines="skip", header=None)
    return frame.rename(columns=lambda j: f"x{j + 1}")


def look_through(table: Table) -> Look:
    """Count what is odd."""
    values = table.values
    constant = tuple(
        name for name, width in zip(table.columns, np.ptp(values, axis=0), strict=True) if not width
    )
    duplicates = len(values) - len(np.unique(values, axis=0))
    return Look(len(values), duplicates, constant, table.skipped)


def _within_limits(table: Table) -> Table:
    n, d = table.values.shape
    if n > MOST_ROWS or d > MOST_COLUMNS:
        raise InvalidDataError(
            f"the file has {n} rows and {d} columns of numbers, the studio takes {MOST_ROWS} and "
            f"{MOST_COLUMNS}; fit it with the command line: mixtura select FILE"
        )
    if n < 2:
        raise InvalidDataError("the file has one row; a mixture needs at least two")
    return table


def _suffix(name: str) -> str:
    """The ending of a name, if it is one that says how to read the file; never a path."""
    ending = Path(name).suffix.lower()
    return ending if ending in (".parquet", ".npy") else ".txt"
