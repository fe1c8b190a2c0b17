"""The mathematics of an M-step: Parameters to a Density, Stats to Parameters."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from mixtura.covariance import TINY, CovarianceFamily, Parameters
from mixtura.density import Density, Form
from mixtura.exceptions import InvalidDataError
from mixtura.stats import Stats
from mixtura.weights import WeightRule

__all__ = ["Model", "Spread", "density", "unit_density"]

# A component with at most this share of the rows holds none.
_NO_ROWS = 1e-12
# A direction with at most this share of all rows' variance has no width.
_NO_WIDTH = 1e-10
# What responsibilities of nearly 1 may leave of a row.
_SOFT = 0.01
_FLOAT = np.finfo(np.float64)
# Multiples of the least variance that are added, in turn, until a covariance is definite.
_WIDENINGS = (1.0, 1e2, 1e4, 1e6, 1e8)


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
        flat = np.min(family.narrowest(covariances, variances)) <= _NO_WIDTH
        return cls(mean, variances, least, covariances, bool(flat))


@dataclass(frozen=True)
class Model:
    """What is fitted: a covariance family, a rule for the weights, and regularisation."""

    family: CovarianceFamily
    weight_rule: WeightRule
    reg_covar: float  # added to every variance, in squared units of the features
    spread: Spread

    def update(self, stats: Stats) -> Parameters:
        """Maximum-likelihood parameters given the responsibilities in `stats`."""
        empty = _empty(stats)
        weights = self.weight_rule.estimate(np.where(empty, 0.0, stats.counts))
        means = stats.centres + stats.shift / stats.safe_counts[:, None]
        covariances = self.family.estimate(stats)
        if empty.any() and self.family.form is not Form.SHARED:
            covariances[empty] = self.spread.covariances
        regularisation = np.full(means.shape[1], self.reg_covar)
        covariances = self.family.add_to_diagonal(covariances, regularisation)
        return Parameters(weights, means, *self.definite(covariances))

    def definite(self, covariances: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Covariances, widened where rounding is all there is, and their precision factors."""
        cholesky = self.family.cholesky(covariances)
        for widening in _WIDENINGS:
            narrow = self.family.too_narrow(cholesky, 0.5 * self.spread.least)
            if not narrow.any():
                return covariances, cholesky
            wider = self.family.add_to_diagonal(covariances, widening * self.spread.least)
            covariances = np.where(narrow, wider, covariances)
            cholesky = self.family.cholesky(covariances)
        raise InvalidDataError(
            "a covariance of `X` stays singular whatever is added to it; "
            "standardise the columns, raise `reg_covar` to about 1e-6 of their variance, or, after "
            "a start far from the rows, type warm_start=False"
        )

    def adopt(
        self,
        family: CovarianceFamily,
        weights: np.ndarray,
        means: np.ndarray,
        covariances: np.ndarray,
    ) -> Parameters:
        """A mixture of another family as this model's."""
        matrices = family.matrices(covariances, *means.shape)
        return Parameters(weights, means, *self.definite(self.family.project(matrices, weights)))

    def collapsed(self, stats: Stats) -> np.ndarray:
        """Components, (k,) bool, to begin again: without rows, or shrunk onto a few.

        Where every component must have too few rows, or the rows themselves lie flat, beginning
        again cannot help; and a flat component with many rows, as rounded data make them, is what
        the data say.
        """
        empty, few = _empty(stats), self._few(stats)
        hopeless = stats.total < len(few) * self.family.rows_needed(len(self.spread.mean))
        if hopeless or not few.any():
            return empty
        return empty | (few & self._narrow(stats))

    def degenerate(self, stats: Stats) -> np.ndarray:
        """Components, (k,) bool, whose likelihood says little: few rows, or flat ones."""
        return _empty(stats) | self._few(stats) | self._narrow(stats)

    def spurious(self, stats: Stats) -> np.ndarray:
        """Components, (k,) bool, that are no find in a contest: few rows, or flat ones.

        Where rows are scarce for every component, a flat one is as good as any.
        """
        if stats.total < 2 * (len(self.spread.mean) + 1) * len(stats.counts):
            return _empty(stats) | self._few(stats)
        return self.degenerate(stats)

    def _few(self, stats: Stats) -> np.ndarray:
        return stats.counts < self.family.rows_needed(len(self.spread.mean)) - _SOFT

    def _narrow(self, stats: Stats) -> np.ndarray:
        """Components with no width in some direction in which all rows have one."""
        if self.spread.flat:
            return np.zeros(len(stats.counts), dtype=bool)
        covariances = self.family.estimate(stats)
        narrow = self.family.narrowest(covariances, self.spread.variances) <= _NO_WIDTH
        return np.broadcast_to(narrow, len(stats.counts))


def density(family: CovarianceFamily, parameters: Parameters) -> Density:
    """A mixture as kernels read it: ``offset = log weight + log det scale - d/2 log 2 pi``."""
    k, d = parameters.means.shape
    log_det = -0.5 * np.sum(np.log(family.pivots(parameters.cholesky, k, d)), axis=1)
    with np.errstate(divide="ignore"):
        offset = np.log(parameters.weights) + log_det - 0.5 * d * math.log(2.0 * math.pi)
    return Density(offset, parameters.means, family.scale(parameters.cholesky, d), family.form)


def unit_density(family: CovarianceFamily, centre: np.ndarray) -> Density:
    """One component of unit covariance, to take the moments of all rows about `centre` (d,)."""
    d = len(centre)
    one = np.ones(1)
    covariances = family.project(np.eye(d)[None], one)
    unit = Parameters(one, centre[None], covariances, family.cholesky(covariances))
    return density(family, unit)


def _empty(stats: Stats) -> np.ndarray:
    return stats.counts <= _NO_ROWS * stats.total
