"""How an M-step turns Stats into covariances; the file's name is the public string."""

from __future__ import annotations

from mixtura.covariance.family import TINY, CovarianceFamily, Parameters, side_by_side
from mixtura.registry import Registry

__all__ = ["COVARIANCES", "TINY", "CovarianceFamily", "Parameters", "side_by_side"]

COVARIANCES: Registry[CovarianceFamily] = Registry(
    __name__, CovarianceFamily, parameter="covariance_type", skip=("family",)
)
