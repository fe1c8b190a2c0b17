"""Whether the number of components is found, and how much sooner than by a sweep over all."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Sequence
from itertools import product
from typing import Any

from benchmarks.tables import Figure, number, ratio, table
from benchmarks.timing import geometric_mean, timed
from benchmarks.workloads import SEPARATED, Array, Workload
from mixtura import BayesianGaussianMixture, GaussianMixture, select

__all__ = ["figures", "measured", "rows", "tables"]

_SWEEP, _MOVES, _AUTO = "sweep", "moves", "auto"
_APART, _OVERLAPPING = 4.0, 2.0  # median distance of a mean to the nearest other, in sd
_NEAR = 3  # numbers on either side of the true one that the sweep is told to look at
# Rows, features, components, seeds.
_CASES = (
    (1_000, 2, 3, 2),
    (1_000, 8, 3, 2),
    (1_000, 2, 15, 1),
    (20_000, 8, 3, 1),
    (20_000, 8, 15, 2),
    (20_000, 2, 50, 1),
    (200_000, 2, 3, 1),
    (20_000, 32, 3, 1),
    (20_000, 8, 50, 1),
    (200_000, 8, 15, 1),
)


def rows(quick: bool) -> Iterator[dict[str, Any]]:
    """One row a size and separation."""
    for (n, d, k, seeds), separation in product(
        _CASES[:1] if quick else _CASES, (_APART, _OVERLAPPING)
    ):
        workload = SEPARATED[0]._replace(n=n, d=d, k=k, separation=separation)
        yield measured(workload, range(1 if quick else seeds))


def measured(workload: Workload, seeds: Sequence[int]) -> dict[str, Any]:
    """Of every seed of data and fits, the number that each way finds, and its CPU seconds."""
    for way in (_moves, _auto):
        way(workload.cut(3_000).rows(0), workload, 0)  # untimed: compiles, wakes thread pools
    runs = []
    for seed in seeds:
        x = workload.rows(seed)
        runs.append({name: _told(way, x, workload, seed) for name, way in _WAYS.items()})
    apart = "separated" if workload.separation >= _APART else "overlapping"
    label = f"{workload.n} x {workload.d}, {workload.k}, {apart}"
    return {"workload": label, "k": workload.k, "runs": runs}


def _told(way: Callable[..., int], x: Array, workload: Workload, seed: int) -> dict[str, float]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of components that collapse, where k is too large
        cost, found = timed(lambda: way(x, workload, seed))
    return {"found": found, "cpu": cost.cpu, "wall": cost.wall}


def _sweep(x: Array, workload: Workload, seed: int) -> int:
    """Our own `select`, told where to look: no more than three away from the true number."""
    k = workload.k
    numbers = range(max(1, k - _NEAR), k + _NEAR + 1)
    return select(x, numbers, "full", random_state=seed).best.n_components


def _moves(x: Array, workload: Workload, seed: int) -> int:
    """Moves with a generous limit."""
    fit = BayesianGaussianMixture(
        n_components=2 * workload.k + 10,
        moves=True,
        init_params="k-means++",
        max_iter=1000,
        random_state=seed,
    )
    return len(fit.fit(x).effective_components_)


def _auto(x: Array, workload: Workload, seed: int) -> int:
    return len(GaussianMixture("auto", random_state=seed).fit(x).weights_)


_WAYS = {_SWEEP: _sweep, _MOVES: _moves, _AUTO: _auto}


def _near(row: dict[str, Any], run: dict[str, Any], way: str) -> bool:
    return abs(run[way]["found"] - row["k"]) <= 1


def figures(rows: Sequence[dict[str, Any]]) -> list[Figure]:
    """Of the runs in which the sweep is within one of the truth."""
    every = [(row, run) for row in rows for run in row["runs"]]
    told = [(row, run) for row, run in every if _near(row, run, _SWEEP)]
    found = [
        Figure("runs", len(every)),
        Figure("runs in which the sweep is within 1 of the truth", len(told)),
    ]
    for way in (_MOVES, _AUTO):
        shares = [_near(row, run, way) for row, run in told]
        faster = [run[_SWEEP]["cpu"] / run[way]["cpu"] for _, run in told]
        found += [
            Figure(f"{way}: share of these within 1 of the truth", sum(shares) / len(told), 0.9),
            Figure(f"sweep / {way}, CPU seconds: geometric mean", geometric_mean(faster), 1.0),
            Figure(f"sweep / {way}, CPU seconds: least", min(faster)),
            Figure(
                f"{way}: share of all runs within 1 of the truth",
                sum(_near(row, run, way) for row, run in every) / len(every),
            ),
        ]
    within = sum(_near(row, run, _SWEEP) for row, run in every) / len(every)
    return [*found, Figure("sweep: share of all runs within 1 of the truth", within)]


def tables(rows: Sequence[dict[str, Any]]) -> str:
    """The numbers found, one a seed, and mean CPU seconds."""
    header = ("n x d, true k", *(f"{way}: k" for way in _WAYS), *(f"{way}, s" for way in _WAYS))
    return table(
        (*header, *(f"{_SWEEP} / {way}" for way in (_MOVES, _AUTO))),
        (
            (
                row["workload"],
                *(_numbers(row, way) for way in _WAYS),
                *(number(_seconds(row, way)) for way in _WAYS),
                *(_ratio(row, way) for way in (_MOVES, _AUTO)),
            )
            for row in rows
        ),
    )


def _numbers(row: dict[str, Any], way: str) -> str:
    """Those that are off by more than one are bold."""
    texts = ((str(run[way]["found"]), _near(row, run, way)) for run in row["runs"])
    return ", ".join(text if near else f"**{text}**" for text, near in texts)


def _seconds(row: dict[str, Any], way: str) -> float:
    return geometric_mean(run[way]["cpu"] for run in row["runs"])


def _ratio(row: dict[str, Any], way: str) -> str:
    return ratio(_seconds(row, _SWEEP), _seconds(row, way))
