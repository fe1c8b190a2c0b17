"""Lesson 6: sticks, tables, tails, densities and parameters in high dimension."""

from __future__ import annotations

import itertools
import math

import numpy as np
from scipy.stats import multivariate_normal, norm, t

from mixtura.course.data import baskets, cake_shop
from mixtura.course.evidence import Evidence, same
from mixtura.course.fits import finished

__all__ = [
    "change_of_variables",
    "density_depends_on_units",
    "factors_are_few",
    "stick_telescopes",
    "sticks_sum_to_one",
    "tables_never_stop",
    "tails_stay_gaussian",
]


def sticks_sum_to_one() -> Evidence:
    """The pieces of a stick sum to 1, and the k-th has mean (1/(1+a)) (a/(1+a))^(k-1)."""
    random = np.random.default_rng(0)
    fractions = random.beta(1.0, 2.0, (20_000, 60))
    left = np.cumprod(1.0 - fractions, axis=1)
    pieces = fractions * np.column_stack([np.ones(len(left)), left[:, :-1]])
    third = float(pieces[:, 2].mean())
    held = np.allclose(pieces.sum(axis=1), 1.0, atol=1e-2) and abs(third - 4 / 27) < 3e-3
    return Evidence(bool(held), {"sum": float(pieces[0].sum()), "E[π₃], α=2": third})


def tables_never_stop() -> Evidence:
    """From two true groups, a Dirichlet process expects ever more clusters: a log(1 + n/a)."""
    expected = {n: float(np.sum(1.0 / (1.0 + np.arange(n)))) for n in (200, 20_000, 2_000_000)}
    values = list(expected.values())
    held = all(b - a > 4.0 for a, b in itertools.pairwise(values))
    return Evidence(held, {f"n = {n:,}": value for n, value in expected.items()})


def tails_stay_gaussian() -> Evidence:
    """0.9 of sd 1 % and 0.1 of sd 3 %: kurtosis yes, but 9e-5 beyond 10 %; t3 has 1e-3."""
    variance = 0.9 * 1 + 0.1 * 9
    kurtosis = 3 * (0.9 * 1 + 0.1 * 81) / variance**2
    mixture = 2 * (0.9 * norm.sf(10.0) + 0.1 * norm.sf(10.0 / 3.0))
    student = 2 * float(t.sf(10.0 * math.sqrt(3.0 / variance), 3))
    held = kurtosis > 8 and abs(mixture - 9e-5) < 5e-6 and abs(student - 1e-3) < 5e-5
    return Evidence(held, {"kurtosis": kurtosis, "mixture": mixture, "t₃": student})


def density_depends_on_units() -> Evidence:
    """In metres every density is 100 times that in cm; which row is oddest stays the same."""
    x = cake_shop(0).rows
    cm, metres = finished(x, 2), finished(x / 100, 2, reg_covar=1e-10)
    ratio = float(np.exp(np.median(metres.score_samples(x / 100) - cm.score_samples(x))))
    oddest = int(np.argmin(cm.score_samples(x))), int(np.argmin(metres.score_samples(x / 100)))
    held = abs(ratio - 100.0) < 1.0 and oddest[0] == oddest[1]
    return Evidence(held, {"density m / cm": ratio, "P(one exact height)": 0.0})


def factors_are_few() -> Evidence:
    """A covariance W W' + Psi with q factors: the same density from far fewer numbers."""
    random = np.random.default_rng(0)
    d, q = 50, 3
    loadings, noise = random.standard_normal((d, q)), random.uniform(0.5, 1.5, d)
    rows = random.standard_normal((200_000, q)) @ loadings.T
    rows += random.standard_normal(rows.shape) * np.sqrt(noise)
    apart = float(np.max(np.abs(np.cov(rows.T) - loadings @ loadings.T - np.diag(noise))))
    few, many = d * q + d - q * (q - 1) / 2, d * (d + 1) / 2
    return Evidence(apart < 0.2 and few < many / 5, {"factors": few, "full": many})


def change_of_variables() -> Evidence:
    """The density of exp(z), z Gaussian, is the base's over the stretch: scipy's lognormal."""
    from scipy.stats import lognorm

    y, sd = 1.7, 0.6
    said = norm.pdf(math.log(y), 0.0, sd) / y
    fit = finished(baskets(0).rows, 2)
    base = multivariate_normal.logpdf(baskets(0).rows, fit.means_[0], fit.covariances_[0])
    turned = baskets(0).rows @ np.array([[0.6, -0.8], [0.8, 0.6]]).T
    q = np.array([[0.6, -0.8], [0.8, 0.6]])
    moved = multivariate_normal.logpdf(turned, q @ fit.means_[0], q @ fit.covariances_[0] @ q.T)
    found = same(said, float(lognorm.pdf(y, sd)), 1e-12, ("base / stretch", "scipy"))
    return found._replace(holds=found.holds and bool(np.allclose(base, moved)))


def stick_telescopes() -> Evidence:
    """What is left after K pieces is the product of what was left each time."""
    fractions = np.random.default_rng(0).beta(1.0, 2.0, 40)
    pieces = fractions * np.concatenate([[1.0], np.cumprod(1.0 - fractions)[:-1]])
    two = 1.0 - pieces[0] - pieces[1]
    held = math.isclose(two, (1 - fractions[0]) * (1 - fractions[1]))
    left, product = float(1.0 - pieces.sum()), float(np.prod(1.0 - fractions))
    return Evidence(held and abs(left - product) < 1e-12, {"1 - ∑ π": left, "∏ (1 - v)": product})
