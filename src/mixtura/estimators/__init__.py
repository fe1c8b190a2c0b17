"""Scikit-learn's skin over the mathematics: checked input, names that end in ``_``."""

from __future__ import annotations

from mixtura.estimators.bayesian import BayesianGaussianMixture
from mixtura.estimators.gaussian import GaussianMixture
from mixtura.estimators.progress import Watch, watching

__all__ = ["BayesianGaussianMixture", "GaussianMixture", "Watch", "watching"]
