"""Dirichlet process: weights broken off a stick, one component after the other."""

from __future__ import annotations

import math

import numpy as np
from scipy.special import betaln, digamma

from mixtura.concentrations.prior import Concentration, ConcentrationPrior

__all__ = ["DirichletProcess"]


class DirichletProcess(ConcentrationPrior):
    """A truncated Dirichlet process in its stick-breaking form (Blei and Jordan 2006).

    The share that component j takes of what is left of the stick has the beta distribution with
    parameters ``concentration[0][j]`` and ``concentration[1][j]``, each (k,).
    """

    def posterior(self, prior: float, counts: np.ndarray) -> Concentration:
        after = np.append(np.cumsum(counts[:0:-1])[::-1], 0.0)
        return 1.0 + counts, prior + after

    def weights(self, concentration: Concentration) -> np.ndarray:
        taken, left = concentration
        total = taken + left
        weights = taken / total * np.append(1.0, np.cumprod((left / total)[:-1]))
        return weights / np.sum(weights)

    def log_weights(self, concentration: Concentration) -> np.ndarray:
        taken, left = concentration
        total = digamma(taken + left)
        return digamma(taken) - total + np.append(0.0, np.cumsum(digamma(left) - total)[:-1])

    def log_evidence(self, prior: float, concentration: Concentration) -> float:
        taken, left = concentration
        return float(np.sum(betaln(taken, left)) + len(taken) * math.log(prior))

    def draw(self, concentration: Concentration, random: np.random.RandomState) -> np.ndarray:
        taken, left = concentration
        shares = np.asarray(random.beta(taken, left))
        weights = shares * np.append(1.0, np.cumprod(1.0 - shares[:-1]))
        return weights / np.sum(weights)
