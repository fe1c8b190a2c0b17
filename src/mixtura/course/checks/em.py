"""Lesson 3: what the E-step and the M-step compute, and what they are taken for."""

from __future__ import annotations

import math

import numpy as np
from scipy.special import logsumexp
from scipy.stats import norm

from mixtura.course.data import cake_shop
from mixtura.course.evidence import Evidence, same
from mixtura.course.fits import after

__all__ = [
    "e_step_is_bayes",
    "log_sum_exp_is_exact",
    "m_step_mean_is_average",
    "m_step_weights_sum",
    "old_mean_is_another_step",
    "outer_product_not_square",
    "plain_densities_underflow",
    "variance_is_about_new_mean",
]

_START = ([0.5, 0.5], [145.0, 165.0], [[[100.0]], [[100.0]]])


def e_step_is_bayes() -> Evidence:
    """The responsibility equals the share of pupils among many simulated customers near 150."""
    random = np.random.default_rng(0)
    pupil = random.random(2_000_000) < 0.5
    heights = random.normal(np.where(pupil, 145.0, 165.0), 10.0)
    near = np.abs(heights - 150.0) < 0.25
    model = after(np.linspace(130.0, 180.0, 50)[:, None], 0, *_START)
    counted, said = float(np.mean(pupil[near])), float(model.predict_proba([[150.0]])[0, 0])
    return Evidence(abs(counted - said) < 0.012, {"r(150)": said, "counted": counted})


def m_step_mean_is_average() -> Evidence:
    """The new mean is the average of all rows, weighted by responsibility."""
    rows, shares = _shop()
    expected = float(np.average(rows[:, 0], weights=shares[:, 0]))
    return same(float(after(rows, 1, *_START).means_[0, 0]), expected, 1e-10, ("EM", "average"))


def m_step_weights_sum() -> Evidence:
    """The new weight is the mean responsibility, and the weights sum to 1."""
    rows, shares = _shop()
    weights = after(rows, 1, *_START).weights_
    held = np.allclose(weights, shares.mean(axis=0), rtol=1e-10) and abs(weights.sum() - 1) < 1e-12
    return Evidence(bool(held), {"π₁": float(weights[0]), "N₁/N": float(shares[:, 0].mean())})


def variance_is_about_new_mean() -> Evidence:
    """The M-step's variance is taken about the mean that was just computed."""
    rows, shares = _shop()
    new = float(np.average(rows[:, 0], weights=shares[:, 0]))
    expected = float(np.average((rows[:, 0] - new) ** 2, weights=shares[:, 0]))
    found = float(after(rows, 1, *_START).covariances_[0].item())
    return same(found, expected, 1e-9, ("EM", "about μ new"))


def old_mean_is_another_step() -> Evidence:
    """About the old mean the variance is larger, by the square of the mean's step exactly."""
    rows, shares = _shop()
    new = float(np.average(rows[:, 0], weights=shares[:, 0]))
    about_old = float(np.average((rows[:, 0] - 145.0) ** 2, weights=shares[:, 0]))
    about_new = float(np.average((rows[:, 0] - new) ** 2, weights=shares[:, 0]))
    step = (new - 145.0) ** 2
    heard, end = _with_old_means(rows[:, 0], 400)
    em = after(rows, 400, *_START).means_.ravel()
    held = step > 1e-3 and math.isclose(about_old, about_new + step, rel_tol=1e-10)
    held = held and float(np.min(np.diff(heard))) > -1e-12 and np.allclose(end, em, atol=1e-5)
    numbers = {
        "old": about_old,
        "new": about_new,
        "(Δμ)²": step,
        "ends differ by": float(max(abs(end - em))),
    }
    return Evidence(bool(held), numbers)


def outer_product_not_square() -> Evidence:
    """Squares element by element lose every covariance; the outer product keeps it."""
    random = np.random.default_rng(1)
    rows = random.multivariate_normal([0.0, 0.0], [[3.0, 1.5], [1.5, 2.0]], 50_000)
    outer = np.einsum("ni,nj->ij", rows, rows) / len(rows)
    squares = np.mean(rows**2, axis=0)  # a vector: no room for a covariance
    held = squares.shape == (2,) and abs(outer[0, 1] - 1.5) < 0.05
    return Evidence(bool(held), {"Σ₁₂": float(outer[0, 1]), "numbers in (x-μ)²": squares.size})


def plain_densities_underflow() -> Evidence:
    """A customer of 600 cm has density 0 twice, and 0/0; in logarithms all is well."""
    plain = np.array([norm.pdf(600.0, 145.0, 10.0), norm.pdf(600.0, 165.0, 10.0)])
    logs = np.array([norm.logpdf(600.0, 145.0, 10.0), norm.logpdf(600.0, 165.0, 10.0)])
    share = math.exp(logs[0] - logsumexp(logs))
    model = after(np.linspace(130.0, 180.0, 50)[:, None], 0, *_START)
    said = float(model.predict_proba([[600.0]])[0, 0])
    held = plain.sum() == 0.0 and math.isclose(share, said, rel_tol=1e-9) and share > 0.0
    return Evidence(held, {"p(600)": float(plain.sum()), "r(600)": share})


def log_sum_exp_is_exact() -> Evidence:
    """Taking the largest out changes nothing but the rounding."""
    logs = np.array([-3.0, -5.5, -4.2])
    top = logs.max()
    return same(
        float(np.log(np.exp(logs).sum())), float(top + np.log(np.exp(logs - top).sum())), 1e-12
    )


def _with_old_means(x: np.ndarray, turns: int) -> tuple[list[float], np.ndarray]:
    """Log-likelihoods and last means when variances are taken about the means of before."""
    weights, means, variances = np.full(2, 0.5), np.array([145.0, 165.0]), np.full(2, 100.0)
    heard = []
    for _ in range(turns):
        joint = np.log(weights) + norm.logpdf(x[:, None], means, np.sqrt(variances))
        heard.append(float(np.mean(logsumexp(joint, axis=1))))
        shares = np.exp(joint - logsumexp(joint, axis=1, keepdims=True))
        counts = shares.sum(axis=0)
        variances = np.sum(shares * (x[:, None] - means) ** 2, axis=0) / counts
        weights, means = counts / len(x), x @ shares / counts
    return heard, means


def _shop() -> tuple[np.ndarray, np.ndarray]:
    rows = cake_shop(0).rows
    return rows, after(rows, 0, *_START).predict_proba(rows)
