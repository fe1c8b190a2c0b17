"""Spot the degenerate component: four runs of EM, one of them sick; which, why, and what helps?"""

from __future__ import annotations

import warnings
from functools import cache
from typing import Any, NamedTuple

import numpy as np

from mixtura import GaussianMixture
from mixtura.covariance import COVARIANCES, Parameters
from mixtura.em import Step, scored
from mixtura.estimators.opening import open_rows
from mixtura.estimators.problem import pose
from mixtura.studio.games.answers import one_of

__all__ = [
    "ILLS",
    "REMEDIES",
    "ROUNDS",
    "RUNS",
    "Health",
    "Round",
    "Run",
    "Verdict",
    "deal",
    "examine",
    "judge",
    "read",
    "treated",
]

ROUNDS = 3
RUNS = 4
ILLS = ("collapsed", "starved", "twinned")
REMEDIES = ("floor", "restart", "fewer", "longer")
"""A floor under the variances; another start; a component less; more iterations."""

_K = 3
_ITERATIONS = 30
_TINY = 1e-9  # added to variances, so that a collapsed run can be shown at all


class Run(NamedTuple):
    """A run of EM that nobody repairs."""

    weights: np.ndarray  # (k,)
    means: np.ndarray  # (k, 2)
    covariances: np.ndarray  # (k, 2, 2)
    trace: np.ndarray  # mean log-likelihood of every step


class Health(NamedTuple):
    """What tells a sick component, each (k,), and the verdict."""

    narrow: np.ndarray  # smallest eigenvalue over the median of them
    counts: np.ndarray  # N_k
    weights: np.ndarray
    twin: np.ndarray  # Hellinger distance to the nearest other component
    ills: tuple[str, ...]  # of `ILLS`


class Round(NamedTuple):
    """Points, four runs on them, and which is sick."""

    points: np.ndarray  # (n, 2)
    runs: tuple[Run, ...]
    health: tuple[Health, ...]
    sick: int
    start: Parameters  # of the sick run; its first component is the one
    key: tuple[int, int]


class Verdict(NamedTuple):
    """Points, and whether each remedy works when it is tried."""

    points: float
    found: bool
    why: bool
    helped: bool
    alarms: int  # healthy runs that were accused
    works: dict[str, bool]


@cache
def deal(seed: int, number: int) -> Round:
    """Round `number`, from 0; each has another illness, in an order of the seed's."""
    random = np.random.default_rng([seed, number])
    ill = ILLS[(seed + number) % len(ILLS)]
    while True:
        points = _points(random)
        sick = int(random.integers(RUNS))
        starts = [_healthy(random, points) for _ in range(RUNS)]
        starts[sick] = _SICK[ill](random, points)
        runs = tuple(_run(points, start, _ITERATIONS) for start in starts)
        health = tuple(examine(run, len(points)) for run in runs)
        if [h.ills for h in health] == [(ill,) if j == sick else () for j in range(RUNS)]:
            return Round(points, runs, health, sick, starts[sick], (seed, number))


def read(dealt: Round, value: Any) -> tuple[tuple[int, ...], str, str]:
    """The runs accused, from 0, an illness and a remedy."""
    if not isinstance(value, list) or len(value) != 3 or not isinstance(value[0], list):
        raise ValueError("answer")
    accused = tuple(sorted({one_of(run, range(RUNS)) for run in value[0]}))
    return accused, one_of(value[1], ILLS), one_of(value[2], REMEDIES)


def judge(dealt: Round, answer: tuple[tuple[int, ...], str, str]) -> Verdict:
    """40 for the sick run, 30 for its illness, 30 for a remedy that works, less 20 a false alarm.

    Illness and remedy count where the sick run is among the accused.
    """
    accused, ill, remedy = answer
    found = dealt.sick in accused
    works = treated(*dealt.key)
    why = found and ill in dealt.health[dealt.sick].ills
    helped = found and works[remedy]
    alarms = len(set(accused) - {dealt.sick})
    points = 40.0 * found + 30.0 * why + 30.0 * helped - 20.0 * alarms
    return Verdict(max(points, 0.0), found, why, helped, alarms, works)


def examine(run: Run, n: int) -> Health:
    """Collapsed: the smallest eigenvalue under 1e-3 of the median, or N_k < d + 1; starved: weight
    under 1/(2N); twinned: Hellinger distance under 0.1.

    A starved component is not called collapsed too.
    """
    d = run.means.shape[1]
    least = np.linalg.eigvalsh(run.covariances)[:, 0]
    narrow, counts, twin = least / np.median(least), n * run.weights, _twins(run)
    starved = run.weights < 1.0 / (2.0 * n)
    signs = {
        "collapsed": ((narrow < 1e-3) | (counts < d + 1)) & ~starved,
        "starved": starved,
        "twinned": (twin < 0.1) & ~starved,
    }
    ills = tuple(ill for ill, components in signs.items() if np.any(components))
    return Health(narrow, counts, run.weights, twin, ills)


