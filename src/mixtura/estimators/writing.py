"""Predictions written as Parquet while the rows are read."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from mixtura.exceptions import InvalidParameterError, import_extra
from mixtura.files import replacing
from mixtura.rows.scan import Scan

__all__ = ["beside", "write_predictions"]

# Numbers, and rows, of a row group at most.
_NUMBERS, _ROWS = 2**22, 2**17


def write_predictions(path: Path, pieces: Iterator[np.ndarray], k: int, dtype: np.dtype) -> None:
    """Write a file of columns ``label`` and ``responsibility_0``, ..., whole or not at all.

    Parameters
    ----------
    path : Path
    pieces : iterator of ndarray of shape (b, 1 + k)
        Labels and responsibilities.
    k : int
    dtype : dtype
        Of the responsibilities.
    """
    arrow = import_extra("pyarrow", extra="tables", purpose="`predict_to_parquet`")
    parquet = import_extra("pyarrow.parquet", extra="tables", purpose="`predict_to_parquet`")
    number = arrow.from_numpy_dtype(dtype)
    fields = [("label", arrow.int32()), *((f"responsibility_{j}", number) for j in range(k))]
    schema = arrow.schema(fields)
    with replacing(path) as temporary, parquet.ParquetWriter(temporary, schema) as writer:
        for group in _groups(pieces, min(_ROWS, max(1, _NUMBERS // (1 + k)))):
            columns = [group[:, 0].astype(np.int32), *group[:, 1:].T.astype(dtype)]
            writer.write_table(arrow.table(columns, schema=schema))


def beside(X: Any) -> Path:
    """Where predictions of the file or folder `X` go if nobody says."""
    source = X.source if isinstance(X, Scan) else X
    if not isinstance(source, str | os.PathLike) or glob.has_magic(os.fspath(source)):
        raise InvalidParameterError(
            "`path` must be given where `X` is not the path of one file or folder, got "
            f"{type(source).__name__}; type predict_to_parquet(X, 'predicted.parquet')"
        )
    found = Path(source)
    name = found.name if found.is_dir() else found.stem
    return found.with_name(f"{name}.predicted.parquet")


def _groups(pieces: Iterator[np.ndarray], rows: int) -> Iterator[np.ndarray]:
    """The same rows in pieces of `rows`, the last one of fewer."""
    waiting: list[np.ndarray] = []
    for piece in pieces:
        waiting.append(piece)
        while sum(map(len, waiting)) >= rows:
            together = np.concatenate(waiting)
            yield together[:rows]
            waiting = [together[rows:]]
    if sum(map(len, waiting)):
        yield np.concatenate(waiting)
