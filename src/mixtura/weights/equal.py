"""Equal: all components that hold any rows have the same share, mclust's ``equalPro``."""

from __future__ import annotations

import numpy as np

from mixtura.weights.rule import WeightRule

__all__ = ["Equal"]


class Equal(WeightRule):
    """Proportions fixed at 1/k; a pruned component keeps 0."""

    def estimate(self, counts: np.ndarray) -> np.ndarray:
        alive = counts > 0.0
        return alive / np.sum(alive, axis=-1, keepdims=True)

    def n_parameters(self, k: int) -> int:
        return 0
