"""Lesson 4: a lower bound that touches the likelihood, and a likelihood without a top."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.special import logsumexp
from scipy.stats import norm

from mixtura.course.stage import Stage
from mixtura.plot import style

__all__ = ["bound_that_touches", "spike_without_top"]

_MEANS = np.linspace(125.0, 165.0, 401)


def bound_that_touches(stage: Stage, step: int, begin: float) -> dict[str, Any]:
    """The likelihood over the pupils' mean, and the bound made at the present one."""
    ax = stage.axes()
    x = stage.rows[:, 0]
    likelihood = np.array([_log_likelihood(x, mean) for mean in _MEANS])
    here = begin
    heights = [_log_likelihood(x, here)]
    for _ in range(int(step)):
        here = _next(x, here)
        heights.append(_log_likelihood(x, here))
    shares = _shares(x, here)
    bound = np.array([_bound(x, mean, shares) for mean in _MEANS])
    ax.plot(_MEANS, likelihood, color=style.INK, linewidth=2)
    ax.plot(_MEANS, bound, color=style.line_colour(1), linestyle="--", linewidth=1.6)
    ax.plot(here, heights[-1], "o", color=style.COLOURS[3], markersize=8)
    to = _next(x, here)
    ax.plot(to, _bound(x, to, shares), "^", color=style.line_colour(1), markersize=8)
    ax.set_ylim(likelihood.min() - 0.1, likelihood.max() + 0.1)
    stage.dress(ax, "first-mean", "likelihood")
    return {
        "gap-here": _log_likelihood(x, here) - _bound(x, here, shares),
        "least-gap": np.min(likelihood - bound),
        "least-gain": np.min(np.diff([*heights, _log_likelihood(x, to)])),
    }


def spike_without_top(stage: Stage, exponent: float) -> dict[str, Any]:
    """One bell stands on a single customer and grows thin: the likelihood has no top."""
    ax, curve = stage.axes(1, 2, width_ratios=[3, 2])
    x, on = stage.rows[:, 0], float(stage.rows[0, 0])
    exponents = np.linspace(1.0, -6.0, 57)
    found = np.array([_with_spike(x, on, 10.0**e) for e in exponents])
    at = np.sort(np.append(np.linspace(115.0, 205.0, 1801), on))
    stage.histogram(ax, x)
    ax.plot(at, 0.98 * norm.pdf(at, x.mean(), x.std()) + 0.02 * norm.pdf(at, on, 10.0**exponent))
    ax.set_ylim(0, 0.06)
    curve.plot(exponents, found, color=style.QUIET)
    curve.plot(exponent, _with_spike(x, on, 10.0**exponent), "o", color=style.COLOURS[3])
    curve.invert_xaxis()
    stage.dress(ax, "height", "density")
    stage.dress(curve, "log-sd", "likelihood")
    return {"thin": found[-1], "less-thin": found[28], "here": _with_spike(x, on, 10.0**exponent)}


def _joint(x: np.ndarray, mean: float) -> np.ndarray:
    """Log joint densities (n, 2) with all but the pupils' mean at the truth."""
    return np.column_stack([
        np.log(0.4) + norm.logpdf(x, mean, 5.0),
        np.log(0.6) + norm.logpdf(x, 170.0, 8.0),
    ])  # fmt: skip


def _shares(x: np.ndarray, mean: float) -> np.ndarray:
    joint = _joint(x, mean)
    return np.exp(joint - logsumexp(joint, axis=1, keepdims=True))


def _log_likelihood(x: np.ndarray, mean: float) -> float:
    return float(np.mean(logsumexp(_joint(x, mean), axis=1)))


def _bound(x: np.ndarray, mean: float, shares: np.ndarray) -> float:
    """Expected complete log-likelihood plus entropy, a row."""
    entropy = -np.sum(shares * np.log(np.maximum(shares, 1e-300)), axis=1)
    return float(np.mean(np.sum(shares * _joint(x, mean), axis=1) + entropy))


def _next(x: np.ndarray, mean: float) -> float:
    return float(np.average(x, weights=_shares(x, mean)[:, 0]))


def _with_spike(x: np.ndarray, on: float, sd: float) -> float:
    """Mean log-likelihood of one wide bell, and one of 2 % that stands on a customer."""
    wide = np.log(0.98) + norm.logpdf(x, x.mean(), x.std())
    return float(np.mean(np.logaddexp(wide, np.log(0.02) + norm.logpdf(x, on, sd))))
