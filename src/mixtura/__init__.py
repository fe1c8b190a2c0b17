"""Mixtura: Gaussian mixture models, from fifty rows to more than memory holds."""

from __future__ import annotations

from mixtura.estimators import GaussianMixture

__version__ = "0.1.0"

__all__ = ["GaussianMixture", "__version__"]
