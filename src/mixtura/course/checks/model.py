"""Lesson 2: a mixture's density, what may be a covariance, and what K-Means is the limit of."""

from __future__ import annotations

import math
import warnings

import numpy as np
from scipy.integrate import quad
from scipy.stats import multivariate_normal, norm

from mixtura.course.data import baskets
from mixtura.course.evidence import Evidence, same
from mixtura.course.fits import after

__all__ = [
    "area_is_one",
    "covariance_is_symmetric",
    "definite_or_no_density",
    "density_is_the_sum",
    "gaussian_of_many_features",
    "kmeans_needs_the_limit",
    "labels_are_hidden",
    "log_odds_of_circles",
]


def density_is_the_sum() -> Evidence:
    """Mixtura's density of two bells is the sum that the formula says."""
    model = after(
        baskets(0).rows,
        0,
        [0.4, 0.6],
        [[140, 12], [170, 34]],
        [[[25, 6], [6, 9]], [[64, 36], [36, 64]]],
    )
    x = np.array([150.0, 20.0])
    expected = 0.4 * multivariate_normal.pdf(x, [140, 12], [[25, 6], [6, 9]])
    expected += 0.6 * multivariate_normal.pdf(x, [170, 34], [[64, 36], [36, 64]])
    found = math.exp(model.score_samples(x[None])[0])
    return same(found / expected, 1.0, 1e-9, ("Mixtura / formula", "1"))


def gaussian_of_many_features() -> Evidence:
    """The density formula in two features, against scipy's."""
    sigma, deviation = np.array([[3.0, 1.5], [1.5, 2.0]]), np.array([1.0, -0.5])
    distance = deviation @ np.linalg.solve(sigma, deviation)
    said = math.exp(-0.5 * distance) / (2 * math.pi * math.sqrt(np.linalg.det(sigma)))
    found = float(multivariate_normal.pdf(deviation, [0, 0], sigma))
    return same(said, found, 1e-12, ("formula", "scipy"))


def area_is_one() -> Evidence:
    """Each weighted bell has its weight as area, both together 1."""
    first = quad(lambda x: 0.4 * norm.pdf(x, 140, 5), 100, 180)[0]
    second = quad(lambda x: 0.6 * norm.pdf(x, 170, 8), 100, 240)[0]
    held = abs(first - 0.4) < 1e-9 and abs(second - 0.6) < 1e-9
    return Evidence(held, {"π₁": first, "π₂": second, "π₁ + π₂": first + second})


def covariance_is_symmetric() -> Evidence:
    """[[3,2],[1,2]] is none: NumPy warns and samples something else."""
    said = np.array([[3.0, 2.0], [1.0, 2.0]])
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        rows = np.random.default_rng(0).multivariate_normal([0, 0], said, 100_000)
    drawn = np.cov(rows.T)
    ours = np.cov(
        np.random.default_rng(0).multivariate_normal([0, 0], [[3, 1.5], [1.5, 2]], 100_000).T
    )
    lost = float(np.max(np.abs(drawn - said)))
    held = len(heard) > 0 and lost > 0.3 and np.allclose(ours, [[3, 1.5], [1.5, 2]], atol=0.05)
    return Evidence(bool(held), {"max|drawn - said|": lost, "warnings": len(heard)})


def definite_or_no_density() -> Evidence:
    """A semidefinite covariance has determinant 0: its density would be divided by 0."""
    flat = np.array([[1.0, 1.0], [1.0, 1.0]])
    least = float(np.linalg.eigvalsh(flat)[0])
    try:
        multivariate_normal.pdf([0.0, 0.0], [0, 0], flat)
        refused = False
    except np.linalg.LinAlgError:
        refused = True
    return Evidence(
        refused and abs(least) < 1e-12, {"det Σ": float(np.linalg.det(flat)), "λ min": least}
    )


def kmeans_needs_the_limit() -> Evidence:
    """Equal weights and round equal bells still share; only as they grow thin do they cut."""
    heights = np.linspace(130.0, 180.0, 400)[:, None]
    means = [140.0, 170.0]
    shares = {}
    for deviation in (10.0, 0.5):
        model = after(heights, 0, [0.5, 0.5], means, [[[deviation**2]]] * 2)
        shares[deviation] = float(model.predict_proba([[153.0]])[0, 0])
    skew = after(heights, 0, [0.95, 0.05], means, [[[100.0]]] * 2)
    border = float(skew.predict([[156.0]])[0])  # nearer to 170, yet the larger group's
    held = 0.5 < shares[10.0] < 0.9 and shares[0.5] > 1 - 1e-9 and border == 0
    return Evidence(held, {"r(153), σ=10": shares[10.0], "r(153), σ=0.5": shares[0.5]})


def labels_are_hidden() -> Evidence:
    """From the same five parameters come many z, one a customer: z is what is hidden."""
    model = after(
        np.linspace(130, 180, 50)[:, None], 0, [0.4, 0.6], [140, 170], [[[25.0]], [[64.0]]]
    )
    model.random_state = 0
    _, one = model.sample(200)
    model.random_state = 1
    _, two = model.sample(200)
    shares = model.predict_proba([[152.0]])[0]
    held = len(one) == 200 and not np.array_equal(one, two) and 0.1 < shares[0] < 0.9
    return Evidence(held, {"z": len(one), "π, μ, σ": 5, "P(z=1 | x=152)": float(shares[0])})


def log_odds_of_circles() -> Evidence:
    """With equal spreads, the log odds are the weights' plus a difference of squares."""
    model = after(np.linspace(130, 180, 50)[:, None], 0, [0.3, 0.7], [140, 170], [[[64.0]]] * 2)
    shares = model.predict_proba([[152.0]])[0]
    said = math.log(0.3 / 0.7) + ((152 - 170) ** 2 - (152 - 140) ** 2) / (2 * 64)
    return same(math.log(shares[0] / shares[1]), said, 1e-10, ("log r₁/r₂", "formula"))
