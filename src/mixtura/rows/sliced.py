"""Rows in an array outside memory that is read by slices: NPY files, memory maps, Zarr, HDF5."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from mixtura.exceptions import FileFormatError, InvalidDataError
from mixtura.files import open_to_read
from mixtura.rows.place import Place, Request
from mixtura.rows.streamed import Source, StreamedRows

__all__ = ["Sliced"]

_AS_IT_IS = (np.dtype(np.float32), np.dtype(np.float64))


class Sliced(Place):
    """NPY files by their path, memory maps, and arrays in chunks: Zarr's and h5py's.

    A memory map that can be used as it is, C-contiguous and of floats, is left to memory.
    """

    def holds(self, X: Any) -> bool:
        if isinstance(X, np.memmap):
            return X.ndim == 2 and not (X.dtype in _AS_IT_IS and X.flags.c_contiguous)
        if isinstance(X, str | os.PathLike):
            return Path(X).suffix == ".npy"
        return all(hasattr(X, name) for name in ("shape", "dtype", "chunks")) and not hasattr(
            X, "compute"
        )

    def open(self, X: Any, request: Request) -> StreamedRows:
        if isinstance(X, str | os.PathLike):
            return StreamedRows("sliced", _Array(_load(X), os.fspath(X)), request)
        return StreamedRows("sliced", _Array(X, "`X`"), request)


class _Array(Source):
    names = None

    def __init__(self, array: Any, said: str):
        dtype = np.dtype(getattr(array, "dtype", object))
        shape = tuple(getattr(array, "shape", ()))
        if dtype.kind not in "fiub" or len(shape) != 2 or 0 in shape[1:]:
            raise InvalidDataError(
                f"`X` must be a 2-D array of real numbers, got shape {shape} and dtype {dtype} in "
                f"{said}; give rows by columns, numbers only"
            )
        self.said = said
        self.d = shape[1]
        self.dtype = dtype.newbyteorder("=") if dtype == np.float32 else np.dtype(np.float64)
        self._array = array

    def count(self) -> int:
        return self._array.shape[0]

    def parts(self, size: int) -> Iterator[np.ndarray]:
        chunks = getattr(self._array, "chunks", None)  # a chunk is decompressed once
        step = max(size, chunks[0] if chunks else 0)
        for first in range(0, self.count(), step):
            piece = self._array[first : first + step]
            for start in range(0, len(piece), size):
                yield piece[start : start + size]

    def read(self, part: np.ndarray) -> tuple[np.ndarray, None]:
        return np.ascontiguousarray(part, self.dtype), None

    def where(self, row: int) -> str:
        return f"{self.said}, row {row},"


def _load(path: str | os.PathLike[str]) -> np.ndarray:
    open_to_read(path).close()
    try:
        return np.load(path, mmap_mode="r", allow_pickle=False)
    except Exception as error:  # a damaged header raises anything
        raise FileFormatError(
            f"`X` must be a whole NPY file of numbers, got {os.fspath(path)!r} ({error}); write it "
            "again with numpy.save(path, array)"
        ) from error
