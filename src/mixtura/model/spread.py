"""Spread: all rows taken as one component, the yardstick for what is too narrow."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mixtura.covariance import TINY, CovarianceFamily
from mixtura.exceptions import InvalidDataError
from mixtura.stats import Stats

__all__ = ["NO_WIDTH", "Spread"]

# A direction with at most this share of all rows' variance has no width.
NO_WIDTH = 1e-10
_FLOAT = np.finfo(np.float64)


@dataclass(frozen=True)
class Spread:
    """All rows taken as one component: the yardstick for what is too narrow."""

    mean: np.ndarray  # (d,)
    variances: np.ndarray  # (d,), never 0
    least: np.ndarray  # (d,), variances under which rounding is all there is
    covariances: np.ndarray  # the family's shape for k = 1
    flat: bool  # the rows themselves have no width in some direction

    @classmethod
    def of(cls, family: CovarianceFamily, stats: Stats) -> Spread:
        """Measure it from the Stats of a one-component density."""
        mean = stats.centres[0] + stats.shift[0] / stats.total
        covariances = family.estimate(stats)
        raw = family.matrices(covariances, 1, len(mean))[0].diagonal()
        if not np.all(np.isfinite(raw)):
            raise InvalidDataError(
                "`X` has values so large that their squares overflow float64; "
                "divide it by its largest absolute value"
            )
        rounding = np.square(np.spacing(np.abs(mean)))
        cancelled = _FLOAT.eps * np.square(stats.shift[0] / stats.total)
        least = np.maximum.reduce([1e-12 * raw, rounding, 4.0 * cancelled, np.full_like(raw, TINY)])
        variances = np.maximum(raw, least)
        flat = np.min(family.narrowest(covariances, variances)) <= NO_WIDTH
        return cls(mean, variances, least, covariances, bool(flat))
