"""Maximum likelihood: the M-step without a prior."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from mixtura.covariance import Parameters
from mixtura.density import Density, Form
from mixtura.model.rule import Model
from mixtura.model.unit import density
from mixtura.stats import Stats
from mixtura.weights import WeightRule

__all__ = ["MaximumLikelihood"]


@dataclass(frozen=True)
class MaximumLikelihood(Model):
    """Maximum likelihood, with a rule for the weights (Bishop 2006, section 9.2)."""

    weight_rule: WeightRule

    def density(self, parameters: Parameters) -> Density:
        return density(self.family, parameters)

    def objective(self, parameters: Parameters, stats: Stats) -> Any:
        return stats.mean_log_likelihood

    def update(self, stats: Stats) -> Parameters:
        empty = self.empty(stats)
        weights = self.weight_rule.estimate(np.where(empty, 0.0, stats.counts))
        means = stats.centres + stats.shift / stats.safe_counts[..., None]
        covariances = self.family.estimate(stats)
        if empty.any() and self.family.form is not Form.SHARED:
            covariances[empty] = self.spread.covariances
        regularisation = np.full(means.shape[-1], self.reg_covar)
        covariances = self.family.add_to_diagonal(covariances, regularisation)
        return Parameters(weights, means, *self.definite(covariances))

    def collapsed(self, stats: Stats) -> np.ndarray:
        """Components to begin again.

        Where every component must have too few rows, or the rows themselves lie flat, beginning
        again cannot help; and a flat component with many rows, as rounded data make them, is what
        the data say.
        """
        empty, few = self.empty(stats), self.few(stats)
        hopeless = stats.total < few.shape[-1] * self.family.rows_needed(len(self.spread.mean))
        return empty if hopeless else empty | self.narrow(stats, few)

    def degenerate(self, stats: Stats) -> np.ndarray:
        """Components, (k,) bool, whose likelihood says little: few rows, or flat ones."""
        little = self.empty(stats) | self.few(stats)
        return little | self.narrow(stats, ~little)

    def spurious(self, stats: Stats) -> np.ndarray:
        """Components that are no find in a contest: few rows, or flat ones.

        Where rows are scarce for every component, a flat one is as good as any.
        """
        if stats.total < 2 * (len(self.spread.mean) + 1) * stats.counts.shape[-1]:
            return self.empty(stats) | self.few(stats)
        return self.degenerate(stats)

    @property
    def searcher(self) -> Model:
        return self

    def begin(self, point: Parameters) -> Parameters:
        return point

    def facts(self, stats: Stats, objective: float) -> dict[str, Any]:
        return {"degenerate_components": np.flatnonzero(self.degenerate(stats))}
