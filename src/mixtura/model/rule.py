"""The abstract update rule: Stats to Parameters, Parameters to a Density."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, final

import numpy as np

from mixtura.covariance import CovarianceFamily, Parameters
from mixtura.density import Density, Form
from mixtura.exceptions import InvalidDataError
from mixtura.model.spread import NO_WIDTH, Spread
from mixtura.stats import Stats

__all__ = ["Model"]

# A component with at most this share of the rows holds none.
_NO_ROWS = 1e-12
# What responsibilities of nearly 1 may leave of a row.
_SOFT = 0.01
# Multiples of the least variance that are added, in turn, until a covariance is definite.
_WIDENINGS = (1.0, 1e2, 1e4, 1e6, 1e8)


@dataclass(frozen=True)
class Model(ABC):
    """What is fitted, and how a step fits it: maximum likelihood, or with a prior.

    The loop knows four things of a rule: the density of its parameters, the parameters after a
    step, the objective that no step lowers, and which components are to begin again. All four of
    a `searcher` take runs side by side too: then arrays have a leading axis.
    """

    family: CovarianceFamily
    reg_covar: float  # added to every variance, in squared units of the features
    spread: Spread

    @abstractmethod
    def density(self, parameters: Parameters) -> Density:
        """What kernels score rows with."""

    @abstractmethod
    def update(self, stats: Stats) -> Parameters:
        """The M-step: the best parameters given the responsibilities in `stats`."""

    @abstractmethod
    def objective(self, parameters: Parameters, stats: Stats) -> Any:
        """What a run climbs, in nats per unit of row weight.

        `stats` are of a pass with the density of these very `parameters`.
        """

    @abstractmethod
    def collapsed(self, stats: Stats) -> np.ndarray:
        """Components, (k,) bool, to begin again: without rows, or shrunk onto a few."""

    @abstractmethod
    def spurious(self, stats: Stats) -> np.ndarray:
        """Components, (k,) bool, that are no find in a contest."""

    @property
    @abstractmethod
    def searcher(self) -> Model:
        """The rule of the contest that looks for a start."""

    @abstractmethod
    def begin(self, point: Parameters) -> Parameters:
        """A mixture in this rule's family as this rule's own parameters."""

    @abstractmethod
    def facts(self, stats: Stats, objective: float) -> dict[str, Any]:
        """What a fit tells besides its parameters, by the attributes' names without ``_``."""

    @final
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

    @final
    def adopt(
        self,
        family: CovarianceFamily,
        weights: np.ndarray,
        means: np.ndarray,
        covariances: np.ndarray,
    ) -> Parameters:
        """A mixture of another family as this model's."""
        matrices = family.matrices(covariances, *means.shape)
        projected = self.family.project(matrices, weights)
        return self.begin(Parameters(weights, means, *self.definite(projected)))

    @final
    def empty(self, stats: Stats) -> np.ndarray:
        """Components, (k,) bool, without rows."""
        return stats.counts <= _NO_ROWS * stats.total

    @final
    def few(self, stats: Stats) -> np.ndarray:
        """Components, (k,) bool, with too few rows to give a covariance its volume."""
        return stats.counts < self.family.rows_needed(len(self.spread.mean)) - _SOFT

    @final
    def narrow(self, stats: Stats, among: np.ndarray) -> np.ndarray:
        """Those `among` the components, (k,) bool, with no width where all rows have one."""
        narrow = np.zeros(among.shape, dtype=bool)
        if self.spread.flat or not among.any():
            return narrow
        covariances, variances = self.family.estimate(stats), self.spread.variances
        if self.family.form is Form.SHARED:  # one for all components
            return among & (self.family.narrowest(covariances, variances) <= NO_WIDTH)[..., None]
        narrow[among] = self.family.narrowest(covariances[among], variances) <= NO_WIDTH
        return narrow
