"""Dirichlet distribution: the weights of k components, none of them before another."""

from __future__ import annotations

import numpy as np
from scipy.special import digamma, gammaln

from mixtura.concentrations.prior import Concentration, ConcentrationPrior

__all__ = ["DirichletDistribution"]


class DirichletDistribution(ConcentrationPrior):
    """A symmetric Dirichlet distribution (Bishop 2006, equation 10.39); concentration (k,)."""

    def posterior(self, prior: float, counts: np.ndarray) -> Concentration:
        return prior + counts

    def weights(self, concentration: Concentration) -> np.ndarray:
        return np.asarray(concentration) / np.sum(concentration)

    def log_weights(self, concentration: Concentration) -> np.ndarray:
        return digamma(concentration) - digamma(np.sum(concentration))

    def log_evidence(self, prior: float, concentration: Concentration) -> float:
        before = np.full(len(concentration), prior)
        return _log_norm(np.asarray(concentration)) - _log_norm(before)

    def draw(self, concentration: Concentration, random: np.random.RandomState) -> np.ndarray:
        return random.dirichlet(np.asarray(concentration))


def _log_norm(concentration: np.ndarray) -> float:
    """Log of the multivariate beta function."""
    return float(np.sum(gammaln(concentration)) - gammaln(np.sum(concentration)))
