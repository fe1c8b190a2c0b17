"""The data that every question is asked on, drawn from a seed."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from benchmarks.evaluate import Parameters

__all__ = ["OVERLAPPING", "PEERS_OWN", "REAL", "SEPARATED", "Workload", "starting_parameters"]

Array = np.ndarray


class Workload(NamedTuple):
    """n rows of d features and the mixture of k components to fit to them."""

    name: str
    n: int
    d: int
    k: int
    covariance_type: str
    source: Callable[[Workload, int], Array]
    passes: int = 1  # EM iterations that one timing of a pass is spread over
    separation: float = 4.0  # median distance of a mean to the nearest other, in sd

    @property
    def overlapping(self) -> bool:
        """Slow to converge: counts twice in a geometric mean."""
        return self.separation <= 1

    @property
    def label(self) -> str:
        """The name with n, d, k and the covariance type, as tables show it."""
        rows = f"{self.n // 1000}k" if self.n >= 10_000 else str(self.n)
        text = f"{self.name} {rows},{self.d},{self.k} {self.covariance_type}"
        return f"{text} overlapping" if self.overlapping else text

    def rows(self, seed: int) -> Array:
        """The rows, (n, d) float64; the same for the same seed."""
        return self.source(self, seed)

    def cut(self, n: int) -> Workload:
        """The same with at most n rows."""
        return self._replace(n=min(self.n, n))

    def small(self) -> Workload:
        """One of the kind for a quick run, with rows enough for its parameters."""
        n, d, k, passes = min(self.n, 20_000), min(self.d, 16), min(self.k, 8), min(self.passes, 4)
        return self._replace(n=n, d=d, k=k, passes=passes)


def mixture(workload: Workload, seed: int) -> Array:
    """Rows of a random mixture: standard deviations 1/2 to 2 in random directions."""
    _, n, d, k, covariance_type, _, _, separation = workload
    rng = np.random.default_rng([seed, d, k])
    means = rng.standard_normal((k, d))
    distances = np.linalg.norm(means[:, None] - means, axis=-1) + np.diag(np.full(k, np.inf))
    means *= separation / np.median(distances.min(axis=1))
    counts = rng.multinomial(n, rng.dirichlet(np.full(k, 5.0)))
    parts = []
    for mean, count in zip(means, counts, strict=True):
        noise = rng.standard_normal((count, d)) * 2.0 ** rng.uniform(-1, 1, d)
        if covariance_type == "full":
            noise = noise @ np.linalg.qr(rng.standard_normal((d, d)))[0]
        parts.append(mean + noise)
    return rng.permutation(np.concatenate(parts))


def photograph(workload: Workload, seed: int) -> Array:
    """Colours of scikit-learn's sample photograph, drawn with replacement.

    Uniform noise of one quantisation step takes the 8-bit colours apart.
    """
    from sklearn.datasets import load_sample_image

    rng = np.random.default_rng(seed)
    colours = load_sample_image("china.jpg").reshape(-1, 3)
    rows = colours[rng.integers(len(colours), size=workload.n)]
    return rows + rng.uniform(-0.5, 0.5, rows.shape)


def bundled(workload: Workload, seed: int) -> Array:
    """A real data set that Mixtura ships; the seed is for the fit alone."""
    from mixtura import datasets

    return np.ascontiguousarray(datasets.load(workload.name).data, dtype=np.float64)


def wine(workload: Workload, seed: int) -> Array:
    """Scikit-learn's wines, 13 measurements in units of their standard deviations."""
    from sklearn.datasets import load_wine

    x = load_wine().data
    return (x - x.mean(axis=0)) / x.std(axis=0)


def digits(workload: Workload, seed: int) -> Array:
    """Scikit-learn's written digits on their first 16 principal components."""
    from sklearn.datasets import load_digits
    from sklearn.decomposition import PCA

    return PCA(16, random_state=0).fit_transform(load_digits().data)


SEPARATED = (
    Workload("W1", 100_000, 2, 3, "full", mixture, passes=20),
    Workload("W2", 100_000, 8, 16, "full", mixture, passes=10),
    Workload("W3", 100_000, 32, 32, "full", mixture, passes=3),
    Workload("W4", 20_000, 128, 20, "full", mixture, passes=4),
    Workload("W5", 1_000_000, 4, 8, "full", mixture, passes=5),
    Workload("W6", 100_000, 32, 64, "diag", mixture, passes=12),
    Workload("W7", 100_000, 16, 256, "diag", mixture, passes=4),
    Workload("W8", 1_000_000, 3, 16, "full", photograph, passes=3),
)
OVERLAPPING = tuple(SEPARATED[i]._replace(separation=1.0) for i in (0, 1, 4))
REAL = (
    Workload("faithful", 272, 2, 3, "full", bundled),
    Workload("iris", 150, 4, 3, "full", bundled),
    Workload("banknote", 200, 6, 2, "full", bundled),
    Workload("thyroid", 215, 5, 3, "full", bundled),
    Workload("diabetes", 145, 3, 3, "full", bundled),
)
PEERS_OWN = (
    Workload("wine", 178, 13, 3, "full", wine),
    Workload("digits", 1797, 16, 10, "full", digits),
)


def starting_parameters(x: Array, k: int, covariance_type: str, seed: int) -> Parameters:
    """The one start that all peers are given: k-means on a sample, pooled covariance.

    Every row joins its nearest centre; weights and means are those of the groups, and every
    component gets the covariance within groups, which is never singular.
    """
    from sklearn.cluster import KMeans

    labels = KMeans(k, n_init=1, max_iter=20, random_state=seed).fit(x[:10_000]).predict(x)
    counts = np.bincount(labels, minlength=k)
    sums = np.stack([np.bincount(labels, column, minlength=k) for column in x.T], axis=1)
    means = sums / counts[:, None]
    within = x - means[labels]
    pooled = within.T @ within / len(x)
    covariance = pooled if covariance_type == "full" else np.diag(pooled)
    return Parameters(counts / len(x), means, np.stack([covariance] * k))
