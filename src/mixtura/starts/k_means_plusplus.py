"""K-means++: components begin around rows that are far from each other."""

from __future__ import annotations

import numpy as np

from mixtura.starts.cells import seeds
from mixtura.starts.nearest import nearest
from mixtura.starts.start import Start

__all__ = ["KMeansPlusPlusStart"]


class KMeansPlusPlusStart(Start):
    """Seeds of k-means++ (Arthur and Vassilvitskii 2007), every row to its nearest seed.

    Scikit-learn gives each component its seed alone, so that every covariance begins at
    `reg_covar`; rows shared out among the seeds give covariances of the data's own size.
    """

    def assign(
        self,
        x: np.ndarray,
        weights: np.ndarray | None,
        k: int,
        random: np.random.RandomState,
    ) -> np.ndarray:
        return nearest(x, seeds(x, weights, k, random))
