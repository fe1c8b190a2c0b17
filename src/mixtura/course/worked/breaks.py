"""Lesson 9 by hand: how many rows a full covariance needs."""

from __future__ import annotations

import numpy as np

__all__ = ["rows_for_four_features"]


def rows_for_four_features() -> float:
    """The fewest rows whose scatter has full rank in 4 features."""
    random = np.random.default_rng(0)
    ranks = {n: np.linalg.matrix_rank(np.cov(random.random((n, 4)).T)) for n in range(2, 9)}
    return float(min(n for n, rank in ranks.items() if rank == 4))
