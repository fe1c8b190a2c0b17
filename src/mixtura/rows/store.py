"""The abstract row store: where rows live, and how sums over them are taken."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, TypeVar, final

import numpy as np
from sklearn.utils.random import sample_without_replacement

if TYPE_CHECKING:
    from mixtura.rows.memory import MemoryRows

__all__ = ["Piece", "Rows"]


class Sum(Protocol):
    """Whatever adds: Stats, numbers, arrays."""

    def __add__(self, other: Any) -> Any: ...


S = TypeVar("S", bound=Sum)

# The sum of a function over blocks of a piece of the rows; None if none of them has a weight.
Piece: TypeAlias = Callable[[Callable[..., S]], S | None]


class Rows(ABC):
    """Weighted rows that never have to be in one place.

    A block reaches a function as ``function(x, weights)``, `x` (b, d) and `weights` (b,) or None
    for ones; no block is empty. Weights are multiples of `unit`, so that the user's unit of weight
    decides nothing. Rows of weight 0 are left out, and `n` does not count them. Sums are added in
    the order of the rows, whatever ran first, so that a result does not depend on the number of
    threads.
    """

    name: str  # the public string
    n: int
    d: int
    dtype: np.dtype  # float32, or float64
    unit: float = 1.0  # the user's weight of a row of weight 1
    kept: np.ndarray | None = None  # (n,) where the rows were before some were left out

    @property
    @final
    def weight(self) -> float:
        """Sum of the rows' weights, in the user's unit."""
        return self.n * self.unit

    @abstractmethod
    def total(self, function: Callable[..., S], block_rows: int) -> S:
        """Sum of `function` over blocks of about `block_rows` rows."""

    @abstractmethod
    def concatenate(self, function: Callable[..., np.ndarray], block_rows: int) -> np.ndarray:
        """Results of `function` for every block, one below the other."""

    @abstractmethod
    def each(self, function: Callable[..., np.ndarray], block_rows: int) -> Iterator[np.ndarray]:
        """The same piece by piece, a few ahead of what is asked for, never all in memory."""

    @abstractmethod
    def batches(self, count: int, block_rows: int) -> Iterator[Piece]:
        """About `count` pieces of the rows, in order, each to be summed before the next is taken.

        The same in every pass.
        """

    @abstractmethod
    def take(self, chosen: np.ndarray) -> MemoryRows:
        """The rows of these indices, ascending, in memory, with their weights."""

    @final
    def sample(self, size: int, random: np.random.RandomState) -> MemoryRows:
        """At most `size` rows drawn without replacement, in memory, with their weights.

        The same rows of every store with as many rows, in memory of `size` indices.
        """
        if size >= self.n:
            return self.take(np.arange(self.n))
        return self.take(np.sort(sample_without_replacement(self.n, size, random_state=random)))
