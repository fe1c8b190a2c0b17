"""What a worker does with one partition of rows; nothing here knows of Dask or of Spark."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce
from operator import add
from typing import Any, NamedTuple

import numpy as np

from mixtura.exceptions import InvalidDataError, InvalidParameterError
from mixtura.rows.memory import MemoryRows

__all__ = [
    "Facts",
    "Partition",
    "Reading",
    "added",
    "facts",
    "mapped",
    "mean_weight",
    "read",
    "taken",
    "totalled",
]


class Partition(NamedTuple):
    """Checked rows; those of weight 0 are left out."""

    x: np.ndarray  # (p, d), C-contiguous, float64 or float32
    weights: np.ndarray | None  # (p,) positive, as the user gave them; None for ones


class Reading(NamedTuple):
    """How a partition becomes rows, and what it is called in an error."""

    names: tuple[str, ...] | None  # columns of a frame
    dtype: np.dtype
    advice: str  # what to type, to leave out rows with a cell that is no number
    weight: str | None = None  # the column that holds the row weights


class Facts(NamedTuple):
    """What the driver must know of one partition."""

    n: int
    heaviest: float  # the largest weight
    share: float  # sum of weights / heaviest


def read(reading: Reading, number: int, part: Any, weights: Any = None) -> Partition:
    """Rows of partition `number`: an array, or a frame with the named columns.

    Raises
    ------
    InvalidDataError
        If a cell is not a finite number; it names the partition, the row in it and the column.
    InvalidParameterError
        If a weight is negative or not finite, or there is not one for each row.
    """
    if reading.weight is not None:
        weights = part[reading.weight]
    x = _numbers(part if reading.names is None else part[list(reading.names)], reading.dtype)
    _check_finite(x, reading, number)
    if weights is None:
        return Partition(x, None)
    weights = _numbers(weights, np.dtype(np.float64))
    _check_weights(weights, len(x), number)
    kept = slice(None) if np.all(weights > 0.0) else np.flatnonzero(weights)
    return Partition(x[kept], weights[kept])


def facts(partition: Partition) -> Facts:
    """Its number of rows, and their weight."""
    n = len(partition.x)
    if partition.weights is None or not n:
        return Facts(n, 1.0, float(n))
    heaviest = float(np.max(partition.weights))  # so that the sum cannot overflow
    return Facts(n, heaviest, float(np.sum(partition.weights / heaviest)))


def mean_weight(found: Sequence[Facts]) -> float:
    """The mean weight of a row, in the user's unit, of partitions together."""
    heaviest = max(one.heaviest for one in found)
    share = sum(one.share * (one.heaviest / heaviest) for one in found)
    return heaviest * (share / sum(one.n for one in found))


def totalled(function: Callable, block_rows: int, unit: float, partition: Partition) -> Any:
    """The sum of `function` over blocks of the partition."""
    return _rows(partition, unit).total(function, block_rows)


def added(*sums: Any) -> Any:
    """Sums of neighbours, in their order."""
    return reduce(add, sums)


def mapped(function: Callable, block_rows: int, empty: np.ndarray, partition: Partition) -> Any:
    """Results of `function` for the blocks, one below the other; `empty` where there is no row."""
    if not len(partition.x):
        return empty
    return _rows(partition, 1.0).concatenate(function, block_rows)


def taken(chosen: np.ndarray, partition: Partition) -> tuple[np.ndarray, np.ndarray | None]:
    """Rows of these indices, and their weights."""
    x, weights = partition
    return x[chosen], None if weights is None else weights[chosen]


def _rows(partition: Partition, unit: float) -> MemoryRows:
    """One thread: a worker has as many tasks at work as it has threads."""
    weights = None if partition.weights is None else partition.weights / unit
    return MemoryRows(partition.x, weights, n_jobs=1)


def _numbers(part: Any, dtype: np.dtype) -> np.ndarray:
    if hasattr(part, "to_numpy"):
        return np.ascontiguousarray(part.to_numpy(dtype=dtype, na_value=np.nan))
    return np.ascontiguousarray(part, dtype=dtype)


def _check_finite(x: np.ndarray, reading: Reading, number: int) -> None:
    fine = np.isfinite(x)
    if fine.all():
        return
    row, column = divmod(int(np.argmin(fine)), x.shape[1])
    where = column if reading.names is None else repr(reading.names[column])
    raise InvalidDataError(
        f"`X` must have finite numbers only, got {x[row, column]} in partition {number}, row {row} "
        f"of it, column {where} (a missing value reads as nan); leave such rows out: "
        f"{reading.advice}"
    )


def _check_weights(weights: np.ndarray, n: int, number: int) -> None:
    if weights.shape != (n,):
        raise InvalidParameterError(
            f"`sample_weight` must have one number for each of the {n} rows in partition {number} "
            f"of `X`, got shape {weights.shape}; partition it as `X` is, or name a column"
        )
    wrong = ~((weights >= 0.0) & (weights < np.inf))
    if wrong.any():
        row = int(np.argmax(wrong))
        raise InvalidParameterError(
            f"`sample_weight` must be finite and not negative, got {weights[row]} in partition "
            f"{number}, row {row} of it; type sample_weight=None to do without"
        )
