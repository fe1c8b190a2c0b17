"""K-means++: components begin around rows that are far from each other."""

from __future__ import annotations

import numpy as np

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
        from sklearn.cluster import kmeans_plusplus

        seeds, _ = kmeans_plusplus(x, k, sample_weight=weights, random_state=random)
        return nearest(x, seeds)
