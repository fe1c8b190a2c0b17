"""Readers' questions: units, marginals, starts, and how the rows were drawn."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from scipy.stats import multivariate_normal, norm
from sklearn.cluster import KMeans

from mixtura.course.data import baskets, cake_shop, loud_column
from mixtura.course.evidence import Evidence, same
from mixtura.course.fits import after, finished

__all__ = [
    "drawn_as_told",
    "likelihood_is_marginal",
    "spherical_minds_units",
    "stretched_densities",
    "units_do_not_matter_to_full",
]


def units_do_not_matter_to_full() -> Evidence:
    """Stretched a thousandfold, full and tied share the rows out as before."""
    x = baskets(0).rows
    scales = np.array([1.0, 1000.0])
    apart = {}
    for family in ("full", "tied"):
        one, two = (
            finished(rows, 2, covariance_type=family, reg_covar=0.0, **begin)
            for rows, begin in ((x, _start(1.0)), (x * scales, _start(1000.0)))
        )
        shares, others = one.predict_proba(x), two.predict_proba(x * scales)
        apart[family] = float(np.max(np.abs(shares - others)))
    return Evidence(max(apart.values()) < 1e-3, {f"{k} moves by": v for k, v in apart.items()})


def spherical_minds_units() -> Evidence:
    """Circles and K-Means do mind: in other units other rows belong together."""
    x, groups = loud_column(0)
    found = {}
    for name, scales in (("as it is", [1.0, 1.0]), ("other units", [0.1, 1.0])):
        labels = finished(x * scales, 2, covariance_type="spherical").predict(x * scales)
        kmeans = KMeans(2, n_init=10, random_state=0).fit_predict(x * scales)
        found[f"circles, {name}"] = _agreement(labels, groups)
        found[f"K-Means, {name}"] = _agreement(kmeans, groups)
    held = all(value > 0.95 for name, value in found.items() if "other" in name)
    return Evidence(held and found["K-Means, as it is"] < 0.8, found)


def likelihood_is_marginal() -> Evidence:
    """What is maximised is p(x | parameters), summed over z; conditional on z it is another."""
    x = cake_shop(0).rows
    model = after(x, 0, [0.4, 0.6], [140.0, 170.0], [[[25.0]], [[64.0]]])
    parts = np.column_stack([norm.logpdf(x[:, 0], 140, 5), norm.logpdf(x[:, 0], 170, 8)])
    marginal = float(np.mean(np.logaddexp(*(parts + np.log([0.4, 0.6])).T)))
    conditional = float(np.mean(parts.max(axis=1)))
    held = math.isclose(marginal, model.score(x), rel_tol=1e-12) and conditional > marginal + 0.1
    return Evidence(held, {"log p(x|θ)": marginal, "log p(x|z,θ)": conditional})


def drawn_as_told() -> Evidence:
    """The shop's rows have the shares, means and spreads that the lessons say."""
    rows, groups = cake_shop(0)
    pupils, adults = rows[groups == 0, 0], rows[groups == 1, 0]
    held = (len(pupils), len(adults)) == (80, 120)
    held = held and abs(pupils.mean() - 140) < 2 and abs(adults.mean() - 170) < 2.5
    numbers = {"pupils": float(pupils.mean()), "adults": float(adults.mean())}
    return Evidence(
        bool(held), numbers | {"σ pupils": float(pupils.std()), "σ adults": float(adults.std())}
    )


def stretched_densities() -> Evidence:
    """Stretched rows under a stretched Gaussian have the density over the stretch."""
    stretch = np.diag([2.0, 30.0])
    mean, sigma, x = (
        np.array([140.0, 12.0]),
        np.array([[25.0, 6.0], [6.0, 9.0]]),
        np.array([145.0, 9.0]),
    )
    there = multivariate_normal.pdf(stretch @ x, stretch @ mean, stretch @ sigma @ stretch.T)
    here = multivariate_normal.pdf(x, mean, sigma) / np.linalg.det(stretch)
    return same(float(there / here), 1.0, 1e-10, ("there / (here / |det A|)", "1"))


def _start(stretch: float) -> dict[str, Any]:
    """The same first guess in the units of the second feature."""
    return {
        "weights_init": [0.5, 0.5],
        "means_init": [[145.0, 15.0 * stretch], [165.0, 30.0 * stretch]],
    }


def _agreement(labels: np.ndarray, groups: np.ndarray) -> float:
    """Share of rows labelled as they were made, whichever the names."""
    right = float(np.mean(labels == groups))
    return max(right, 1.0 - right)
