"""Rows in memory: an array or a memory map, blocks shared out among threads."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import AbstractContextManager, nullcontext
from functools import partial, reduce
from operator import add
from typing import Any, TypeVar

import numpy as np
from threadpoolctl import ThreadpoolController

from mixtura.rows.ahead import in_order
from mixtura.rows.place import Place, Request
from mixtura.rows.store import Piece, Rows, S

__all__ = ["Memory", "MemoryRows", "one_blas_thread"]

T = TypeVar("T")

# What rows far from all components may do.
_FAR: dict[str, Any] = {"over": "ignore", "invalid": "ignore", "divide": "ignore"}
# At least this many blocks for every pass over large data, so that threads finish together; but
# none for so few rows that it is not worth a thread's while.
_BLOCKS, _LEAST = 8, 2048


class Memory(Place):
    """Arrays, memory maps, frames and lists, as scikit-learn reads them."""

    def holds(self, X: Any) -> bool:
        return True

    def open(self, X: Any, request: Request) -> MemoryRows:
        x = request.array(X)
        weights = None if request.weights is None else request.weights(len(x))
        if weights is None:
            return MemoryRows(x, None, request.n_jobs)
        kept = None if np.all(weights > 0.0) else np.flatnonzero(weights)
        if kept is not None:
            x, weights = x[kept], weights[kept]
        largest = np.max(weights)  # so that their sum cannot overflow
        mean = np.mean(weights / largest)
        rows = MemoryRows(x, weights / largest / mean, request.n_jobs)
        rows.unit, rows.kept = float(largest * mean), kept
        return rows


class MemoryRows(Rows):
    """Rows of one array.

    Parameters
    ----------
    x : ndarray of shape (n, d)
        float64 or float32.
    weights : ndarray of shape (n,) or None
        Row weights, float64; None for ones.
    n_jobs : int
        Threads to use, 1 or more. While several are at work, BLAS is held to one each.
    """

    name = "memory"

    def __init__(self, x: np.ndarray, weights: np.ndarray | None = None, n_jobs: int = 1):
        self.x = np.ascontiguousarray(x)
        self.weights = weights
        self.n, self.d = self.x.shape
        self.dtype = self.x.dtype
        self._n_jobs = n_jobs
        self._pool: ThreadPoolExecutor | None = None  # made when first needed, ends with the rows

    def total(self, function: Callable[..., S], block_rows: int) -> S:
        return self._sum(self._blocks(block_rows, 0, self.n), function)

    def concatenate(self, function: Callable[..., np.ndarray], block_rows: int) -> np.ndarray:
        return np.concatenate(self._map(function, self._blocks(block_rows, 0, self.n)))

    def each(self, function: Callable[..., np.ndarray], block_rows: int) -> Iterator[np.ndarray]:
        parts = map(self._block, self._blocks(block_rows, 0, self.n))
        return in_order(function, parts, self._n_jobs)

    def batches(self, count: int, block_rows: int) -> Iterator[Piece]:
        count = min(count, self.n)
        edges = [self.n * i // count for i in range(count + 1)]
        for start, stop in itertools.pairwise(edges):
            yield partial(self._sum, self._blocks(block_rows, start, stop))

    def take(self, chosen: np.ndarray) -> MemoryRows:
        if len(chosen) == self.n:
            return self
        weights = None if self.weights is None else self.weights[chosen]
        return MemoryRows(self.x[chosen], weights, self._n_jobs)

    def distinct(self) -> MemoryRows:
        """Rows that differ, in the order of their values, with the weights of equal ones summed."""
        order = _by_value(self.x)
        x = self.x[order]
        new = np.append(True, np.any(x[1:] != x[:-1], axis=1))
        weights = None if self.weights is None else self.weights[order]
        counts = np.bincount(np.cumsum(new) - 1, weights).astype(float)
        return MemoryRows(x[new], counts, self._n_jobs)

    def _sum(self, blocks: list[slice], function: Callable[..., S]) -> S:
        return reduce(add, self._map(function, blocks))

    def _map(self, function: Callable[..., T], blocks: list[slice]) -> list[T]:
        threads = min(self._n_jobs, len(blocks))
        with one_blas_thread() if len(blocks) > 1 else nullcontext():
            if threads > 1:
                return self._shared(function, blocks, threads)
            with np.errstate(**_FAR):
                return [function(*self._block(part)) for part in blocks]

    def _shared(self, function: Callable[..., T], blocks: list[slice], threads: int) -> list[T]:
        """Results in the order of the blocks, by this thread and others.

        An error or Ctrl-C here ends them all.
        """
        results: list[Any] = [None] * len(blocks)
        turn = itertools.count()
        stop = threading.Event()

        @np.errstate(**_FAR)
        def work() -> None:
            while not stop.is_set() and (i := next(turn)) < len(blocks):
                results[i] = function(*self._block(blocks[i]))

        if self._pool is None:
            self._pool = ThreadPoolExecutor(self._n_jobs - 1)
        others = [self._pool.submit(work) for _ in range(threads - 1)]
        try:
            work()
        except BaseException:
            stop.set()
            raise
        finally:
            wait(others)
        for other in others:
            other.result()
        return results

    def _block(self, part: slice) -> tuple[np.ndarray, np.ndarray | None]:
        return self.x[part], None if self.weights is None else self.weights[part]

    @staticmethod
    def _blocks(block_rows: int, start: int, stop: int) -> list[slice]:
        size = min(block_rows, max(_LEAST, (stop - start + _BLOCKS - 1) // _BLOCKS))
        return [slice(at, min(at + size, stop)) for at in range(start, stop, size)]


def one_blas_thread() -> AbstractContextManager:
    """BLAS held to one thread: on small matrices, and beside our own threads, more cost time."""
    global _controller
    if _controller is None:
        _controller = ThreadpoolController()
    return _controller.limit(limits=1, user_api="blas")


_controller: ThreadpoolController | None = None


def _by_value(x: np.ndarray) -> np.ndarray:
    """Indices of rows (n, d) by their first feature, by the next where that is equal, and so on."""
    order = np.argsort(x[:, 0], kind="stable")
    equal = np.diff(x[order, 0]) == 0.0
    tied = np.append(False, equal) | np.append(equal, False)
    some = order[tied]
    order[tied] = some[np.lexsort(x[some].T[::-1])]
    return order
