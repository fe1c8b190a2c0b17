"""Rows in blocks that come one after the other, from anything that can be iterated again."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np

from mixtura.exceptions import InvalidDataError
from mixtura.rows.place import Place, Request
from mixtura.rows.streamed import Source, StreamedRows

__all__ = ["Blocks"]

_WHAT = "a list of 2-D blocks, or a callable that returns a fresh iterator of them"
# What is a table or no table, but not blocks of one.
_ONE = ("shape", "__array__", "__dataframe__", "__arrow_c_stream__")


class Blocks(Place):
    """Arrays or frames of the same columns, counted in a first pass.

    In a list, from a callable that returns a fresh iterator, or from any object that can be
    iterated again.
    """

    def holds(self, X: Any) -> bool:
        if isinstance(X, list | tuple):
            return len(X) > 0 and len(getattr(X[0], "shape", ())) == 2
        if isinstance(X, str | bytes | dict | set) or any(hasattr(X, name) for name in _ONE):
            return False
        return callable(X) or isinstance(X, Iterable)

    def open(self, X: Any, request: Request) -> StreamedRows:
        return StreamedRows("blocks", _Iterated(_fresh(X)), request)


class _Iterated(Source):
    said = "`X`"

    def __init__(self, fresh: Callable[[], Iterator[Any]]):
        self._fresh = fresh
        first = next(fresh(), None)
        if first is None:
            raise InvalidDataError(f"`X` must be {_WHAT}, got no block; give at least one")
        self.names = _names(first)
        values = _values(first, 0)
        self.d = values.shape[1]
        self.dtype = values.dtype

    def count(self) -> None:
        return None

    def parts(self, size: int) -> Iterator[np.ndarray]:
        for number, block in enumerate(self._fresh()):
            values = _values(block, number)
            if values.shape[1] != self.d or _names(block) != self.names:
                raise InvalidDataError(
                    f"`X` must have the same columns in every block, got {self.names or self.d} "
                    f"in block 0 and {_names(block) or values.shape[1]} in block {number}; give "
                    "all blocks the columns of the first"
                )
            for start in range(0, len(values), size):
                yield values[start : start + size]

    def read(self, part: np.ndarray) -> tuple[np.ndarray, None]:
        return np.ascontiguousarray(part, self.dtype), None

    def where(self, row: int) -> str:
        number, blocks = 0, self._fresh()
        while row >= (rows := len(next(blocks))):
            number, row = number + 1, row - rows
        return f"block {number}, row {row},"


def _fresh(X: Any) -> Callable[[], Iterator[Any]]:
    """A function that begins anew whenever it is called."""
    if callable(X):
        _check_signature(X)
        return lambda: iter(X())
    if isinstance(X, Iterable) and iter(X) is not X:
        return lambda: iter(X)
    raise InvalidDataError(
        f"`X` must be {_WHAT}, since every pass reads them again, got {type(X).__name__}, which "
        "can be read once; for a generator function type fit(blocks) instead of fit(blocks())"
    )


def _check_signature(X: Callable[..., Any]) -> None:
    try:
        inspect.signature(X).bind()
    except TypeError as error:
        raise InvalidDataError(
            f"`X` must be {_WHAT}, got one that wants more ({error}); type fit(lambda: blocks(...))"
        ) from error
    except ValueError:  # a builtin that does not tell
        pass


def _names(block: Any) -> tuple[str, ...] | None:
    names = getattr(block, "column_names", getattr(block, "columns", None))
    return None if names is None or not all(isinstance(n, str) for n in names) else tuple(names)


def _values(block: Any, number: int) -> np.ndarray:
    """A block as (b, d) numbers; float32 stays."""
    values = np.asarray(block)
    try:
        if values.dtype.kind not in "fiubO":
            raise TypeError(f"dtype {values.dtype}")
        if values.ndim != 2 or not values.shape[1]:
            raise TypeError(f"shape {values.shape}")
        return values if values.dtype == np.float32 else values.astype(np.float64, copy=False)
    except (TypeError, ValueError) as error:
        raise InvalidDataError(
            f"`X` must be 2-D blocks of real numbers, got {error} in block {number}; give every "
            "block as rows by columns, without text and dates"
        ) from error
