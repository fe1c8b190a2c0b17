"""Every row to the nearest of some points."""

from __future__ import annotations

import numpy as np

__all__ = ["nearest"]

# Scores of a chunk of rows stay in the cache.
_CHUNK_SCORES = 2**16


def nearest(x: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Index of the point (k, d) nearest to every row (n, d), (n,)."""
    centre = np.mean(points, axis=0, dtype=np.float64)
    points = points - centre
    half_norms = 0.5 * np.sum(points * points, axis=1)
    chunk = max(16, _CHUNK_SCORES // len(points))
    labels = np.empty(len(x), dtype=np.intp)
    for start in range(0, len(x), chunk):
        scores = (x[start : start + chunk] - centre) @ points.T
        scores -= half_norms
        np.argmax(scores, axis=1, out=labels[start : start + chunk])
    return labels
