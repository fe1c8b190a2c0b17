"""Rows in Dask: an array, a frame or a folder of Parquet, in partitions on many machines."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np

from mixtura.exceptions import InvalidDataError
from mixtura.rows._dask.collection import Collection, alike, counts, dask, opened, split
from mixtura.rows._dask.keeping import kept
from mixtura.rows._partition import (
    Facts,
    added,
    facts,
    mapped,
    mean_weight,
    taken,
    totalled,
)
from mixtura.rows.memory import MemoryRows
from mixtura.rows.place import Place, Request
from mixtura.rows.store import Piece, Rows

__all__ = ["Dask", "DaskRows"]

# Sums that one task adds; the depth of the tree is the logarithm to this base.
_FAN_IN = 8


class Dask(Place):
    """Arrays and frames of Dask's; with ``rows="dask"``, paths of Parquet too."""

    def holds(self, X: Any) -> bool:
        return "dask" in sys.modules and dask().is_dask_collection(X)

    def open(self, X: Any, request: Request) -> DaskRows:
        given = request.sample_weight
        collection = opened(X, request.picked, given if isinstance(given, str) else None)
        request.columns(collection.reading.names, collection.d)
        if request.weights is None:
            return DaskRows(collection.checked(), None, collection, request.n_jobs)
        shares = _shares(collection, given, request.weights)
        return _counted(collection, shares, request.n_jobs)


class DaskRows(Rows):
    """Rows in partitions, each where some worker, or this machine's thread pool, computes it.

    A pass sends the function to each worker, which applies it to its partitions, block by block on
    one thread; sums are added on the workers in a tree, in the order of the rows, and one comes
    home. Dask knows how each partition came to be, and so makes those of a lost worker again.

    Parameters
    ----------
    parts : list of Delayed
        A `Partition` each, none empty; persisted where workers are to keep them.
    found : list of Facts or None
        What is in them; None if nobody has counted.
    collection : Collection
        Where they are from.
    n_jobs : int
        Threads for rows that are taken here.
    """

    name = "dask"

    def __init__(
        self, parts: list[Any], found: list[Facts] | None, collection: Collection, n_jobs: int
    ):
        self._parts = parts
        self._collection = collection
        self._counted = found is not None
        self._sizes: Sequence[float] = (
            collection.lengths if found is None else [one.n for one in found]
        )
        self._n_jobs = n_jobs
        self.n: int = sum(self._sizes)  # type: ignore[arg-type]  # nan where nobody knows
        self.d, self.dtype = collection.d, collection.reading.dtype
        self.unit = 1.0 if found is None else mean_weight(found)

    def total(self, function: Callable, block_rows: int) -> Any:
        return self._sum(self._parts, block_rows, function)

    def batches(self, count: int, block_rows: int) -> Iterator[Piece]:
        """Some partitions each, at least one, so that there may be fewer."""
        count = min(count, len(self._parts))
        edges = [len(self._parts) * i // count for i in range(count + 1)]
        for start, stop in pairwise(edges):
            yield partial(self._sum, self._parts[start:stop], block_rows)

    def _sum(self, parts: list[Any], block_rows: int, function: Callable) -> Any:
        each = dask().delayed(totalled, pure=False)
        function = dask().delayed(function, pure=False, traverse=False)  # once to each worker
        sums = [each(function, block_rows, self.unit, part) for part in parts]
        plus = dask().delayed(added, pure=False)
        while len(sums) > 1:
            sums = [plus(*sums[i : i + _FAN_IN]) for i in range(0, len(sums), _FAN_IN)]
        return sums[0].compute()

    def concatenate(self, function: Callable, block_rows: int) -> Any:
        """Results of `function`: a lazy dask array where nobody has counted the rows."""
        pieces, empty = self._pieces(function, block_rows)
        if self._counted:
            return np.concatenate(dask().compute(*pieces))
        array = dask("dask.array")
        shapes = [(size, *empty.shape[1:]) for size in self._sizes]
        return array.concatenate(
            [
                array.from_delayed(piece, shape, meta=empty)
                for piece, shape in zip(pieces, shapes, strict=True)
            ]
        )

    def each(self, function: Callable, block_rows: int) -> Iterator[np.ndarray]:
        """Results a partition, one partition at a time."""
        for piece in self._pieces(function, block_rows)[0]:
            yield piece.compute()

    def _pieces(self, function: Callable, block_rows: int) -> tuple[list[Any], np.ndarray]:
        """Results of every partition, to be computed, and what there is of no rows."""
        empty = function(np.zeros((1, self.d), self.dtype), None)[:0]
        each = dask().delayed(mapped, pure=False)
        function = dask().delayed(function, pure=False, traverse=False)
        return [each(function, block_rows, empty, part) for part in self._parts], empty

    def take(self, chosen: np.ndarray) -> MemoryRows:
        ends = np.cumsum(self._sizes)
        where = np.searchsorted(chosen, ends)
        pick = dask().delayed(taken, pure=False)
        picks = [
            pick(here - (end - size), part)
            for here, end, size, part in zip(
                np.split(chosen, where[:-1]), ends, self._sizes, self._parts, strict=True
            )
            if len(here)
        ]
        x, weights = zip(*dask().compute(*picks), strict=True)
        scaled = None if weights[0] is None else np.concatenate(weights) / self.unit
        return MemoryRows(np.concatenate(x), scaled, self._n_jobs)


def _shares(collection: Collection, given: Any, check: Callable) -> list[Any] | None:
    """The row weights of every partition, unless there are none or they are a column."""
    if given is None or isinstance(given, str):
        return None
    if dask().is_dask_collection(given):
        return alike(given, collection)
    lengths = counts(collection)
    return split(check(sum(lengths)), lengths)


def _counted(collection: Collection, shares: list[Any] | None, n_jobs: int) -> DaskRows:
    """Rows of a collection after one pass over them, which checks and counts them."""
    parts = kept(collection, collection.checked(shares))
    found = dask().compute(*[dask().delayed(facts, pure=False)(part) for part in parts])
    some = [i for i, one in enumerate(found) if one.n]
    if not some:
        raise InvalidDataError(
            f"`X` must have rows, with a weight above 0, got none in {len(parts)} partitions; "
            "give at least two"
        )
    return DaskRows([parts[i] for i in some], [found[i] for i in some], collection, n_jobs)
