"""Somebody's file as rows: read within limits, looked through, and refused for a reason."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any, NamedTuple, final

import numpy as np
import pandas as pd
import pyarrow
from pyarrow import parquet

from mixtura.exceptions import MixturaError
from mixtura.studio.server import LARGEST_UPLOAD
from mixtura.tables import Table, read_bytes
from mixtura.tables.text import sniff

__all__ = [
    "MOST_COLUMNS",
    "MOST_ROWS",
    "Look",
    "Refused",
    "look_through",
    "mends",
    "open_file",
    "without_bad_rows",
]

MOST_ROWS = 200_000
MOST_COLUMNS = 50
_LONGEST_LINE = 100_000  # bytes
_LONGEST_NAME = 200
_LARGEST = 1e100  # in the sum of squares of many, still a number
_BINARY = (b"PAR1", b"\x93NUMPY")
_MENDED = ("ragged", "bad-cell-line", "bad-cell-row", "empty-cell-line", "empty-cell-row", "marks")


@final
class Refused(MixturaError):
    """A file that the studio cannot use; what is said of it is the text ``refused.KEY``."""

    def __init__(self, key: str, **values: Any):
        super().__init__(key, key=key, **values)


class Look(NamedTuple):
    """What is odd about a table."""

    rows: int
    duplicates: int  # rows that are there already
    constant: tuple[str, ...]  # columns with one value
    skipped: tuple[str, ...]  # columns that are no numbers


def open_file(name: str, content: bytes) -> tuple[Table, int]:
    """The numbers in an uploaded file, and how many rows are left out: none.

    Raises
    ------
    MixturaError
        With the key of what is wrong, and in which row and column.
    """
    _check_size(content)
    return _within_limits(read_bytes(content, _safe(name))), 0


def mends(error: MixturaError) -> bool:
    """Whether it helps to leave rows or columns out."""
    return error.key in _MENDED


def without_bad_rows(name: str, content: bytes) -> tuple[Table, int]:
    """The rows of a file in which every number is there, and how many are not.

    Raises
    ------
    MixturaError
        If there is no such row, or more is wrong than some rows.
    """
    _check_size(content)
    if content.startswith(_BINARY):
        table = read_bytes(content, _safe(name), finite=False)
        frame, skipped = pd.DataFrame(table.values, columns=list(table.columns)), table.skipped
    else:
        frame, skipped = _as_frame(content), ()
    numbers = frame.apply(pd.to_numeric, errors="coerce").replace([np.inf, -np.inf], np.nan)
    numeric = numbers.loc[:, 2 * numbers.notna().sum() >= len(numbers)]
    whole = numeric.dropna()
    if whole.empty or not whole.shape[1]:
        raise Refused("no-whole-row")
    skipped += tuple(str(name) for name in frame.columns if name not in numeric.columns)
    names = tuple(str(name) for name in whole.columns)
    table = Table(whole.to_numpy(dtype=float), names, name, skipped)
    return _within_limits(table), len(frame) - len(whole)


def look_through(table: Table) -> Look:
    """Count what is odd."""
    values = table.values
    constant = tuple(
        name for name, width in zip(table.columns, np.ptp(values, axis=0), strict=True) if not width
    )
    duplicates = len(values) - len(np.unique(values, axis=0))
    return Look(len(values), duplicates, constant, table.skipped)


def _as_frame(content: bytes) -> pd.DataFrame:
    """The rows that are not too wide, under the first one's names if it is not numbers itself."""
    try:
        text = content.decode("utf-8-sig")
        delimiter = sniff(text[:20_000].splitlines())
        sep = r"\s+" if delimiter == " " else delimiter
        frame = pd.read_csv(io.StringIO(text), sep=sep, on_bad_lines="skip")
        top = pd.to_numeric(pd.Series(frame.columns), errors="coerce")
        if 2 * top.notna().sum() < len(top):
            return frame
        frame = pd.read_csv(io.StringIO(text), sep=sep, on_bad_lines="skip", header=None)
    except ValueError as error:
        raise Refused("no-table") from error
    return frame.rename(columns=lambda j: f"x{j + 1}")


def _check_size(content: bytes) -> None:
    """Refuse what would take too long or too much memory to read."""
    if len(content) > LARGEST_UPLOAD * 2**20:
        raise Refused("too-large", mb=f"{len(content) / 2**20:.0f}", most=LARGEST_UPLOAD)
    if content.startswith(b"PAR1"):
        _check_promise(content)
    elif not content.startswith(_BINARY) and _is_text(content):
        for number, line in enumerate(io.BytesIO(content), start=1):
            if len(line) > _LONGEST_LINE:
                raise Refused("long-line", line=number, length=len(line), most=_LONGEST_LINE)


def _check_promise(content: bytes) -> None:
    """A Parquet file of a few bytes can hold a thousand million rows, but it says how many."""
    try:
        promised = parquet.read_metadata(io.BytesIO(content))
    except (pyarrow.ArrowException, OSError):
        return  # a damaged one, which is refused when it is read
    if promised.num_rows > MOST_ROWS:
        raise Refused("too-many-rows", rows=promised.num_rows, most=MOST_ROWS)


def _is_text(content: bytes) -> bool:
    try:
        content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return False
    return b"\0" not in content


def _within_limits(table: Table) -> Table:
    n, d = table.values.shape
    if n > MOST_ROWS:
        raise Refused("too-many-rows", rows=n, most=MOST_ROWS)
    if d > MOST_COLUMNS:
        raise Refused("too-many-columns", columns=d, most=MOST_COLUMNS)
    if n < 2:
        raise Refused("one-row")
    for name, column in zip(table.columns, table.values.T, strict=True):
        if len(name) > _LONGEST_NAME:
            raise Refused("long-name", column=name[:20], length=len(name), most=_LONGEST_NAME)
        if np.abs(column).max() > _LARGEST:
            raise Refused("too-far", column=name, value=f"{np.abs(column).max():.0e}")
    if not np.ptp(table.values, axis=0).any():
        raise Refused("all-same", rows=n)
    return table


def _safe(name: str) -> str:
    """A name with the same ending, if that says how to read the file; never a path."""
    ending = Path(name).suffix.lower()
    return f"file{ending}" if ending in (".parquet", ".npy") else "file"
