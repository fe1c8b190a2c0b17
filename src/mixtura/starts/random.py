"""Random: every row belongs to every component by a random share."""

from __future__ import annotations

import numpy as np

from mixtura.starts.start import Start

__all__ = ["RandomStart"]


class RandomStart(Start):
    """Uniform responsibilities; all components begin near the mean of all rows."""

    def assign(
        self,
        x: np.ndarray,
        weights: np.ndarray | None,
        k: int,
        random: np.random.RandomState,
    ) -> np.ndarray:
        responsibilities = random.uniform(size=(len(x), k))
        return responsibilities / np.sum(responsibilities, axis=1, keepdims=True)
