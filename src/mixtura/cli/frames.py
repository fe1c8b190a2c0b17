"""Columns of equal length, piece by piece, as CSV, TSV, Parquet or NPY by the file's suffix."""

from __future__ import annotations

import csv
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from itertools import chain
from pathlib import Path
from typing import IO, Any

from mixtura.cli.failures import Failure
from mixtura.exceptions import import_extra
from mixtura.files import replacing

__all__ = ["check_suffix", "joined", "labels", "numbered", "write"]

Array = Any
Frame = Mapping[str, Array]

_ROW = "row"  # number of the row, from 1; left out where the format has an index of its own
_CHUNK = 50_000  # rows turned into text at a time


def labels(model: Any, blocks: Iterable[Array], proba: bool = True) -> Iterator[Frame]:
    """The component of every row and, with `proba`, its responsibilities."""
    for x in blocks:
        responsibilities = model.predict_proba(x)
        frame = {"label": responsibilities.argmax(axis=1)}
        shares = enumerate(responsibilities.T if proba else ())
        yield frame | {f"p_{j}": share for j, share in shares}


def numbered(frames: Iterable[Frame]) -> Iterator[Frame]:
    """The same behind the row's number."""
    import numpy as np

    first = 1
    for frame in frames:
        end = first + _length(frame)
        yield {_ROW: np.arange(first, end), **frame}
        first = end


def joined(frames: Iterable[Frame]) -> Frame:
    """All pieces as one."""
    import numpy as np

    pieces = list(frames)
    return {name: np.concatenate([piece[name] for piece in pieces]) for name in pieces[0]}


def check_suffix(path: str | None) -> None:
    """Refuse a file whose suffix names no format.

    Raises
    ------
    Failure
        If the suffix is not one of csv, tsv, parquet, npy.
    """
    if path is not None and Path(path).suffix.lower() not in _FORMATS:
        raise Failure(f"cannot write {path}: its name must end in one of {', '.join(_FORMATS)}")


def write(frames: Iterable[Frame], path: str | Path | None, n: int, spec: str = "") -> None:
    """Write frames of `n` rows to `path`, or as CSV to standard output, as they come.

    `spec` is how text shows floats.
    """
    if path is None:
        _write_text(frames, sys.stdout, spec)
        return
    with replacing(path) as temporary:
        _FORMATS[Path(path).suffix.lower()](frames, temporary, n, spec)


def _length(frame: Frame) -> int:
    return len(next(iter(frame.values())))


def _write_text(frames: Iterable[Frame], stream: IO[str], spec: str, delimiter: str = ",") -> None:
    writer = csv.writer(stream, delimiter=delimiter, lineterminator="\n")
    for number, frame in enumerate(frames):
        if not number:
            writer.writerow(frame)
        for start in range(0, _length(frame), _CHUNK):
            block = (column[start : start + _CHUNK] for column in frame.values())
            writer.writerows(zip(*(_cells(part, spec) for part in block), strict=True))


def _cells(column: Array, spec: str) -> list[Any]:
    values = column.tolist()
    return [format(value, spec) for value in values] if column.dtype.kind == "f" else values


def _text_file(delimiter: str, frames: Iterable[Frame], path: Path, _: int, spec: str) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        _write_text(frames, stream, spec, delimiter)


def _parquet_file(frames: Iterable[Frame], path: Path, _n: int, _spec: str) -> None:
    arrow = import_extra("pyarrow", extra="tables", purpose="writing Parquet")
    parquet = import_extra("pyarrow.parquet", extra="tables", purpose="writing Parquet")
    tables = (arrow.table(dict(frame)) for frame in frames)
    first = next(tables)
    with parquet.ParquetWriter(path, first.schema) as writer:
        for table in chain([first], tables):
            writer.write_table(table)


def _npy_file(frames: Iterable[Frame], path: Path, n: int, _: str) -> None:
    """One column as a vector, several as a matrix; the row's number is its index."""
    import numpy as np

    array, start = None, 0
    for frame in frames:
        columns = [column for name, column in frame.items() if name != _ROW]
        piece = columns[0] if len(columns) == 1 else np.column_stack(columns)
        if array is None:
            shape = (n, *piece.shape[1:])
            array = np.lib.format.open_memmap(path, "w+", dtype=piece.dtype, shape=shape)
        array[start : start + len(piece)] = piece
        start += len(piece)


_FORMATS: Mapping[str, Callable[[Iterable[Frame], Path, int, str], None]] = {
    ".csv": partial(_text_file, ","),
    ".tsv": partial(_text_file, "\t"),
    ".parquet": _parquet_file,
    ".npy": _npy_file,
}
