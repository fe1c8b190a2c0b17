"""K-means: components begin as the clusters of one run of k-means."""

from __future__ import annotations

import numpy as np

from mixtura.starts.start import Start

__all__ = ["KMeansStart"]


class KMeansStart(Start):
    """Labels of scikit-learn's ``KMeans`` with one start of its own."""

    def assign(
        self,
        x: np.ndarray,
        weights: np.ndarray | None,
        k: int,
        random: np.random.RandomState,
    ) -> np.ndarray:
        from sklearn.cluster import KMeans

        return KMeans(k, n_init=1, random_state=random).fit(x, sample_weight=weights).labels_
