"""Lesson 4: every step of the derivation, by finite differences, enumeration or simulation."""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np
from scipy.special import logsumexp
from scipy.stats import multivariate_normal, norm

from mixtura.course.data import baskets, cake_shop
from mixtura.course.evidence import Evidence, same
from mixtura.course.fits import after, finished

__all__ = [
    "bound_is_below_and_touches",
    "complete_likelihood_factors",
    "covariance_is_stationary",
    "derivative_of_determinant",
    "derivative_of_inverse",
    "differential_of_log_determinant",
    "expectation_of_indicator",
    "full_posterior_is_needed",
    "gap_is_divergence",
    "gradient_in_sigma_is_a_sandwich",
    "incomplete_sums_over_labels",
    "likelihood_is_unbounded",
    "likelihood_never_falls",
    "limits_are_stationary",
    "mean_is_stationary",
    "multiplier_is_minus_n",
    "one_posterior_too_few",
    "stationary_equations_are_coupled",
]

_SIGMA = np.array([[3.0, 1.5], [1.5, 2.0]])
_X = np.array([138.0, 143.0, 152.0, 168.0, 175.0])
_LOGS = np.column_stack([
    np.log(0.4) + norm.logpdf(_X, 140.0, 5.0),
    np.log(0.6) + norm.logpdf(_X, 170.0, 8.0),
])  # fmt: skip
_SHARES = np.exp(_LOGS - logsumexp(_LOGS, axis=1, keepdims=True))


def incomplete_sums_over_labels() -> Evidence:
    """The likelihood of five customers, as a product and by summing over all 32 labellings."""
    product = float(np.sum(logsumexp(_LOGS, axis=1)))
    summed = float(logsumexp([sum(_LOGS[range(5), z]) for z in _labellings()]))
    return same(product, summed, 1e-12, ("log ∏ ∑", "log ∑ ∏"))


def complete_likelihood_factors() -> Evidence:
    """With the labels known, the log of the product is the sum that indicators pick."""
    z = np.array([0, 0, 1, 1, 1])
    indicator = np.eye(2)[z]
    direct = math.log(math.prod(math.exp(_LOGS[i, z[i]]) for i in range(5)))
    return same(float(np.sum(indicator * _LOGS)), direct, 1e-12, ("∑∑ z log", "log ∏"))


def expectation_of_indicator() -> Evidence:
    """E[z] is a probability: the share of labellings, weighted by their posterior."""
    posterior = _posterior()
    found = sum(p for p, z in zip(posterior, _labellings(), strict=True) if z[2] == 0)
    return same(float(found), float(_SHARES[2, 0]), 1e-12, ("E[z]", "r"))


def full_posterior_is_needed() -> Evidence:
    """Q by enumerating all labellings with their posterior equals the double sum; without, not."""
    complete = np.array([sum(_LOGS[range(5), z]) for z in _labellings()])
    right, short = float(_posterior() @ complete), float(np.sum(complete))
    double = float(np.sum(_SHARES * _LOGS))
    held = abs(right - double) < 1e-10 and abs(short - double) > 1.0
    return Evidence(held, {"Q": double, "∑ P(Z|X) log": right, "∑ log": short})


def one_posterior_too_few() -> Evidence:
    """Summed over all Z with one customer's posterior only: K^(N-1) times too large."""
    one = float(np.sum(_SHARES[0] * _LOGS[0]))
    summed = float(sum(_SHARES[0, z[0]] * _LOGS[0, z[0]] for z in _labellings()))
    full = float(sum(p * _LOGS[0, z[0]] for p, z in zip(_posterior(), _labellings(), strict=True)))
    held = math.isclose(summed, 2**4 * one, rel_tol=1e-12) and math.isclose(
        full, one, rel_tol=1e-10
    )
    return Evidence(held, {"∑ P(z₁|x₁) …": summed, "∑ P(Z|X) …": full, "K^(N-1)": summed / one})


def multiplier_is_minus_n() -> Evidence:
    """N_k / N beats every other point of the simplex; the slope there is N for each weight."""
    counts = _SHARES.sum(axis=0)
    best = counts / 5
    others = np.random.default_rng(0).dirichlet([1.0, 1.0], 10_000)
    beaten = float(np.max(np.log(others) @ counts) - counts @ np.log(best))
    slopes = [
        _slope(lambda p, n=n: n * math.log(p), share) for n, share in zip(counts, best, strict=True)
    ]
    held = beaten <= 0.0 and np.allclose(slopes, 5.0, atol=1e-6)
    return Evidence(
        bool(held), {"N₁/N": float(best[0]), "best other": beaten, "λ": -float(slopes[0])}
    )


