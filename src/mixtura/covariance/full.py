"""Full: every component has its own covariance matrix."""

from __future__ import annotations

import numpy as np

from mixtura.covariance._matrices import MatrixFamily
from mixtura.density import Form
from mixtura.stats import Stats

__all__ = ["Full"]


class Full(MatrixFamily):
    """Covariances (k, d, d), mclust's VVV."""

    form = Form.DENSE

    def shape(self, k: int, d: int) -> tuple[int, ...]:
        return k, d, d

    def n_parameters(self, k: int, d: int) -> int:
        return k * d * (d + 1) // 2

    def rows_needed(self, d: int) -> int:
        return d + 1

    def estimate(self, stats: Stats) -> np.ndarray:
        counts = stats.safe_counts[..., None, None]
        shift = stats.shift[..., None]
        return (stats.scatter - shift * np.swapaxes(shift, -1, -2) / counts) / counts

    def matrices(self, covariances: np.ndarray, k: int, d: int) -> np.ndarray:
        return covariances

    def project(self, matrices: np.ndarray, weights: np.ndarray) -> np.ndarray:
        return matrices
