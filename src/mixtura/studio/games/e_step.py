"""Be the E-step: share a customer out among the curves, and see how close it was."""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

import numpy as np

from mixtura.course.fits import after
from mixtura.studio.games.answers import numbers

__all__ = ["ROUNDS", "Round", "Verdict", "deal", "judge", "read"]

ROUNDS = 5
_COMPONENTS = (2, 2, 2, 2, 3)  # of each round
_CLIP = 0.01
_HALF_LIFE = 0.05  # nats of divergence that halve the points
# The largest share of a round, so that an error of 0.05 earns about 90, one of 0.1 about 73, and
# equal shares always about 35.
_LARGEST = (0.63, 0.8)
_LEAST = 0.08


class Round(NamedTuple):
    """A customer and the curves that may claim them."""

    height: float  # cm
    weights: np.ndarray  # (k,)
    means: np.ndarray  # (k,), cm, from left to right
    spreads: np.ndarray  # (k,), cm


class Verdict(NamedTuple):
    """Points, and the arithmetic behind the right answer."""

    points: float
    joint: np.ndarray  # (k,) weight times density
    right: np.ndarray  # (k,) responsibilities
    divergence: float  # KL(right || given), nats


@cache
def deal(seed: int, number: int) -> Round:
    """Round `number`, from 0."""
    random = np.random.default_rng([seed, number])
    k = _COMPONENTS[number]
    while True:
        means = 140.0 + 15.0 * np.arange(k) + random.uniform(-4.0, 4.0, k)
        spreads = random.uniform(5.0, 11.0, k)
        weights = random.dirichlet(np.full(k, 6.0))
        height = float(np.round(random.uniform(means[0] - 8.0, means[-1] + 8.0)))
        dealt = Round(height, weights.round(2), means.round(), spreads.round())
        dealt = dealt._replace(weights=dealt.weights / dealt.weights.sum())
        shares = _responsibilities(dealt)
        if shares.min() > _LEAST and _LARGEST[0] < shares.max() < _LARGEST[1]:
            return dealt


def read(dealt: Round, value: Any) -> np.ndarray:
    """Shares (k,) that sum to 1; ValueError if `value` is nothing of the sort."""
    shares = numbers(value, (len(dealt.means),), 0.0, 1e6)
    if not shares.sum() > 0.0:
        raise ValueError("shares")
    return shares / shares.sum()


def judge(dealt: Round, given: np.ndarray) -> Verdict:
    """100 * 2^(-KL / 0.05), KL of the right shares from the given ones, (k,).

    Examples
    --------
    >>> dealt = deal(3, 0)
    >>> right = judge(dealt, read(dealt, [0.5, 0.5])).right
    >>> round(judge(dealt, right).points)
    100
    """
    right = _responsibilities(dealt)
    clipped = np.clip(given, _CLIP, 1.0 - _CLIP)
    clipped = clipped / clipped.sum()
    divergence = float(np.sum(right * np.log(right / clipped)))
    points = 100.0 * 2.0 ** (-max(divergence, 0.0) / _HALF_LIFE)
    density = np.exp(_mixture(dealt).score_samples([[dealt.height]])[0])
    return Verdict(points, right * density, right, divergence)


def _responsibilities(dealt: Round) -> np.ndarray:
    return _mixture(dealt).predict_proba([[dealt.height]])[0]


def _mixture(dealt: Round) -> Any:
    covariances = (dealt.spreads**2)[:, None, None]
    rows = np.linspace(100.0, 220.0, 50)[:, None]  # none of them is used: no step is made
    return after(rows, 0, dealt.weights, dealt.means, covariances)