def mean_is_stationary() -> Evidence:
    """Q's slope in the mean is 0 at the weighted average."""
    best = float(np.average(_X, weights=_SHARES[:, 0]))
    slope = _slope(lambda mean: float(_SHARES[:, 0] @ norm.logpdf(_X, mean, 5.0)), best)
    off = _slope(lambda mean: float(_SHARES[:, 0] @ norm.logpdf(_X, mean, 5.0)), best + 1.0)
    return Evidence(abs(slope) < 1e-6 < abs(off), {"slope": slope, "slope at μ + 1": off})


def differential_of_log_determinant() -> Evidence:
    """D log|A| = tr(A^-1 dA), by a finite difference in a direction that is not symmetric."""
    a, step = np.array([[3.0, 0.4], [1.1, 2.0]]), np.array([[0.3, -0.7], [0.2, 0.5]])
    found = _slope(lambda t: math.log(np.linalg.det(a + t * step)), 0.0)
    return same(found, float(np.trace(np.linalg.solve(a, step))), 1e-7, ("d log|A|", "tr A⁻¹dA"))


def derivative_of_inverse() -> Evidence:
    """dA^-1 = -A^-1 dA A^-1, element by element."""
    a, step = np.array([[3.0, 0.4], [1.1, 2.0]]), np.array([[0.3, -0.7], [0.2, 0.5]])
    h = 1e-6
    found = (np.linalg.inv(a + h * step) - np.linalg.inv(a - h * step)) / (2 * h)
    said = -np.linalg.inv(a) @ step @ np.linalg.inv(a)
    return Evidence(
        bool(np.allclose(found, said, atol=1e-8)), {"max": float(np.max(abs(found - said)))}
    )


def derivative_of_determinant() -> Evidence:
    """d|A|/dA is |A| times the inverse transposed; the inverse itself is wrong unless symmetric."""
    a, h = np.array([[3.0, 2.0], [1.0, 2.0]]), 1e-6
    found = np.empty((2, 2))
    for i, j in itertools.product(range(2), repeat=2):
        step = np.zeros((2, 2))
        step[i, j] = h
        found[i, j] = (np.linalg.det(a + step) - np.linalg.det(a - step)) / (2 * h)
    inverse = np.linalg.det(a) * np.linalg.inv(a)
    right, wrong = float(np.max(abs(found - inverse.T))), float(np.max(abs(found - inverse)))
    return Evidence(right < 1e-6 and wrong > 0.5, {"|A|A⁻ᵀ off by": right, "|A|A⁻¹ off by": wrong})


def gradient_in_sigma_is_a_sandwich() -> Evidence:
    """The quadratic form's gradient has the inverse on both sides; squared on one side is wrong."""
    x, h = np.array([1.0, -2.0]), 1e-6
    outer = np.outer(x, x)
    found = np.empty((2, 2))
    for i, j in itertools.product(range(2), repeat=2):
        step = np.zeros((2, 2))
        step[i, j] = h
        found[i, j] = (
            x @ np.linalg.inv(_SIGMA + step) @ x - x @ np.linalg.inv(_SIGMA - step) @ x
        ) / (2 * h)
    inverse = np.linalg.inv(_SIGMA)
    right = float(np.max(abs(found + inverse @ outer @ inverse)))
    wrong = float(np.max(abs(found + outer @ inverse @ inverse)))
    return Evidence(
        right < 1e-6 and wrong > 0.1, {"sandwich off by": right, "squared off by": wrong}
    )


def covariance_is_stationary() -> Evidence:
    """Q's slope in every direction of the covariance is 0 at the weighted outer products."""
    rows = baskets(0).rows
    shares = after(rows, 0, [0.4, 0.6], [[140, 12], [170, 34]], [9 * np.eye(2)] * 2).predict_proba(
        rows
    )
    mean = np.average(rows, axis=0, weights=shares[:, 0])
    best = np.cov(rows.T, aweights=shares[:, 0], bias=True)

    def q(t: float, step: np.ndarray) -> float:
        return float(shares[:, 0] @ multivariate_normal.logpdf(rows, mean, best + t * step))

    steps = (np.diag([1.0, 0.0]), np.diag([0.0, 1.0]), np.array([[0.0, 1.0], [1.0, 0.0]]))
    slopes = [_slope(lambda t, s=step: q(t, s), 0.0) for step in steps]
    off = _slope(lambda t: q(t, steps[0]), 3.0)
    most = float(np.max(np.abs(slopes)))
    return Evidence(most < 1e-4 < abs(off), {"largest slope": most, "slope beside": off})


def bound_is_below_and_touches() -> Evidence:
    """Jensen's bound lies below the likelihood everywhere and on it where it was made."""
    entropy = -float(np.sum(_SHARES * np.log(_SHARES)))
    gaps = []
    for mean in np.linspace(130.0, 160.0, 61):
        logs = _LOGS.copy()
        logs[:, 0] = np.log(0.4) + norm.logpdf(_X, mean, 5.0)
        gaps.append(
            float(np.sum(logsumexp(logs, axis=1) - np.sum(_SHARES * logs, axis=1)) - entropy)
        )
    here = gaps[20]  # 140, where the responsibilities are from
    return Evidence(
        min(gaps) > -1e-9 and abs(here) < 1e-9, {"gap here": here, "largest gap": max(gaps)}
    )


