"""Random from data: components begin around rows drawn at random."""

from __future__ import annotations

import numpy as np

from mixtura.starts.cells import random_rows
from mixtura.starts.nearest import nearest
from mixtura.starts.start import Start

__all__ = ["RandomFromDataStart"]


class RandomFromDataStart(Start):
    """k different rows, every other row to its nearest, so that covariances begin sane."""

    def assign(
        self,
        x: np.ndarray,
        weights: np.ndarray | None,
        k: int,
        random: np.random.RandomState,
    ) -> np.ndarray:
        return nearest(x, random_rows(x, weights, k, random))
