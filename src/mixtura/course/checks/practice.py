"""Lesson 7: borders, and which method for which shape."""

from __future__ import annotations

import numpy as np
from sklearn.cluster import DBSCAN, KMeans
from sklearn.metrics import adjusted_rand_score
from sklearn.mixture import GaussianMixture as Theirs

from mixtura.course.data import baskets, crescents, two_shapes
from mixtura.course.evidence import Evidence
from mixtura.course.fits import after, finished

__all__ = [
    "border_is_a_quadric",
    "crescents_want_dbscan",
    "ellipses_want_mixture",
    "same_as_scikit_learn",
    "tied_borders_are_straight",
]


def border_is_a_quadric() -> Evidence:
    """Log odds along any line are a parabola: their third differences are 0, the second not."""
    second, third = _differences("full")
    return Evidence(third < 1e-8 < 1e-3 < second, {"second": second, "third": third})


def tied_borders_are_straight() -> Evidence:
    """With one covariance the squares cancel: second differences are 0, so borders are lines."""
    tied, _ = _differences("tied")
    full, _ = _differences("full")
    return Evidence(tied < 1e-8 < 1e-3 < full, {"tied": tied, "full": full})


def ellipses_want_mixture() -> Evidence:
    """A long and a small cluster: agreement with the truth of a mixture and of K-Means."""
    x, groups = two_shapes(0)
    mixture = adjusted_rand_score(groups, finished(x, 2).predict(x))
    kmeans = adjusted_rand_score(groups, KMeans(2, n_init=10, random_state=0).fit_predict(x))
    return Evidence(mixture > kmeans + 0.3, {"mixture": mixture, "K-Means": kmeans})


def crescents_want_dbscan() -> Evidence:
    """On crescents DBSCAN follows the shape, two Gaussians cannot."""
    x, groups = crescents(0)
    dbscan = adjusted_rand_score(groups, DBSCAN(eps=0.7, min_samples=5).fit_predict(x))
    mixture = adjusted_rand_score(groups, finished(x, 2).predict(x))
    return Evidence(dbscan > 0.95 and mixture < 0.8, {"DBSCAN": dbscan, "mixture": mixture})


def same_as_scikit_learn() -> Evidence:
    """From the same start, both libraries come to the same means."""
    x = baskets(0).rows
    weights, means = [0.5, 0.5], [[145.0, 15.0], [165.0, 30.0]]
    theirs = Theirs(
        2,
        weights_init=weights,
        means_init=means,
        precisions_init=[0.01 * np.eye(2)] * 2,
        tol=1e-10,
        max_iter=2000,
    ).fit(x)
    ours = after(x, 2000, weights, means, [100 * np.eye(2)] * 2, reg_covar=1e-6, tol=1e-10)
    apart = float(np.max(np.abs(ours.means_ - theirs.means_)))
    return Evidence(apart < 1e-3, {"means differ by": apart})


def _differences(family: str) -> tuple[float, float]:
    """Largest second and third differences of the log odds along a line."""
    x = baskets(0).rows
    model = finished(x, 2, covariance_type=family)
    line = np.array([150.0, 18.0]) + np.linspace(-1.0, 1.0, 9)[:, None] * [3.0, 2.0]
    shares = np.log(model.predict_proba(line))
    odds = shares[:, 1] - shares[:, 0]
    return float(np.max(np.abs(np.diff(odds, 2)))), float(np.max(np.abs(np.diff(odds, 3))))
