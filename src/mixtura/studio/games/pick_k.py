"""Pick k: how many clouds are there, how sure are you, and who agrees?"""

from __future__ import annotations

import warnings
from functools import cache
from typing import Any, NamedTuple

import numpy as np

from mixtura import GaussianMixture
from mixtura.studio.games.answers import numbers

__all__ = ["MOST", "ROUNDS", "Curves", "Round", "Verdict", "curves", "deal", "judge", "read"]

ROUNDS = 3
MOST = 8
_SEPARATIONS = (3.5, 3.5, 2.5)  # between neighbours, in standard deviations; the last is hard
_SIZE = 60  # points in a cloud


class Round(NamedTuple):
    """Points without labels, and what made them."""

    points: np.ndarray  # (n, 2)
    truth: int
    separation: float
    held_out: np.ndarray  # (m, 2) from the same clouds
    key: tuple[int, int]


class Curves(NamedTuple):
    """What three judges say of k = 1 ... 8, each (8,); BIC and AIC smaller is better."""

    bic: np.ndarray
    aic: np.ndarray
    held_out: np.ndarray  # mean log-likelihood, larger is better


class Verdict(NamedTuple):
    """Points, the judges, and what each of them picks."""

    points: float
    curves: Curves
    excess: float  # BIC of the choice over the best
    brier: float  # (confidence - whether BIC agrees) squared
    picks: dict[str, int]  # "bic", "aic", "held-out", "truth"


@cache
def deal(seed: int, number: int) -> Round:
    """Round `number`, from 0."""
    random = np.random.default_rng([seed, number])
    separation = _SEPARATIONS[number]
    truth = int(random.integers(2, 6))
    centres = _centres(random, truth, separation)

    def sample(size: int) -> np.ndarray:
        return np.repeat(centres, size, axis=0) + random.standard_normal((truth * size, 2))

    return Round(sample(_SIZE), truth, separation, sample(400), (seed, number))


def read(dealt: Round, value: Any) -> tuple[int, float]:
    """K from 1 to 8 and a confidence from 0 to 1."""
    k, confidence = numbers(value, (2,), 0.0, MOST)
    if not (1 <= k == int(k) and confidence <= 1.0):
        raise ValueError("k")
    return int(k), float(confidence)


def judge(dealt: Round, answer: tuple[int, float]) -> Verdict:
    """80 exp(-excess of BIC / 10) + 20 (1 - Brier score of the confidence)."""
    k, confidence = answer
    found = curves(*dealt.key)
    picks = {
        "bic": int(np.argmin(found.bic)) + 1,
        "aic": int(np.argmin(found.aic)) + 1,
        "held-out": int(np.argmax(found.held_out)) + 1,
        "truth": dealt.truth,
    }
    excess = float(found.bic[k - 1] - found.bic.min())
    brier = (confidence - (k == picks["bic"])) ** 2
    points = 80.0 * np.exp(-excess / 10.0) + 20.0 * (1.0 - brier)
    return Verdict(float(points), found, excess, brier, picks)


@cache
def curves(seed: int, number: int) -> Curves:
    """BIC, AIC and held-out likelihood of the fits with 1 to 8 round components."""
    dealt = deal(seed, number)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # too many components may well collapse
        fits = [
            GaussianMixture(k, covariance_type="spherical", random_state=0).fit(dealt.points)
            for k in range(1, MOST + 1)
        ]
    return Curves(
        np.array([fit.bic(dealt.points) for fit in fits]),
        np.array([fit.aic(dealt.points) for fit in fits]),
        np.array([fit.score(dealt.held_out) for fit in fits]),
    )


def _centres(random: np.random.Generator, k: int, separation: float) -> np.ndarray:
    """Centres (k, 2), the nearest neighbour of each about `separation` away."""
    centres = [np.zeros(2)]
    while len(centres) < k:
        angle = random.uniform(0.0, 2.0 * np.pi)
        step = separation * np.array([np.cos(angle), np.sin(angle)])
        new = centres[random.integers(len(centres))] + step
        if min(np.linalg.norm(new - old) for old in centres) > 0.999 * separation:
            centres.append(new)
    return np.array(centres)
