"""Tied: all components share one covariance matrix."""

from __future__ import annotations

import numpy as np

from mixtura.covariance._matrices import MatrixFamily
from mixtura.density import Form
from mixtura.stats import Stats

__all__ = ["Tied"]


class Tied(MatrixFamily):
    """One covariance (d, d) for all, mclust's EEE; the mixture's classes have linear borders."""

    form = Form.SHARED

    def shape(self, k: int, d: int) -> tuple[int, ...]:
        return d, d

    def n_parameters(self, k: int, d: int) -> int:
        return d * (d + 1) // 2

    def rows_needed(self, d: int) -> int:
        return 1

    def estimate(self, stats: Stats) -> np.ndarray:
        between = np.swapaxes(stats.shift / stats.safe_counts[..., None], -1, -2) @ stats.shift
        return (stats.scatter - between) / stats.total

    def matrices(self, covariances: np.ndarray, k: int, d: int) -> np.ndarray:
        return np.broadcast_to(covariances, (k, d, d))

    def project(self, matrices: np.ndarray, weights: np.ndarray) -> np.ndarray:
        return np.tensordot(weights, matrices, axes=1)
