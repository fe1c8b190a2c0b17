"""Free: every component has its own share of the rows."""

from __future__ import annotations

import numpy as np

from mixtura.weights.rule import WeightRule

__all__ = ["Free"]


class Free(WeightRule):
    """Maximum-likelihood proportions (Bishop 2006, eq. 9.22)."""

    def estimate(self, counts: np.ndarray) -> np.ndarray:
        return counts / np.sum(counts, axis=-1, keepdims=True)

    def n_parameters(self, k: int) -> int:
        return k - 1