@cache
def treated(seed: int, number: int) -> dict[str, bool]:
    """Whether each remedy leaves a healthy run, when the sick one is run again with it."""
    dealt = deal(seed, number)
    n = len(dealt.points)
    return {name: not examine(_TRY[name](dealt), n).ills for name in REMEDIES}


def _points(random: np.random.Generator) -> np.ndarray:
    """Three clouds around a circle."""
    angles = random.uniform(0, 2 * np.pi) + 2 * np.pi * np.arange(_K) / _K
    centres = random.uniform(3.0, 4.0) * np.c_[np.cos(angles), np.sin(angles)]
    noise = random.standard_normal((150, 2)) * random.uniform(0.6, 1.3, (_K, 2)).repeat(50, axis=0)
    return centres.repeat(50, axis=0) + noise


def _start(weights: Any, means: Any, covariances: Any) -> Parameters:
    family = COVARIANCES["full"]
    matrices = np.asarray(covariances, dtype=np.float64)
    return Parameters(np.array(weights), np.array(means), matrices, family.cholesky(matrices))


def _healthy(random: np.random.Generator, points: np.ndarray) -> Parameters:
    means = points[random.choice(len(points), _K, replace=False)]
    return _start(np.full(_K, 1 / _K), means, [0.3 * np.cov(points.T)] * _K)


def _on_a_point(random: np.random.Generator, points: np.ndarray) -> Parameters:
    """One component is so narrow that a single point is all it sees."""
    begun = _healthy(random, points)
    matrices = begun.covariances.copy()
    matrices[0] = 1e-4 * np.eye(2)
    return _start(begun.weights, begun.means, matrices)


def _far_away(random: np.random.Generator, points: np.ndarray) -> Parameters:
    """One component begins so far off that no point has heard of it."""
    begun = _healthy(random, points)
    means = begun.means.copy()
    means[0] = points.mean(axis=0) + 500.0
    return _start(begun.weights, means, begun.covariances)


def _alike(random: np.random.Generator, points: np.ndarray) -> Parameters:
    """Two components begin at the same place: nothing ever tells them apart."""
    begun = _healthy(random, points)
    means = begun.means.copy()
    means[0] = means[1]
    return _start([0.2, 0.45, 0.35], means, begun.covariances)


_SICK = {"collapsed": _on_a_point, "starved": _far_away, "twinned": _alike}


def _run(points: np.ndarray, start: Parameters, iterations: int, floor: float = _TINY) -> Run:
    """A run of the library's E- and M-steps without its repairs."""
    mixture = GaussianMixture(len(start.weights), reg_covar=floor)
    problem = pose(mixture, open_rows(mixture, points, None, reset=True))
    step: Step = scored(*problem, 0, start)
    trace = [step.log_likelihood]
    for iteration in range(1, iterations + 1):
        step = scored(*problem, iteration, problem.model.update(step.stats))
        trace.append(step.log_likelihood)
    return Run(*step.parameters[:3], np.array(trace))


def _twins(run: Run) -> np.ndarray:
    """Hellinger distance (k,) of every component to the nearest other one."""
    first, second = run.covariances[:, None], run.covariances[None]
    middle = 0.5 * (first + second)
    step = run.means[:, None] - run.means[None]
    log_det = np.linalg.slogdet(run.covariances)[1]
    form = np.einsum("abi,abi->ab", step, np.linalg.solve(middle, step[..., None])[..., 0])
    log_overlap = 0.25 * (log_det[:, None] + log_det[None]) - 0.5 * np.linalg.slogdet(middle)[1]
    distance = np.sqrt(np.clip(1.0 - np.exp(log_overlap - form / 8.0), 0.0, 1.0))
    np.fill_diagonal(distance, np.inf)
    return distance.min(axis=1)


def _floor(dealt: Round) -> Run:
    """The same start, with 5 % of the points' variance added to every variance."""
    floor = 0.05 * float(dealt.points.var(axis=0).mean())
    return _run(dealt.points, dealt.start, _ITERATIONS, floor)


def _restart(dealt: Round) -> Run:
    """A start of the library's own choosing."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fitted = GaussianMixture(_K, random_state=0, max_iter=300).fit(dealt.points)
    return Run(fitted.weights_, fitted.means_, fitted.covariances_, np.array(fitted.lower_bounds_))


def _fewer(dealt: Round) -> Run:
    """The same start without the sick component, which is the first."""
    begun = dealt.start
    kept = _start(
        begun.weights[1:] / begun.weights[1:].sum(), begun.means[1:], begun.covariances[1:]
    )
    return _run(dealt.points, kept, _ITERATIONS)


def _longer(dealt: Round) -> Run:
    """The same start, twice as long."""
    return _run(dealt.points, dealt.start, 2 * _ITERATIONS)


_TRY = {"floor": _floor, "restart": _restart, "fewer": _fewer, "longer": _longer}
