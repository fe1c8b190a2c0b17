"""How many passes do memoized batches save a Bayesian mixture, and what do their updates cost?"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from sklearn.exceptions import ConvergenceWarning

from benchmarks.tables import Figure, number, ratio, table
from benchmarks.timing import geometric_mean, timed
from benchmarks.workloads import OVERLAPPING, SEPARATED, Workload

__all__ = ["figures", "measured", "rows", "tables"]

# Batches of a pass; 1 is a full pass a step.
_BATCHES = (1, 5, 20)
# Nats a row below the lower of the two ends that a fit must come to.
_NEAR = 1e-4
_MOST = 150


def rows(quick: bool) -> Iterator[dict[str, Any]]:
    """One row a workload and a number of components: the true one, and twice as many."""
    for workload in (SEPARATED[1], *OVERLAPPING[:2]):
        for times in (1, 2):
            small = workload.small() if quick else workload.cut(10_000)
            yield measured(small, times * small.k, seeds=1)


def measured(workload: Workload, k: int, seeds: int) -> dict[str, Any]:
    """Passes to the same bound, and CPU seconds a pass, of every seed and number of batches."""
    runs = [_fits(workload.rows(seed), workload, k, seed) for seed in range(seeds)]
    return {"workload": workload.label, "components": k, "seeds": runs}


def _fits(x: np.ndarray, workload: Workload, k: int, seed: int) -> list[dict[str, float]]:
    from mixtura import BayesianGaussianMixture

    settings = {"n_components": k, "covariance_type": workload.covariance_type, "tol": 0.0}
    fits = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        BayesianGaussianMixture(max_iter=1, **settings).fit(x)  # untimed: compiles
        for batches in _BATCHES:
            model = BayesianGaussianMixture(
                max_iter=_MOST, random_state=seed, batches=batches, **settings
            )
            fits.append(timed(lambda model=model: model.fit(x)))
    bounds = [model.history_[0] for _, model in fits]
    target = min(bound[-1] for bound in bounds) - _NEAR
    return [
        {
            "batches": batches,
            "passes": int(np.argmax(bound >= target)),
            "cpu": cost.cpu / (len(bound) - 1),
            "bound": float(bound[-1]),
        }
        for batches, bound, (cost, _) in zip(_BATCHES, bounds, fits, strict=True)
    ]


def figures(rows: Sequence[dict[str, Any]]) -> list[Figure]:
    """Over all workloads and seeds, for each number of batches."""
    named = [(f"passes / passes with {count} batches", _saved, count) for count in _BATCHES[1:]]
    costs = [(f"CPU seconds / with {count} batches", _quicker, count) for count in _BATCHES[1:]]
    return [
        Figure(f"{name}: geometric mean", geometric_mean(of(row, count) for row in rows))
        for name, of, count in named + costs
    ]


def _of(row: dict[str, Any], batches: int, what: str) -> float:
    """Summed over the seeds."""
    place = _BATCHES.index(batches)
    return sum(max(seed[place][what], 1e-9) for seed in row["seeds"])


def _saved(row: dict[str, Any], batches: int) -> float:
    return _of(row, 1, "passes") / _of(row, batches, "passes")


def _quicker(row: dict[str, Any], batches: int) -> float:
    """Of a fit to the same bound: passes times what a pass costs."""
    return _saved(row, batches) * _of(row, 1, "cpu") / _of(row, batches, "cpu")


def tables(rows: Sequence[dict[str, Any]]) -> str:
    """Passes summed over the seeds, and CPU milliseconds a pass, by workload."""
    few, many = _BATCHES[1:]
    return table(
        (
            *("", "components", "passes", f"with {few}", f"with {many}"),
            *(f"passes / with {few}", f"/ with {many}"),
            *("CPU ms a pass", f"with {few}", f"with {many}", f"CPU of a fit / with {many}"),
        ),
        (
            (
                row["workload"],
                str(row["components"]),
                *(number(_of(row, count, "passes")) for count in _BATCHES),
                *(ratio(_saved(row, count), 1.0) for count in (few, many)),
                *(number(1e3 * _of(row, count, "cpu") / len(row["seeds"])) for count in _BATCHES),
                ratio(_quicker(row, many), 1.0),
            )
            for row in rows
        ),
    )
