"""Reads a file of numbers (CSV, TSV, Parquet, NPY, standard input) into rows."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import sys
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from mixtura.exceptions import FileFormatError, InvalidDataError
from mixtura.files import open_to_read
from mixtura.tables.npy import read_npy
from mixtura.tables.parquet import read_parquet
from mixtura.tables.table import Table
from mixtura.tables.text import read_text

__all__ = ["Table", "read", "read_bytes"]

Reader = Callable[[BinaryIO, str, Sequence[str | int] | None, bool], Table]

_READERS: dict[bytes, Reader] = {b"PAR1": read_parquet, b"\x93NUMPY": read_npy}
_SUFFIXES = {".parquet": b"PAR1", ".npy": b"\x93NUMPY"}  # what such a file begins with
_FOREIGN = {  # what a file begins with, the key of what it is, and what to do with it
    b"\x1f\x8b": ("gzip", "compressed by gzip; type: zcat FILE | mixtura COMMAND -"),
    b"\x28\xb5\x2f\xfd": ("packed", "compressed by zstd; type: zstd -dc FILE | mixtura COMMAND -"),
    b"BZh": ("packed", "compressed by bzip2; type: bzcat FILE | mixtura COMMAND -"),
    b"\xfd7zXZ": ("packed", "compressed by xz; type: xzcat FILE | mixtura COMMAND -"),
    b"PK\x03\x04": (
        "zip",
        "a zip archive or a spreadsheet; save it as CSV, or, of an archive of one text, type: "
        "unzip -p FILE | mixtura COMMAND -",
    ),
    b"\xd0\xcf\x11\xe0": ("excel", "an Excel spreadsheet; save it as CSV"),
    b"\x89HDF": ("hdf5", "HDF5; save the table as Parquet or CSV"),
    b"ARROW1": ("arrow", "Arrow; save the table as Parquet"),
    b"\x89PNG": ("picture", "a picture; give the numbers themselves, as CSV"),
    b"\xff\xd8\xff": ("picture", "a picture; give the numbers themselves, as CSV"),
    b"%PDF": ("pdf", "a PDF document; save its table as CSV"),
    b"\xff\xfe": ("utf-16", "UTF-16 text; save it as UTF-8"),
    b"\xfe\xff": ("utf-16", "UTF-16 text; save it as UTF-8"),
    b"SQLite f": ("foreign", "an SQLite database; save the table as CSV"),
    b"MATLAB 5": ("foreign", "a MATLAB file; type in MATLAB writematrix(x, 'data.csv')"),
    b"<stata": ("foreign", "a Stata file; type in Stata export delimited"),
    b"RDX3\n": ("foreign", "R data; type in R write.csv(x, 'data.csv')"),
    b"X\n\0\0\0\x03": ("foreign", "R data; type in R write.csv(x, 'data.csv')"),
    b"<!": ("foreign", "a web page; save the table as CSV"),
    b"<html": ("foreign", "a web page; save the table as CSV"),
    b"<?xml": ("foreign", "XML; save the table as CSV"),
    **dict.fromkeys(
        (b'{"', b"{\n", b"[{", b"[[", b"[\n"),
        ("foreign", "JSON; type in Python pandas.read_json(FILE).to_csv('data.csv', index=False)"),
    ),
    b"\x80": ("pickle", "a pickle or another binary file; save the rows as CSV, Parquet or NPY"),
}


def _from_utf_16(stream: BinaryIO) -> BinaryIO:
    return io.BytesIO(stream.read().decode("utf-16").encode())


_PACKED: dict[bytes, Callable[[BinaryIO], Any]] = {  # what unpacks as it is read
    b"\x1f\x8b": gzip.open,
    **{b"BZh%d1AY&" % level: bz2.open for level in range(1, 10)},
    b"\xfd7zXZ": lzma.open,
    b"\xff\xfe": _from_utf_16,
    b"\xfe\xff": _from_utf_16,
}
_HEAD = 8  # bytes that tell what a file is


def read(
    path: str | os.PathLike[str],
    columns: Sequence[str | int] | None = None,
    *,
    delimiter: str | None = None,
    decimal: str = ".",
    finite: bool = True,
) -> Table:
    """Read the numbers of a table.

    The contents of the file, not its name, decide how it is read. Columns that do not hold
    numbers are left out and listed in `Table.skipped`, unless `columns` asks for them. A column
    counts as numbers when most of its cells are, so that one bad cell is an error and not a
    column lost.

    Parameters
    ----------
    path : str or path-like
        A CSV, TSV, Parquet or NPY file, or one packed by gzip, bzip2 or xz, or ``"-"`` for
        standard input.
    columns : sequence of str or int, optional
        Names, or numbers from 1, in the order wanted. All that hold numbers, if not given.
    delimiter : str, optional
        The character between the cells of a text file; ``" "`` means any white space. Found
        from the first rows, if not given.
    decimal : {".", ","}, default="."
        The decimal mark of a text file.
    finite : bool, default=True
        Whether a cell that is empty or not a finite number is refused. False reads it as NaN.

    Returns
    -------
    Table
        The rows, all finite if `finite`, and the names of their columns.

    Raises
    ------
    FileAccessError
        If there is no such file, or it cannot be read.
    InvalidParameterError
        If there is no such column, or `delimiter` or `decimal` is not such a character.
    InvalidDataError
        If a row or a cell cannot be used; the message names file, row and column.
    FileFormatError
        If the file is not a table, or a damaged one.
    MissingExtraError
        For Parquet without pyarrow.

    Examples
    --------
    >>> from mixtura import datasets
    >>> from mixtura.tables import read
    >>> table = read(datasets.path("iris"))
    >>> table.values.shape, table.columns[0], table.skipped
    ((150, 4), 'Sepal.Length', ('label',))
    """
    source, stream = _open(path)
    with stream, _unpacked(stream, source) as plain:
        return _read(plain, source, columns, delimiter, decimal, finite)


def read_bytes(content: bytes, name: str, *, finite: bool = True) -> Table:
    """Read the numbers of a table from the contents of a file; `name` is for messages.

    Everything else is as for `read`, but nothing is opened or unpacked, and nothing is written.

    Examples
    --------
    >>> from mixtura.tables import read_bytes
    >>> read_bytes(b"a,b\\n1,2\\n3,4\\n", "it.csv").values.tolist()
    [[1.0, 2.0], [3.0, 4.0]]
    """
    return _read(io.BytesIO(content), name, None, None, ".", finite)


def _read(
    stream: BinaryIO,
    source: str,
    columns: Sequence[str | int] | None,
    delimiter: str | None,
    decimal: str,
    finite: bool,
) -> Table:
    head = _head(stream)
    if not head:
        raise InvalidDataError(f"{source} is empty; give a file with at least one row", key="empty")
    reader = _reader(head, source)
    if reader:
        return reader(stream, source, columns, finite)
    return read_text(stream, source, columns, delimiter=delimiter, decimal=decimal, finite=finite)


def _open(path: str | os.PathLike[str]) -> tuple[str, BinaryIO]:
    """The name for messages, and the bytes."""
    if os.fspath(path) == "-":
        return "standard input", io.BytesIO(sys.stdin.buffer.read())
    return os.fspath(path), open_to_read(path)


def _head(stream: BinaryIO) -> bytes:
    """The first bytes, to be read again."""
    head = stream.read(_HEAD)
    stream.seek(0)
    return head


@contextmanager
def _unpacked(stream: BinaryIO, source: str) -> Iterator[BinaryIO]:
    """The bytes that were packed, or those of `stream` as they are."""
    head = _head(stream)
    unpack = next((each for magic, each in _PACKED.items() if head.startswith(magic)), None)
    try:
        yield stream if unpack is None else unpack(stream)
    except (EOFError, zlib.error, lzma.LZMAError, gzip.BadGzipFile, UnicodeError) as error:
        raise FileFormatError(
            f"{source} is packed and damaged ({error}); copy it, or pack it again"
        ) from error


def _reader(head: bytes, source: str) -> Reader | None:
    """The reader of a binary format, or None for text."""
    for magic, (key, advice) in _FOREIGN.items():
        if head.startswith(magic):
            raise FileFormatError(f"{source} is {advice}", key=key, what=advice.partition(";")[0])
    promised = _SUFFIXES.get(Path(source).suffix.lower())
    if promised and not head.startswith(promised):
        raise FileFormatError(
            f"{source} is not what its name says: it does not begin as a "
            f"{Path(source).suffix} file does; write it again, or rename it if it is text",
            key="promise",
            suffix=Path(source).suffix,
        )
    return next((read for magic, read in _READERS.items() if head.startswith(magic)), None)
