"""The abstract row store: where rows live, and how sums over them are taken."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from mixtura.stats import Stats

if TYPE_CHECKING:
    from mixtura.rows.memory import MemoryRows

__all__ = ["Rows"]

T = TypeVar("T")


class Rows(ABC):
    """Weighted rows that never have to be in one place.

    A block reaches a function as ``function(x, weights)``, `x` (b, d) and `weights` (b,) or None
    for ones. Sums are added in the order of the rows, whatever ran first, so that a result does
    not depend on the number of threads.
    """

    name: str
    n: int
    d: int

    @abstractmethod
    def total(self, function: Callable[..., Stats], block_rows: int) -> Stats:
        """Sum of `function` over blocks of about `block_rows` rows."""

    @abstractmethod
    def concatenate(self, function: Callable[..., T], block_rows: int) -> np.ndarray:
        """Results of `function` for every block, one below the other."""

    @abstractmethod
    def sample(self, size: int, random: np.random.RandomState) -> MemoryRows:
        """At most `size` rows drawn without replacement, in memory, with their weights."""
