"""The abstract kernel: how one block of rows is computed."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

from mixtura.density import Density
from mixtura.stats import Stats

__all__ = ["Kernel"]

Array = Any


class Kernel(ABC):
    """Three functions of a density and a block of rows.

    A block `x` is a C-contiguous (b, d) array of float64 or float32; results are float64
    whatever the block is. `weights` is (b,) float64, or None for ones. `statistics` takes
    mixtures side by side too, the others take one. Kernels hold no state and may be called from
    many threads at once.
    """

    name: str

    @property
    def searcher(self) -> Kernel:
        """The kernel with which a start is looked for: one that is quicker may spare digits."""
        return self

    @abstractmethod
    def block_rows(self, density: Density) -> int:
        """Rows a block should have for this density."""

    @abstractmethod
    def statistics(self, density: Density, x: Array, weights: Array | None = None) -> Stats:
        """E-step and the sums of the M-step in one pass."""

    @abstractmethod
    def log_joint(self, density: Density, x: Array) -> Array:
        """Log of weight times density, (b, k)."""

    @abstractmethod
    def log_density(self, density: Density, x: Array) -> Array:
        """Log density of the mixture, (b,)."""
