"""Variances without correlation: what diag and spherical share."""

from __future__ import annotations

import numpy as np

from mixtura.covariance.family import TINY, CovarianceFamily
from mixtura.density import Form

__all__ = ["VarianceFamily"]


class VarianceFamily(CovarianceFamily):
    """What families of variances share, be there one a feature or one a component."""

    form = Form.DIAGONAL

    def cholesky(self, covariances: np.ndarray) -> np.ndarray:
        return 1.0 / np.sqrt(np.where(covariances >= TINY, covariances, np.nan))

    def cholesky_of_precisions(self, precisions: np.ndarray) -> np.ndarray:
        return np.sqrt(np.where(precisions > 0.0, precisions, np.nan))

    def covariances(self, cholesky: np.ndarray) -> np.ndarray:
        return 1.0 / np.square(cholesky)

    def precisions(self, cholesky: np.ndarray) -> np.ndarray:
        return np.square(cholesky)

    def too_narrow(self, cholesky: np.ndarray, variances: np.ndarray) -> np.ndarray:
        floor = self.add_to_diagonal(np.zeros(cholesky.shape), variances)
        return ~(cholesky * np.sqrt(floor) <= 1.0)
