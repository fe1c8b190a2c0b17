"""What each means of a default fit buys: the same fit without it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from statistics import median
from types import MappingProxyType
from typing import Any, NamedTuple
from unittest.mock import patch

from benchmarks.evaluate import mean_log_likelihood
from benchmarks.peers import MIXTURA
from benchmarks.tables import Figure, number, table
from benchmarks.timing import geometric_mean, in_turns, timed
from benchmarks.workloads import OVERLAPPING, SEPARATED, Workload
from mixtura import contest

__all__ = ["figures", "measured", "rows", "tables"]


class Without(NamedTuple):
    """A default fit with one means taken away."""

    name: str
    options: Mapping[str, Any] = MappingProxyType({})  # of the estimator
    constants: Mapping[str, Any] = MappingProxyType({})  # of mixtura.contest


_WHOLE = Without("everything")
_ALONE = {kind: rules._replace(runs=1) for kind, rules in contest._RULES.items()}
_STILL = {kind: rules._replace(moves=0) for kind, rules in contest._RULES.items()}
_LESS = (
    Without("no contest: k-means", options={"init_params": "kmeans"}),
    Without("one contestant", constants={"_RULES": _ALONE, "_TIED_RUNS": 1}),
    Without("no split and merge", constants={"_RULES": _STILL}),
    Without("no growing samples", constants={"_LARGEST": 10**9}),
    Without("the textbook kernel", options={"engine": "numpy"}),
)


def rows(quick: bool) -> Iterator[dict[str, Any]]:
    """One row a workload that is not the largest."""
    w1, w2, w3, _, _, w6, _, _ = SEPARATED
    overlapping = [each for each in OVERLAPPING if each.n <= w2.n]
    for workload in (w1, w2, w3, w6, *overlapping):
        yield measured(workload.small() if quick else workload, repeats=1 if quick else 3)


def measured(workload: Workload, repeats: int) -> dict[str, Any]:
    """CPU seconds and final mean log-likelihood of every seed, with and without."""
    runs: dict[str, list[dict[str, float]]] = {each.name: [] for each in (_WHOLE, *_LESS)}
    for each in (_WHOLE, _LESS[-1]):
        _fit(workload, each, 0)  # untimed: compiles, wakes thread pools
    for seed, each in in_turns((_WHOLE, *_LESS), range(repeats)):
        runs[each.name].append(_fit(workload, each, seed))
    return {"workload": workload.label, "seeds": runs}


def _fit(workload: Workload, without: Without, seed: int) -> dict[str, float]:
    x = workload.rows(seed)
    with ExitStack() as patches:
        for name, value in without.constants.items():
            patches.enter_context(patch.object(contest, name, value))
        cost, found = timed(
            lambda: MIXTURA.fit(x, workload.k, workload.covariance_type, seed, **without.options)
        )
    return {"cpu": cost.cpu, "log_likelihood": mean_log_likelihood(x, found.parameters)}


def figures(rows: Sequence[dict[str, Any]]) -> list[Figure]:
    """Over all workloads, of every means."""
    return [
        figure
        for each in _LESS
        for figure in (
            Figure(f"{each.name}, CPU seconds / everything's", _mean_cost(rows, each)),
            Figure(f"{each.name}, nats lost: most", max(max(_lost(row, each)) for row in rows)),
        )
    ]


def _mean_cost(rows: Sequence[dict[str, Any]], each: Without) -> float:
    return geometric_mean(_seconds(row, each) / _seconds(row, _WHOLE) for row in rows)


def _seconds(row: dict[str, Any], each: Without) -> float:
    return median(run["cpu"] for run in row["seeds"][each.name])


def _lost(row: dict[str, Any], each: Without) -> list[float]:
    """Nats a row that the whole fit ends higher, by seed."""
    return [
        whole["log_likelihood"] - less["log_likelihood"]
        for whole, less in zip(row["seeds"][_WHOLE.name], row["seeds"][each.name], strict=True)
    ]


def tables(rows: Sequence[dict[str, Any]]) -> str:
    """CPU seconds, and the median of the nats lost, by workload."""
    return table(
        ("", _WHOLE.name, *(each.name for each in _LESS)),
        (
            (
                row["workload"],
                f"{number(_seconds(row, _WHOLE))} s",
                *(
                    f"{number(_seconds(row, each))} s, {-median(_lost(row, each)):+.4f} nat"
                    for each in _LESS
                ),
            )
            for row in rows
        ),
    )
