"""Diag: every component has its own variance for each feature, and no correlation."""

from __future__ import annotations

import numpy as np

from mixtura.covariance._variances import VarianceFamily
from mixtura.stats import Stats

__all__ = ["Diag"]


class Diag(VarianceFamily):
    """Variances (k, d), mclust's VVI."""

    def shape(self, k: int, d: int) -> tuple[int, ...]:
        return k, d

    def n_parameters(self, k: int, d: int) -> int:
        return k * d

    def rows_needed(self, d: int) -> int:
        return 2

    def estimate(self, stats: Stats) -> np.ndarray:
        counts = stats.safe_counts[..., None]
        return (stats.scatter - stats.shift**2 / counts) / counts

    def add_to_diagonal(self, covariances: np.ndarray, variances: np.ndarray) -> np.ndarray:
        return covariances + variances

    def scale(self, cholesky: np.ndarray, d: int) -> np.ndarray:
        return cholesky

    def narrowest(self, covariances: np.ndarray, variances: np.ndarray) -> np.ndarray:
        return np.min(covariances / variances, axis=-1)

    def matrices(self, covariances: np.ndarray, k: int, d: int) -> np.ndarray:
        return covariances[:, :, None] * np.eye(d)

    def project(self, matrices: np.ndarray, weights: np.ndarray) -> np.ndarray:
        return np.diagonal(matrices, axis1=1, axis2=2).copy()
