"""Cells: every row to the nearest of some points, and k-means made of that."""

from __future__ import annotations

import numpy as np

__all__ = ["lloyd", "nearest"]

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


def lloyd(
    x: np.ndarray,
    weights: np.ndarray | None,
    k: int,
    random: np.random.RandomState,
    rounds: int,
) -> np.ndarray:
    """Points (k, d) after seeds of k-means++ and at most `rounds` of Lloyd's algorithm.

    A rough start for a contest; the start "kmeans" is scikit-learn's own.
    """
    from sklearn.cluster import kmeans_plusplus

    points, _ = kmeans_plusplus(x, k, sample_weight=weights, random_state=random)
    labels = nearest(x, points)
    for _ in range(rounds):
        counts = np.bincount(labels, weights, minlength=k)
        sums = [np.bincount(labels, _times(column, weights), minlength=k) for column in x.T]
        filled = counts > 0.0
        points[filled] = np.stack(sums, axis=1)[filled] / counts[filled, None]
        before, labels = labels, nearest(x, points)
        if np.array_equal(labels, before):
            break
    return points


def _times(column: np.ndarray, weights: np.ndarray | None) -> np.ndarray:
    return column if weights is None else column * weights