def gap_is_divergence() -> Evidence:
    """What lies between the likelihood and a bound is the divergence from the posterior."""
    other = np.array([0.7, 0.3])
    bound = float(np.sum(other * (_LOGS[2] - np.log(other))))
    gap = float(logsumexp(_LOGS[2])) - bound
    divergence = float(np.sum(other * np.log(other / _SHARES[2])))
    return same(gap, divergence, 1e-12, ("log p - bound", "KL(q || posterior)"))


def likelihood_never_falls() -> Evidence:
    """Thirty steps from a poor start; the smallest gain."""
    rows = baskets(0).rows
    start = ([0.5, 0.5], [[150, 30], [152, 20]], [100 * np.eye(2)] * 2)
    heard = [after(rows, t, *start).score(rows) for t in range(30)]
    least = float(np.min(np.diff(heard)))
    return Evidence(least >= -1e-12 and heard[-1] > heard[0] + 0.5, {"least gain": least})


def limits_are_stationary() -> Evidence:
    """Where EM stops, the likelihood's slope is 0; a saddle is such a place too."""
    x = cake_shop(0).rows[:, 0]
    model = finished(x[:, None], 2, tol=0.0, max_iter=3000, reg_covar=0.0)
    order = np.argsort(model.means_[:, 0])
    weights, means = model.weights_[order], model.means_[order, 0]
    sds = np.sqrt(model.covariances_[order].ravel())
    slope = _slope(lambda t: _score(x, weights, [means[0] + t, means[1]], sds), 0.0, 1e-4)
    off = _slope(lambda t: _score(x, weights, [means[0] + t, means[1]], sds), 1.0, 1e-4)
    saddle = after(x[:, None], 50, [0.5, 0.5], [x.mean()] * 2, [[[x.var()]]] * 2)
    stuck = abs(float(np.diff(saddle.means_.ravel())[0]))
    held = abs(slope) < 1e-5 < 1e-3 < abs(off) and stuck < 1e-9
    numbers = {"slope at the limit": slope, "slope beside": off, "equal starts part by": stuck}
    return Evidence(held, numbers)


def likelihood_is_unbounded() -> Evidence:
    """A bell on one customer, ever thinner: each factor 10 adds the same again, for ever."""
    x = cake_shop(0).rows[:, 0]
    found = [
        _score(x, [0.98, 0.02], [x.mean(), x[0]], [x.std(), 10.0**e]) for e in (-4, -8, -12, -100)
    ]
    gains = np.diff(found)
    held = np.allclose(gains[:2], math.log(1e4) / 200, atol=1e-6) and gains[2] > 0.5
    return Evidence(
        bool(held), {"log L/N, σ=1e-4": found[0], "σ=1e-12": found[2], "σ=1e-100": found[3]}
    )


def stationary_equations_are_coupled() -> Evidence:
    """The gradient is easy: it equals Q's; but its root moves when it is followed."""
    mean = 141.0

    def both(t: float) -> float:
        logs = _LOGS.copy()
        logs[:, 0] = np.log(0.4) + norm.logpdf(_X, t, 5.0)
        return float(np.sum(logsumexp(logs, axis=1)))

    logs = _LOGS.copy()
    logs[:, 0] = np.log(0.4) + norm.logpdf(_X, mean, 5.0)
    shares = np.exp(logs - logsumexp(logs, axis=1, keepdims=True))[:, 0]
    slope, easy = _slope(both, mean), float(shares @ (_X - mean) / 25.0)
    solved = float(np.average(_X, weights=shares))
    moved = _slope(both, solved)
    held = math.isclose(slope, easy, rel_tol=1e-6) and abs(moved) > 1e-6
    return Evidence(held, {"dL/dμ": slope, "∑ r (x-μ)/σ²": easy, "dL/dμ after solving": moved})


def _labellings() -> list[tuple[int, ...]]:
    return list(itertools.product(range(2), repeat=5))


def _posterior() -> np.ndarray:
    logs = np.array([sum(_LOGS[range(5), z]) for z in _labellings()])
    return np.exp(logs - logsumexp(logs))


def _slope(function: Any, at: float, h: float = 1e-5) -> float:
    return (function(at + h) - function(at - h)) / (2 * h)


def _score(x: np.ndarray, weights: list, means: list, sds: list) -> float:
    logs = [math.log(w) + norm.logpdf(x, m, s) for w, m, s in zip(weights, means, sds, strict=True)]
    return float(np.mean(logsumexp(logs, axis=0)))
