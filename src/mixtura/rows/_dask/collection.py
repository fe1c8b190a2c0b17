"""What the user gave, an array or a frame of Dask's, as lazy partitions of checked rows."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from mixtura.exceptions import InvalidDataError, InvalidParameterError, import_extra
from mixtura.rows._partition import Reading, read

__all__ = ["Collection", "alike", "counts", "dask", "opened", "split"]

# How to leave out rows with a cell that is no number.
_OF_ARRAY = "X = X[da.isfinite(X).all(axis=1)]; X.compute_chunk_sizes()"
_OF_FRAME = "X.dropna(), and infinities: X[abs(X.max(axis=1)) < numpy.inf]"


class Collection(NamedTuple):
    """Partitions of an array or a frame, not read yet."""

    parts: list[Any]  # Delayed arrays (p, d) or frames
    lengths: tuple[float, ...]  # rows of each, nan where not known
    reading: Reading
    d: int

    def checked(self, weights: Sequence[Any] | None = None) -> list[Any]:
        """Delayed `Partition`s, with the weights of each."""
        reader = dask().delayed(read, pure=False)
        each = [()] * len(self.parts) if weights is None else [(part,) for part in weights]
        numbered = enumerate(zip(self.parts, each, strict=True))
        return [reader(self.reading, i, part, *weight) for i, (part, weight) in numbered]


def dask(module: str = "dask") -> Any:
    """Dask, imported when it is needed."""
    return import_extra(module, extra="dask", purpose="Rows in Dask")


def opened(X: Any, picked: tuple[str, ...] | None, weight: str | None) -> Collection:
    """The partitions of an array, a frame, or a folder of Parquet.

    Parameters
    ----------
    X : dask array (n, d), dask frame, or path
    picked : tuple of str or None
        Columns of a frame to take; None for all but `weight`.
    weight : str or None
        Column of a frame that holds the row weights.
    """
    if isinstance(X, (str, bytes)) or hasattr(X, "__fspath__"):
        X = dask("dask.dataframe").read_parquet(X)
    if hasattr(X, "columns") and X.ndim == 2:  # a series has columns too
        return _of_frame(X, picked, weight)
    if weight is not None:
        raise InvalidParameterError(
            f"`sample_weight` may name a column where `X` has named columns, got {weight!r} and an "
            "array; give an array of weights with the chunks of `X`"
        )
    return _of_array(X)


def _of_array(X: Any) -> Collection:
    if getattr(X, "ndim", None) != 2 or not hasattr(X, "chunks"):
        raise InvalidDataError(
            "`X` must be a dask array of shape (n, d), a dask frame or a path of Parquet for "
            f'rows="dask", got {_said(X)}; type {_table(X)}'
        )
    if X.dtype.kind not in "biuf":
        raise InvalidDataError(f"`X` must be real numbers, got {X.dtype}; type X.astype(float)")
    if len(X.chunks[1]) > 1:
        X = X.rechunk({1: -1})
    dtype = X.dtype if X.dtype == np.float32 else np.dtype(np.float64)
    parts = list(X.to_delayed().ravel())
    return Collection(parts, X.chunks[0], Reading(None, dtype, _OF_ARRAY), X.shape[1])


def _of_frame(X: Any, picked: tuple[str, ...] | None, weight: str | None) -> Collection:
    offered = [str(name) for name in X.columns]
    for name in (*(picked or ()), *(() if weight is None else (weight,))):
        if name not in offered:
            raise InvalidDataError(
                f"`X` must have the column {name!r}, got columns {offered}; give a frame that has "
                "it, or name another"
            )
    names = picked or tuple(name for name in offered if name != weight)
    types = {name: kind for name, kind in X.dtypes.items() if name in names}
    wrong = {name: str(kind) for name, kind in types.items() if not _numeric(kind)}
    if wrong:
        rest = [name for name in names if name not in wrong]
        raise InvalidDataError(
            f"`X` must have columns of real numbers only, got {wrong}; leave them out: X[{rest}]"
        )
    narrow = all(str(kind) in ("float32", "Float32", "float[pyarrow]") for kind in types.values())
    dtype = np.dtype(np.float32 if narrow else np.float64)
    columns = [*names, *(() if weight is None else (weight,))]
    parts = X[columns].to_delayed()
    reading = Reading(names, dtype, _OF_FRAME, weight)
    return Collection(parts, (math.nan,) * len(parts), reading, len(names))


def _numeric(kind: Any) -> bool:
    from pandas.api.types import is_bool_dtype, is_complex_dtype, is_numeric_dtype

    return (is_numeric_dtype(kind) or is_bool_dtype(kind)) and not is_complex_dtype(kind)


def _table(X: Any) -> str:
    """How to make a table of what is none."""
    if getattr(X, "ndim", None) != 1:
        return 'dask.array.from_array(X, chunks=(100_000, -1)), or rows="auto"'
    if hasattr(X, "to_frame"):
        return "X.to_frame() for a column"
    return "X.reshape(-1, 1) for a column, X.reshape(1, -1) for a row"


def _said(X: Any) -> str:
    shape = getattr(X, "shape", None)
    return type(X).__name__ if shape is None else f"{type(X).__name__} of shape {shape}"


def counts(collection: Collection) -> tuple[int, ...]:
    """Rows of each partition; they are counted in one pass where nobody knows."""
    if not any(map(math.isnan, collection.lengths)):
        return tuple(map(int, collection.lengths))
    count = dask().delayed(len, pure=False)
    return dask().compute(*[count(part) for part in collection.parts])


def split(weights: np.ndarray, lengths: Sequence[int]) -> list[Any]:
    """Weights of all rows as one lazy array for each partition."""
    cuts = np.split(weights, np.cumsum(lengths)[:-1])
    return [dask().delayed(cut, pure=False) for cut in cuts]


def alike(weights: Any, collection: Collection) -> list[Any]:
    """Weights in a dask array or series, which must have the partitions of the rows."""
    parts = list(np.ravel(weights.to_delayed()))
    if len(parts) != len(collection.parts):
        raise InvalidParameterError(
            f"`sample_weight` must have the {len(collection.parts)} partitions of `X`, got "
            f"{len(parts)}; type sample_weight.rechunk(X.chunks[0]), or name a column of a frame"
        )
    return parts
