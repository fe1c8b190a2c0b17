"""Scikit-learn's skin over the mathematics: checked input, names that end in ``_``."""

from __future__ import annotations

from mixtura.estimators.gaussian import GaussianMixture

__all__ = ["GaussianMixture"]
