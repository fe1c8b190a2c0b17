"""Reads an array in NumPy's own format."""

from __future__ import annotations

from collections.abc import Sequence
from typing import BinaryIO

import numpy as np

from mixtura.exceptions import FileFormatError, InvalidDataError
from mixtura.tables.table import Column, Table, choose, settle_bad

__all__ = ["read_npy"]


def read_npy(
    stream: BinaryIO, source: str, columns: Sequence[str | int] | None, finite: bool
) -> Table:
    """The (n, d) array of real numbers that an NPY file holds; never unpickles."""
    try:
        array = np.load(stream, allow_pickle=False)
    except Exception as error:  # a damaged header raises anything, from ValueError to TokenError
        reason = str(error).splitlines()[0][:120] if str(error) else type(error).__name__
        raise FileFormatError(
            f"{source} is not a whole NPY file of numbers ({reason}); write it again with "
            "numpy.save(path, array)",
            key="npy-damaged",
        ) from error
    if array.dtype.kind not in "fiu":
        raise InvalidDataError(
            f"{source} must hold real numbers, got dtype {array.dtype}; save "
            "array.astype(float) instead",
            key="npy-type",
            type=array.dtype,
        )
    if array.ndim != 2:
        raise InvalidDataError(
            f"{source} must hold a 2-D array (rows, columns), got shape {array.shape}; save "
            "array.reshape(-1, 1) for one column",
            key="npy-shape",
            shape=array.shape,
        )
    if not array.size:
        raise InvalidDataError(
            f"{source} has shape {array.shape}; give at least one row and column", key="no-rows"
        )
    offered = [Column(f"x{j + 1}", numeric=True) for j in range(array.shape[1])]
    chosen, skipped = choose(offered, columns, source)
    narrow = array.dtype.kind == "f" and array.dtype.itemsize <= 4
    with np.errstate(over="ignore"):  # of extended precision; it becomes infinite, a bad cell
        values = np.ascontiguousarray(array[:, chosen], dtype=np.float32 if narrow else np.float64)
    names = tuple(offered[j].name for j in chosen)
    settle_bad(values, names, source, finite)
    return Table(values, names, source, skipped)
