"""What comes up from the rows: sums over rows, which add."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

__all__ = ["Stats"]

Array = Any

_ALMOST_NOTHING = 10 * sys.float_info.epsilon


@dataclass(frozen=True, eq=False)
class Stats:
    """Sums over rows of one pass; ``a + b`` equals the rows of both together.

    Of mixtures side by side the fields but `total` have the same leading axes as the density.

    With r the responsibility of component j for a row x of weight w, and c the centre of j in
    the density that was used. Sums about the current centres keep their accuracy at any
    distance from the origin, in float32 too.
    """

    log_likelihood: Any  # sum w log p(x); a float of one mixture
    total: float  # sum w
    counts: Array  # (k,)     sum w r
    centres: Array  # (k, d)   what the next two are about
    shift: Array  # (k, d)   sum w r (x - c)
    scatter: Array  # dense (k, d, d), shared (d, d), diagonal (k, d): sum w r (x - c)(x - c)'

    def __add__(self, other: Stats) -> Stats:
        return Stats(
            self.log_likelihood + other.log_likelihood,
            self.total + other.total,
            self.counts + other.counts,
            self.centres,
            self.shift + other.shift,
            self.scatter + other.scatter,
        )

    def __eq__(self, other: object) -> bool:
        """Whether all fields have the same bits."""
        if not isinstance(other, Stats):
            return NotImplemented
        return all(np.array_equal(vars(self)[name], vars(other)[name]) for name in vars(self))

    @classmethod
    def side_by_side(cls, each: Sequence[Stats]) -> Stats:
        """Stats of several mixtures of the same rows, with a leading axis."""
        names = ("log_likelihood", "counts", "centres", "shift", "scatter")
        stacks = {name: np.stack([getattr(stats, name) for stats in each]) for name in names}
        return cls(total=each[0].total, **stacks)

    def __getitem__(self, mixture: Any) -> Stats:
        """Stats of one of several mixtures side by side, or of some."""
        return Stats(
            self.log_likelihood[mixture],
            self.total,
            self.counts[mixture],
            self.centres[mixture],
            self.shift[mixture],
            self.scatter[mixture],
        )

    def __sub__(self, other: Stats) -> Stats:
        """Rows taken away again, as cross-validation does with a fold."""
        return Stats(
            self.log_likelihood - other.log_likelihood,
            self.total - other.total,
            self.counts - other.counts,
            self.centres,
            self.shift - other.shift,
            self.scatter - other.scatter,
        )

    def scaled(self, factor: float) -> Stats:
        """The same rows with weights `factor` times as large."""
        if factor == 1.0:
            return self
        return Stats(
            factor * self.log_likelihood,
            factor * self.total,
            factor * self.counts,
            self.centres,
            factor * self.shift,
            factor * self.scatter,
        )

    @property
    def safe_counts(self) -> Array:
        """Counts to divide by: an empty component keeps its centre instead of nan."""
        return self.counts + _ALMOST_NOTHING

    @property
    def mean_log_likelihood(self) -> Any:
        """Log-likelihood per unit of row weight, in nats."""
        return self.log_likelihood / self.total
