"""Rows that are read anew in every pass, block by block, never all in memory."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sized
from functools import partial, reduce
from itertools import groupby
from operator import add
from typing import Any, TypeVar

import numpy as np

from mixtura.exceptions import InvalidDataError, InvalidParameterError
from mixtura.rows.ahead import in_order
from mixtura.rows.memory import MemoryRows, one_blas_thread
from mixtura.rows.passes import tell
from mixtura.rows.place import Request
from mixtura.rows.store import Piece, Rows, S

__all__ = ["Source", "StreamedRows"]

T = TypeVar("T")

# Rows of a block that is only looked at.
_LOOK = 16384


class Source(ABC):
    """Rows that can be read again and again, in the same order."""

    said: str  # for messages, such as the path
    names: tuple[str, ...] | None  # of the columns, if they have names
    d: int
    dtype: np.dtype  # float32, or float64
    weighted: bool = False  # `read` gives weights too

    @abstractmethod
    def count(self) -> int | None:
        """The number of rows, or None if all would have to be read."""

    @abstractmethod
    def parts(self, size: int) -> Iterator[Sized]:
        """Pieces of at most `size` rows, in order."""

    @abstractmethod
    def read(self, part: Any) -> tuple[np.ndarray, np.ndarray | None]:
        """A part as a C-contiguous (b, d) array of `dtype`, and weights (b,); in any thread."""

    @abstractmethod
    def where(self, row: int) -> str:
        """Where this row, counted from 0, is to be found."""


class StreamedRows(Rows):
    """Rows of a source.

    A pass reads parts in this thread and computes on `n_jobs` others. The first one to read all
    rows checks them. Values that are not finite are refused by place and column.
    """

    def __init__(self, name: str, source: Source, request: Request):
        request.columns(source.names, source.d)
        self.name, self.d, self.dtype = name, source.d, np.dtype(source.dtype)
        self._source = source
        self._n_jobs = request.n_jobs
        self._weights: np.ndarray | None = None  # one for each row of the source, the user's
        self._sound = not request.finite  # nothing left to check
        self._counted: int | None = None  # rows of the source, those of weight 0 too
        counted = source.count()
        if counted is None or source.weighted:
            counted, self.n, self.unit = self._survey()
        else:
            self.n = counted
        self._counted = counted
        if counted == 0:
            raise InvalidDataError(f"{source.said} has no rows; give `X` at least one row")
        if request.weights is not None:
            self._weigh(request.weights(counted))

    def total(self, function: Callable[..., S], block_rows: int) -> S:
        return reduce(add, self.each(function, block_rows))

    def concatenate(self, function: Callable[..., np.ndarray], block_rows: int) -> np.ndarray:
        return np.concatenate(list(self.each(function, block_rows)))

    def each(self, function: Callable[..., T], block_rows: int) -> Iterator[T]:
        yield from self._results(self._parts(block_rows), function)
        self._sound = True

    def batches(self, count: int, block_rows: int) -> Iterator[Piece]:
        size = -(-(self._counted or 1) // count)
        parts = self._parts(min(size, block_rows))
        for _, some in groupby(parts, key=lambda part: part[1] // size):
            yield partial(self._sum, some)
        self._sound = True

    def take(self, chosen: np.ndarray) -> MemoryRows:
        x = np.empty((len(chosen), self.d), self.dtype)
        weighted = self._weights is not None or self._source.weighted
        weights = np.empty(len(chosen)) if weighted else None
        start = first = 0
        for block, own in self.each(lambda *rows: rows, _LOOK):
            last = first + int(np.searchsorted(chosen[first:], start + len(block)))
            x[first:last] = block[chosen[first:last] - start]
            if weights is not None:
                weights[first:last] = own[chosen[first:last] - start]
            start, first = start + len(block), last
        return MemoryRows(x, weights, self._n_jobs)

    def _sum(self, parts: Iterator[tuple[Sized, int]], function: Callable[..., S]) -> S | None:
        results = list(self._results(parts, function))
        return reduce(add, results) if results else None

    def _results(
        self, parts: Iterator[tuple[Sized, int]], function: Callable[..., T]
    ) -> Iterator[T]:
        """Results of `function` for the parts that have a row with a weight."""

        def work(part: Sized, start: int) -> tuple[T] | None:
            x, weights = self._block(part, start)
            return (function(x, weights),) if len(x) else None

        with one_blas_thread():
            for result in in_order(work, parts, self._n_jobs):
                if result is not None:
                    yield result[0]

    def _parts(self, size: int) -> Iterator[tuple[Sized, int]]:
        """Parts and the number of rows before them."""
        start = 0
        tell(start, self._counted)
        for part in self._source.parts(size):
            yield part, start
            start += len(part)
            tell(start, self._counted)
        if self._counted is not None and start != self._counted:
            raise InvalidDataError(
                f"{self._source.said} must give the same rows in every pass, got {self._counted} "
                f"rows and then {start}; leave its files alone during a fit, or, for blocks, give "
                "a callable that returns a fresh iterator"
            )

    def _read(self, part: Sized, start: int) -> tuple[np.ndarray, np.ndarray | None]:
        x, own = self._source.read(part)
        if not self._sound:
            self._check(x, own, start)
        return x, own

    def _block(self, part: Sized, start: int) -> tuple[np.ndarray, np.ndarray | None]:
        """The rows of a part that have a weight, and their weights."""
        x, weights = self._read(part, start)
        if self._weights is not None:
            weights = self._weights[start : start + len(x)]
        if weights is None:
            return x, None
        if not np.all(weights > 0.0):
            x, weights = x[weights > 0.0], weights[weights > 0.0]
        return x, weights / self.unit

    def _weigh(self, weights: np.ndarray | None) -> None:
        """Take row weights from the user."""
        if weights is None:
            return
        if self._source.weighted:
            raise InvalidParameterError(
                f"`sample_weight` must be None where a column of {self._source.said} holds the "
                "weights, got both; type sample_weight=None, or leave weights= out of scan"
            )
        self._weights = weights
        self.kept = None if np.all(weights > 0.0) else np.flatnonzero(weights)
        self.n = int(np.count_nonzero(weights))
        largest = np.max(weights)  # so that their sum cannot overflow
        self.unit = float(largest * (np.sum(weights / largest) / self.n))

    def _survey(self) -> tuple[int, int, float]:
        """A pass for the number of rows, of those with a weight, and their mean weight."""

        def look(part: Sized, start: int) -> np.ndarray:
            x, own = self._read(part, start)
            own = np.ones(len(x)) if own is None else own
            return np.array([len(x), np.count_nonzero(own), np.sum(own)])

        sums = in_order(look, self._parts(_LOOK), self._n_jobs)
        counted, n, total = reduce(add, sums, np.zeros(3))
        self._sound = True
        if counted and not 0.0 < total < np.inf:
            raise InvalidParameterError(
                f"`weights` must name a column with a positive, finite sum, got {total} in "
                f"{self._source.said}; leave weights= out of scan, or name another column"
            )
        return int(counted), int(n), float(total / max(n, 1.0))

    def _check(self, x: np.ndarray, own: np.ndarray | None, start: int) -> None:
        """Refuse a row that is not finite, or whose weight is none."""
        if not np.isfinite(np.sum(x)) and not np.all(fine := np.isfinite(x)):
            row, column = divmod(int(np.argmin(fine)), self.d)
            name = self._source.names[column] if self._source.names else column
            raise InvalidDataError(
                f"`X` must be finite, but in {self._source.where(start + row)} column {name!r} is "
                f"{'empty or nan' if np.isnan(x[row, column]) else x[row, column]}; write a number "
                f"there, or leave such rows out{_of_files(name) if self._source.names else ''}"
            )
        if own is not None and not np.all(good := np.isfinite(own) & (own >= 0.0)):
            row = int(np.argmin(good))
            raise InvalidParameterError(
                f"`weights` must name a column of finite numbers >= 0, but in "
                f"{self._source.where(start + row)} it is {own[row]}; write a weight there, 0 to "
                "leave the row out, or leave weights= out of scan"
            )


def _of_files(name: str | int) -> str:
    """How to do without rows that have no number in the column `name`."""
    return (
        f", of files by filter=pyarrow.compute.is_finite(pyarrow.compute.field({name!r})), or the "
        "column, by mixtura.scan(path, columns=...)"
    )
