"""K-Means, a Gaussian mixture and DBSCAN on the same points, and how well they agree."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from sklearn.cluster import DBSCAN, KMeans
from sklearn.metrics import adjusted_rand_score, silhouette_score

from mixtura import GaussianMixture

__all__ = [
    "STARTS",
    "Found",
    "Settings",
    "agreement",
    "hardening",
    "run",
    "silhouette",
    "truth",
]

STARTS = ("auto", "kmeans", "random_from_data", "random")


class Settings(NamedTuple):
    """What the three methods are told."""

    k: int
    family: str
    start: str
    reach: float  # DBSCAN's eps, in shares of the larger width of the data
    least: int  # its min_samples


class Found(NamedTuple):
    """What they found in points (n, 2)."""

    kmeans: np.ndarray  # labels (n,)
    mixture: GaussianMixture
    responsibilities: np.ndarray  # (n, k)
    dbscan: np.ndarray  # labels (n,), -1 for noise
    centres: np.ndarray  # of K-Means, (k, 2)

    @property
    def labels(self) -> dict[str, np.ndarray]:
        """Labels by method."""
        return {
            "kmeans": self.kmeans,
            "gmm": self.responsibilities.argmax(axis=1),
            "dbscan": self.dbscan,
        }


def run(x: np.ndarray, settings: Settings, seed: int) -> Found:
    """All three methods."""
    kmeans = KMeans(settings.k, n_init=5, random_state=seed).fit(x)
    mixture = GaussianMixture(
        settings.k,
        covariance_type=settings.family,
        init_params=settings.start,
        random_state=seed,
        max_iter=500,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a start that ends badly is what the screen shows
        mixture.fit(x)
    dbscan = DBSCAN(eps=settings.reach * np.ptp(x, axis=0).max(), min_samples=settings.least)
    return Found(
        kmeans.labels_,
        mixture,
        mixture.predict_proba(x),
        dbscan.fit_predict(x),
        kmeans.cluster_centers_,
    )


def truth(groups: Sequence[int]) -> np.ndarray:
    """Labels of groups that lie one after the other."""
    return np.repeat(np.arange(len(groups)), groups)


def agreement(labels: np.ndarray, known: np.ndarray | None) -> float | None:
    """Adjusted Rand index with the true groups, where they are known."""
    return None if known is None else float(adjusted_rand_score(known, labels))


def silhouette(x: np.ndarray, labels: np.ndarray) -> float | None:
    """Mean silhouette of the points that have a group; none for fewer than two groups."""
    kept = labels >= 0
    groups = len(np.unique(labels[kept]))
    if not 2 <= groups < kept.sum():
        return None
    return float(silhouette_score(x[kept], labels[kept]))


def hardening(x: np.ndarray, centres: np.ndarray, sd: float) -> np.ndarray:
    """Responsibilities (n, k) of round components of one size, with shares all the same.

    As `sd` goes to 0 they become 0 and 1: the labels of K-Means with these centres.
    """
    k = len(centres)
    mixture = GaussianMixture.from_parameters(
        np.full(k, 1 / k), centres, np.full(k, sd**2), covariance_type="spherical"
    )
    return mixture.predict_proba(x)
