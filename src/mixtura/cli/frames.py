"""Columns of equal length written as CSV, TSV, Parquet or NPY, by the file's suffix."""

from __future__ import annotations

import csv
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO, Any

from mixtura.cli.failures import Failure
from mixtura.exceptions import import_extra
from mixtura.files import replacing

__all__ = ["check_suffix", "labels", "numbered", "write"]

Array = Any
Frame = Mapping[str, Array]

_ROW = "row"  # number of the row, from 1; left out where the format has an index of its own
_CHUNK = 50_000  # rows turned into text at a time


def labels(model: Any, x: Array, proba: bool = True) -> Frame:
    """The component of every row and, with `proba`, its responsibilities, (n,) each."""
    responsibilities = model.predict_proba(x)
    label = responsibilities.argmax(axis=1)
    if not proba:
        return numbered(label=label)
    return numbered(label=label, **{f"p_{j}": p for j, p in enumerate(responsibilities.T)})


def numbered(**columns: Array) -> Frame:
    """Columns, (n,) each, behind the row's number."""
    import numpy as np

    return {_ROW: np.arange(1, len(next(iter(columns.values()))) + 1), **columns}


def check_suffix(path: str | None) -> None:
    """Refuse a file whose suffix names no format.

    Raises
    ------
    Failure
        If the suffix is not one of csv, tsv, parquet, npy.
    """
    if path is not None and Path(path).suffix.lower() not in _FORMATS:
        raise Failure(f"cannot write {path}: its name must end in one of {', '.join(_FORMATS)}")


def write(frame: Frame, path: str | Path | None, spec: str = "") -> None:
    """Write `frame` to `path`, or as CSV to standard output; `spec` is how text shows floats."""
    if path is None:
        _write_csv(frame, sys.stdout, spec)
        return
    with replacing(path) as temporary:
        _FORMATS[Path(path).suffix.lower()](frame, temporary, spec)


def _write_csv(frame: Frame, stream: IO[str], spec: str, delimiter: str = ",") -> None:
    writer = csv.writer(stream, delimiter=delimiter, lineterminator="\n")
    writer.writerow(frame)
    n = len(next(iter(frame.values())))
    for start in range(0, n, _CHUNK):
        block = (column[start : start + _CHUNK] for column in frame.values())
        writer.writerows(zip(*(_cells(part, spec) for part in block), strict=True))


def _cells(column: Array, spec: str) -> list[Any]:
    values = column.tolist()
    return [format(value, spec) for value in values] if column.dtype.kind == "f" else values


def _csv_file(frame: Frame, path: Path, spec: str) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        _write_csv(frame, stream, spec)


def _tsv_file(frame: Frame, path: Path, spec: str) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        _write_csv(frame, stream, spec, delimiter="\t")


def _parquet_file(frame: Frame, path: Path, _: str) -> None:
    arrow = import_extra("pyarrow", extra="tables", purpose="writing Parquet")
    parquet = import_extra("pyarrow.parquet", extra="tables", purpose="writing Parquet")
    parquet.write_table(arrow.table(dict(frame)), path)


def _npy_file(frame: Frame, path: Path, _: str) -> None:
    """One column as a vector, several as a matrix; the row's number is its index."""
    import numpy as np

    columns = [column for name, column in frame.items() if name != _ROW]
    with path.open("wb") as stream:
        np.save(stream, columns[0] if len(columns) == 1 else np.column_stack(columns))


_FORMATS: Mapping[str, Callable[[Frame, Path, str], None]] = {
    ".csv": _csv_file,
    ".tsv": _tsv_file,
    ".parquet": _parquet_file,
    ".npy": _npy_file,
}
