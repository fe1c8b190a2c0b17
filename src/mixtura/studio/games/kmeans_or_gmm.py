"""K-Means or GMM: the simplest method that does as well as any, and by how much it matters."""

from __future__ import annotations

import warnings
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score

from mixtura import GaussianMixture
from mixtura.studio.games.answers import numbers, one_of

__all__ = ["METHODS", "REASONS", "ROUNDS", "Round", "Score", "Verdict", "deal", "judge", "read"]

ROUNDS = 3
METHODS = ("kmeans", "spherical", "diag", "tied", "full")
"""K-Means and the four families, from simple to rich."""

REASONS = ("none", "sizes", "shape", "start")
"""Why K-Means is not enough: it is; unequal spread; long shapes; a start that went wrong."""

_ENOUGH = 0.02  # of ARI
_BLIND = 0.25  # a guess of the gap that is this far off earns nothing


class Score(NamedTuple):
    """A method's ARI against the true groups: as it is usually begun, and begun at the truth."""

    usual: float
    informed: float
    wrong_start: bool  # begun at the truth it is better, by its own objective too


class Round(NamedTuple):
    """Points with their true groups, which are not shown, and how every method does on them."""

    points: np.ndarray  # (n, 2)
    groups: np.ndarray  # (n,)
    reason: str  # of `REASONS`
    scores: dict[str, Score]


class Verdict(NamedTuple):
    """Points, and what was to be said."""

    points: float
    simplest: str  # the method that was to be picked
    gap: float  # the best method's ARI less that of K-Means
    reason: str


@cache
def deal(seed: int, number: int) -> Round:
    """Round `number`, from 0; the reasons take turns, in an order of the seed's."""
    random = np.random.default_rng([seed, number])
    reason = REASONS[(seed + number) % len(REASONS)]
    while True:
        points, groups = _MAKE[reason](random)
        turn = _rotation(random.uniform(0.2, 1.3))
        dealt = Round(points @ turn.T, groups, reason, {})
        dealt = dealt._replace(scores={name: _score(name, dealt, random) for name in METHODS})
        if _is_telling(dealt):
            return dealt


def read(dealt: Round, value: Any) -> tuple[str, float, str]:
    """A method, a gap from 0 to 1, and a reason."""
    if not isinstance(value, list) or len(value) != 3:
        raise ValueError("answer")
    gap = float(numbers(value[1], (), 0.0, 1.0))
    return one_of(value[0], METHODS), gap, one_of(value[2], REASONS)


def judge(dealt: Round, answer: tuple[str, float, str]) -> Verdict:
    """60 for the simplest method within 0.02 ARI of the best, 25 for the gap, 15 for why."""
    method, guess, why = answer
    best, gap = _best(dealt)
    simplest = next(name for name in METHODS if dealt.scores[name].usual >= best - _ENOUGH)
    points = 60.0 * (method == simplest)
    points += 25.0 * max(0.0, 1.0 - abs(guess - gap) / _BLIND)
    points += 15.0 * (why == dealt.reason)
    return Verdict(points, simplest, gap, dealt.reason)


def _best(dealt: Round) -> tuple[float, float]:
    best = max(score.usual for score in dealt.scores.values())
    return best, best - dealt.scores["kmeans"].usual


def _is_telling(dealt: Round) -> bool:
    """Whether the instance shows what it was made for."""
    gap = _best(dealt)[1]
    lost = dealt.scores["kmeans"].wrong_start
    return {
        "none": gap <= _ENOUGH,
        "start": gap > 0.05 and lost,
    }.get(dealt.reason, gap > 0.05 and not lost)


def _score(name: str, dealt: Round, random: np.random.Generator) -> Score:
    x, k = dealt.points, int(dealt.groups.max()) + 1
    seed = int(random.integers(1000))
    if name == "kmeans":
        centres = np.array([x[dealt.groups == j].mean(axis=0) for j in range(k)])
        usual = KMeans(k, init="random", n_init=1, random_state=seed).fit(x)
        informed = KMeans(k, init=centres, n_init=1).fit(x)
        better = informed.inertia_ < usual.inertia_
    else:
        settings: dict[str, Any] = {"covariance_type": name, "random_state": seed, "max_iter": 200}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # not converged is good enough to compare
            usual = GaussianMixture(k, **settings).fit(x)
            informed = GaussianMixture(k, init_params=dealt.groups, **settings).fit(x)
        better = informed.lower_bound_ > usual.lower_bound_
    before = float(adjusted_rand_score(dealt.groups, usual.predict(x)))
    after = float(adjusted_rand_score(dealt.groups, informed.predict(x)))
    return Score(before, after, bool(better and after > before + _ENOUGH))


def _rotation(angle: float) -> np.ndarray:
    return np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])


def _round(random: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Three round clouds of one size."""
    corners = 5.0 * np.array([[0.0, 0.0], [1.0, 0.0], [0.5, 0.75**0.5]])
    groups = np.repeat([0, 1, 2], 80)
    return corners[groups] + random.standard_normal((240, 2)), groups


def _sizes(random: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """A wide crowd beside a small one."""
    centres = np.array([[0.0, 0.0], [random.uniform(4.2, 5.0), 0.0]])
    groups = np.repeat([0, 1], [180, 60])
    spreads = np.array([random.uniform(1.6, 2.0), 0.4])[groups]
    return centres[groups] + spreads[:, None] * random.standard_normal((240, 2)), groups


def _long(random: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Two long clouds side by side."""
    groups = np.repeat([0, 1], 120)
    flat = random.standard_normal((240, 2)) * [random.uniform(1.9, 2.6), 0.5]
    flat[:, 1] += random.uniform(2.4, 3.0) * groups
    return flat, groups


def _many(random: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Five round clouds, of which a careless start misses one."""
    angles = 2 * np.pi * np.arange(5) / 5
    groups = np.repeat(np.arange(5), 48)
    centres = random.uniform(5.5, 6.5) * np.c_[np.cos(angles), np.sin(angles)]
    return centres[groups] + random.standard_normal((240, 2)), groups


_MAKE = {"none": _round, "sizes": _sizes, "shape": _long, "start": _many}
