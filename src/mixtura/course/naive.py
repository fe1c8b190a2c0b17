"""EM as it should not be written: starts in the unit cube, 100 loops, densities without logs."""

from __future__ import annotations

import numpy as np

__all__ = ["textbook_runs"]

_LOOPS = 100


def textbook_runs(rows: np.ndarray, k: int, starts: int) -> tuple[np.ndarray, int]:
    """Mean log-likelihoods of the runs that came through, and how many did not."""
    random = np.random.default_rng(0)
    with np.errstate(all="ignore"):
        ends = [_run(rows, random.random((k, rows.shape[1]))) for _ in range(starts)]
    whole = np.array([end for end in ends if np.isfinite(end)])
    return whole, starts - len(whole)


def _run(x: np.ndarray, means: np.ndarray) -> float:
    """Where a run ends; nan where it crashes."""
    k, d = means.shape
    weights, covariances = np.full(k, 1 / k), np.stack([np.eye(d)] * k)
    for _ in range(_LOOPS):
        try:
            joint = _joint(x, weights, means, covariances)
        except np.linalg.LinAlgError:
            return np.nan
        shares = joint / joint.sum(axis=1, keepdims=True)
        counts = shares.sum(axis=0)
        weights, means = counts / len(x), shares.T @ x / counts[:, None]
        deviations = x[None] - means[:, None]
        covariances = np.einsum("nk,kni,knj->kij", shares, deviations, deviations)
        covariances /= counts[:, None, None]
        if not np.isfinite(covariances).all():
            return np.nan
    return float(np.mean(np.log(_joint(x, weights, means, covariances).sum(axis=1))))


def _joint(
    x: np.ndarray, weights: np.ndarray, means: np.ndarray, covariances: np.ndarray
) -> np.ndarray:
    deviations = x[None] - means[:, None]
    distances = np.einsum("kni,kij,knj->nk", deviations, np.linalg.inv(covariances), deviations)
    volume = np.sqrt(np.linalg.det(2 * np.pi * covariances))
    joint: np.ndarray = weights * np.exp(-0.5 * distances) / volume
    return joint
