"""Beat EM: ten turns from the same bad clump, your edit against four iterations."""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

import numpy as np

from mixtura import GaussianMixture
from mixtura.course.fits import after
from mixtura.studio import traces
from mixtura.studio.stage import read_edit

__all__ = ["ROUNDS", "TURNS", "Round", "Verdict", "changed", "deal", "judge", "read"]

ROUNDS = 1
TURNS = 10
_ITERATIONS = 4  # of EM in a turn
_K = 3
_COLLAPSED = 1e-3  # of the median smallest eigenvalue


class Round(NamedTuple):
    """What both sides begin with; a mixture is weights, means and covariances [xx, xy, yy]."""

    points: np.ndarray  # (n, 2), to see
    held_out: np.ndarray  # (m, 2), to be judged by
    start: dict[str, Any]
    truth: dict[str, Any]
    rival: tuple[dict[str, Any], ...]  # EM after each turn


class Verdict(NamedTuple):
    """Points, and the course of the match."""

    points: float
    you: tuple[float, ...]  # share of the gap closed on held-out points, after each turn
    rival: tuple[float, ...]
    ahead: int  # turns in which you were ahead
    collapsed: bool  # whether an ellipse was shrunk onto a point


@cache
def deal(seed: int, number: int) -> Round:
    """The match of a seed."""
    random = np.random.default_rng([seed, number])
    truth = _truth(random)
    points, held_out = _sample(random, truth, 150), _sample(random, truth, 600)
    start = _clump(random, points)
    return Round(points, held_out, start, truth, _rival(points, start))


def read(dealt: Round, value: Any) -> list[dict[str, Any]]:
    """At most ten mixtures, each another than the one before in one component at most."""
    if not isinstance(value, list) or not 1 <= len(value) <= TURNS:
        raise ValueError("turns")
    turns = [read_edit({"points": None, "start": each, "iterations": 0}).start for each in value]
    mixtures = [turn for turn in turns if turn is not None and len(turn["weights"]) == _K]
    if len(mixtures) != len(value):
        raise ValueError("mixture")
    for before, now in zip([dealt.start, *mixtures], mixtures, strict=False):
        if len(changed(before, now)) > 1:
            raise ValueError("more than one edit")
    return mixtures


def changed(before: dict[str, Any], now: dict[str, Any]) -> list[int]:
    """The components whose mean or covariance is another."""
    return [
        j
        for j in range(len(before["means"]))
        if not np.allclose(before["means"][j], now["means"][j], rtol=1e-6, atol=1e-9)
        or not np.allclose(before["covariances"][j], now["covariances"][j], rtol=1e-6, atol=1e-9)
    ]


def judge(dealt: Round, turns: list[dict[str, Any]]) -> Verdict:
    """70 times the gap closed at the end, and 30 times the share of turns ahead.

    The gap is that between the start and the mixture that made the points, in log-likelihood of
    held-out points. Turns not played count as passed.
    """
    bottom, top = _score(dealt, dealt.start), _score(dealt, dealt.truth)

    def closed(mixture: dict[str, Any]) -> float:
        return float(np.clip((_score(dealt, mixture) - bottom) / (top - bottom), 0.0, 1.0))

    you = tuple(closed(turn) for turn in turns)
    rival = tuple(closed(each) for each in dealt.rival)
    played = [*you, *[you[-1]] * (TURNS - len(you))]
    ahead = sum(mine > other for mine, other in zip(played, rival, strict=True))
    points = 70.0 * played[-1] + 30.0 * ahead / TURNS
    return Verdict(points, you, rival, ahead, any(map(_collapsed, turns)))


def _collapsed(mixture: dict[str, Any]) -> bool:
    least = np.linalg.eigvalsh(_matrices(mixture))[:, 0]
    return bool(least.min() < _COLLAPSED * np.median(least))


def _score(dealt: Round, mixture: dict[str, Any]) -> float:
    """Mean log-likelihood of the held-out points."""
    fixed = after(dealt.points, 0, mixture["weights"], mixture["means"], _matrices(mixture))
    return float(fixed.score(dealt.held_out))


def _matrices(mixture: dict[str, Any]) -> np.ndarray:
    return np.array([[[xx, xy], [xy, yy]] for xx, xy, yy in mixture["covariances"]])


def _rival(points: np.ndarray, start: dict[str, Any]) -> tuple[dict[str, Any], ...]:
    estimator = GaussianMixture(
        _K,
        tol=0.0,
        max_iter=TURNS * _ITERATIONS,
        random_state=0,
        weights_init=start["weights"],
        means_init=start["means"],
        precisions_init=np.linalg.inv(_matrices(start)),
    )
    steps = [traces.as_json("full", step.parameters) for step in traces.run(estimator, points)]
    return tuple(steps[min(_ITERATIONS * turn, len(steps) - 1)] for turn in range(1, TURNS + 1))


def _clump(random: np.random.Generator, points: np.ndarray) -> dict[str, Any]:
    """All components in the middle, wide and nearly the same: EM takes long to tell them apart."""
    (xx, xy), (_, yy) = np.cov(points.T)
    nudges = 0.04 * np.sqrt([xx, yy]) * random.standard_normal((_K, 2))
    return {
        "weights": [1 / _K] * _K,
        "means": (points.mean(axis=0) + nudges).tolist(),
        "covariances": [[float(xx), float(xy), float(yy)]] * _K,
    }


def _truth(random: np.random.Generator) -> dict[str, Any]:
    """Three clouds of different shapes on a circle."""
    angles = random.uniform(0, 2 * np.pi) + 2 * np.pi * np.arange(_K) / _K
    angles = angles + random.uniform(-0.3, 0.3, _K)
    radii = random.uniform(3.0, 4.5, _K)
    tilts, lengths = random.uniform(0, np.pi, _K), random.uniform(0.8, 1.8, _K)
    covariances = []
    for tilt, length in zip(tilts, lengths, strict=True):
        turn = np.array([[np.cos(tilt), -np.sin(tilt)], [np.sin(tilt), np.cos(tilt)]])
        matrix = turn @ np.diag([length**2, 0.6**2]) @ turn.T
        covariances.append([matrix[0, 0], matrix[0, 1], matrix[1, 1]])
    return {
        "weights": random.dirichlet(np.full(_K, 8.0)).tolist(),
        "means": (radii[:, None] * np.c_[np.cos(angles), np.sin(angles)]).tolist(),
        "covariances": covariances,
    }


def _sample(random: np.random.Generator, mixture: dict[str, Any], n: int) -> np.ndarray:
    groups = random.choice(_K, size=n, p=mixture["weights"])
    factors = np.linalg.cholesky(_matrices(mixture))
    noise = random.standard_normal((n, 2))
    return np.array(mixture["means"])[groups] + np.einsum("nij,nj->ni", factors[groups], noise)
