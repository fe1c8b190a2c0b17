"""Every row to the nearest of some points."""

from __future__ import annotations

import numpy as np

__all__ = ["nearest"]


def nearest(x: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Index of the point (k, d) nearest to every row (n, d), (n,)."""
    from sklearn.metrics import pairwise_distances_argmin

    return pairwise_distances_argmin(x, np.asarray(points, dtype=x.dtype))
