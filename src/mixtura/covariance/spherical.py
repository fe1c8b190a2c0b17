"""Spherical: every component is round, with one variance for all features."""

from __future__ import annotations

import numpy as np

from mixtura.covariance._variances import VarianceFamily
from mixtura.stats import Stats

__all__ = ["Spherical"]


class Spherical(VarianceFamily):
    """One variance a component, (k,), mclust's VII."""

    def shape(self, k: int, d: int) -> tuple[int, ...]:
        return (k,)

    def n_parameters(self, k: int, d: int) -> int:
        return k

    def rows_needed(self, d: int) -> int:
        return 2

    def estimate(self, stats: Stats) -> np.ndarray:
        counts = stats.safe_counts[..., None]
        return np.mean((stats.scatter - stats.shift**2 / counts) / counts, axis=-1)

    def add_to_diagonal(self, covariances: np.ndarray, variances: np.ndarray) -> np.ndarray:
        return covariances + np.mean(variances)

    def scale(self, cholesky: np.ndarray, d: int) -> np.ndarray:
        return np.repeat(cholesky[..., None], d, axis=-1)

    def narrowest(self, covariances: np.ndarray, variances: np.ndarray) -> np.ndarray:
        return covariances / np.mean(variances)

    def matrices(self, covariances: np.ndarray, k: int, d: int) -> np.ndarray:
        return covariances[:, None, None] * np.eye(d)

    def project(self, matrices: np.ndarray, weights: np.ndarray) -> np.ndarray:
        return np.trace(matrices, axis1=1, axis2=2) / matrices.shape[-1]
