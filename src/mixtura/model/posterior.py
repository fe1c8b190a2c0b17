"""The MAP point: maximum likelihood where rows that were never seen have been joined."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from mixtura.covariance import Parameters
from mixtura.density import Density
from mixtura.model.once import once
from mixtura.model.rule import Model
from mixtura.model.unit import density
from mixtura.priors import Belief, Overall, Prior
from mixtura.stats import Stats
from mixtura.weights import WeightRule

__all__ = ["MaximumAPosteriori"]


@dataclass(frozen=True)
class MaximumAPosteriori(Model):
    """Means and covariances with a conjugate prior (Fraley and Raftery 2007); weights without.

    The prior gives every component a volume, so that none is too narrow, and only one without rows
    begins again.
    """

    weight_rule: WeightRule
    prior: Prior
    n: int  # rows, the sum of whose weights is n
    unit: float  # what a row of weight 1 counts for, against the prior

    def density(self, parameters: Parameters) -> Density:
        return density(self.family, parameters)

    def update(self, stats: Stats) -> Parameters:
        weights = self.weight_rule.estimate(np.where(self.empty(stats), 0.0, stats.counts))
        joined = self._belief(weights.shape[-1]).joined(self.family.form, stats)
        return Parameters(weights, joined.centres, *self.definite(self.family.estimate(joined)))

    def objective(self, parameters: Parameters, stats: Stats) -> Any:
        """Log-likelihood, and the prior's log density up to a constant, a row."""
        believed = self._belief(stats.counts.shape[-1]).log_density(self.family, parameters)
        return stats.mean_log_likelihood + believed / stats.total

    def collapsed(self, stats: Stats) -> np.ndarray:
        return self.empty(stats)

    def spurious(self, stats: Stats) -> np.ndarray:
        return self.empty(stats)

    @property
    def searcher(self) -> Model:
        return self

    def begin(self, point: Parameters) -> Parameters:
        return point

    def facts(self, stats: Stats, objective: float) -> dict[str, Any]:
        return {"degenerate_components": np.flatnonzero(self.empty(stats))}

    @once
    def _belief(self, k: int) -> Belief:
        spread = self.spread
        overall = Overall(
            self.n * self.unit, spread.mean, spread.variances, spread.covariances, spread.flat
        )
        return self.prior.belief(self.family, overall, k).weighed(self.unit)
