"""What a path over 1 to 20 components costs, and whether it ends as well as separate fits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from statistics import median
from typing import Any

import numpy as np

from benchmarks.tables import Figure, number, ratio, table
from benchmarks.timing import geometric_mean, timed
from benchmarks.workloads import OVERLAPPING, PEERS_OWN, REAL, SEPARATED, Workload
from mixtura import GaussianMixture, Selection, select

__all__ = ["figures", "measured", "rows", "tables"]

_MOST, _FITS = 20, 4
_ALLOWED = 0.1  # percent of its BIC that a candidate of the path may be worse
# What `select` fits with; "one start" is the same with n_init=1.
_SETTINGS = {"tol": 1e-6, "max_iter": 1000}


_WINE, _DIGITS = PEERS_OWN
_SMALL = (*REAL[:2], _WINE._replace(covariance_type="diag"))
_LARGE = (
    _DIGITS,
    SEPARATED[1],
    OVERLAPPING[1],
    SEPARATED[7].cut(100_000),
)


def rows(quick: bool) -> Iterator[dict[str, Any]]:
    """One row a workload; small data from three seeds."""
    for workload in (*_SMALL, *_LARGE):
        cut = workload.cut(1_000) if quick else workload
        yield measured(cut, range(3 if workload in _SMALL and not quick else 1))


def measured(workload: Workload, seeds: Sequence[int], most: int = _MOST) -> dict[str, Any]:
    """CPU seconds of the path, of fits of the largest k and of all k, and every BIC.

    Parameters
    ----------
    workload : Workload
    seeds : sequence of int
        Of data and fits.
    most : int
        Largest number of components.
    """
    family = workload.covariance_type
    GaussianMixture(most, covariance_type=family, max_iter=1).fit(workload.rows(0))  # compiles
    runs = []
    for seed in seeds:
        x = workload.rows(seed)
        path, found = _selected(x, range(1, most + 1), family, seed, "path")
        separate, own = _selected(x, range(1, most + 1), family, seed, "separate")
        runs.append(
            {
                "path": path,
                "separate": separate,
                "largest": _largest(x, family, seed, most, n_init=3),
                "largest, one start": _largest(x, family, seed, most, n_init=1),
                "bic": [[c.bic for c in each.candidates] for each in (found, own)],
                "degenerate": [
                    [bool(c.degenerate) for c in each.candidates] for each in (found, own)
                ],
                "chosen": [each.best.n_components for each in (found, own)],
                "worse, chosen": _worse(found.best_candidate.bic, own.best_candidate.bic),
            }
        )
    return {"workload": f"{workload.name} {workload.n},{workload.d} {family}", "seeds": runs}


def _selected(
    x: np.ndarray, numbers: Sequence[int], family: str, seed: int, search: str
) -> tuple[float, Selection]:
    cost, found = timed(lambda: select(x, numbers, family, search=search, random_state=seed))
    return cost.cpu, found


def _largest(x: np.ndarray, family: str, seed: int, most: int, n_init: int) -> float:
    """Four fits of the largest k by the settings of `select`, from seeds of their own."""
    total = 0.0
    for number_ in range(_FITS):
        mixture = GaussianMixture(
            most,
            covariance_type=family,
            n_init=n_init,
            random_state=_FITS * seed + number_,
            **_SETTINGS,
        )
        total += timed(lambda mixture=mixture: mixture.fit(x))[0].cpu
    return total


def _worse(path: float, own: float) -> float:
    """By how many percent of the separate fit's BIC the path's is above it."""
    return 100.0 * (path - own) / abs(own)


def _differences(row: dict[str, Any]) -> list[float]:
    """Percent, of all seeds and k where neither mixture is degenerate."""
    return [
        _worse(path, own)
        for run in row["seeds"]
        for path, own, *hollow in zip(*run["bic"], *run["degenerate"], strict=True)
        if not any(hollow)
    ]


def _ratio(row: dict[str, Any], what: str) -> float:
    return median(run[what] / run["path"] for run in row["seeds"])


def figures(rows: Sequence[dict[str, Any]]) -> list[Figure]:
    """Costs in units of the path, and BICs in percent above separate fits."""
    every = [difference for row in rows for difference in _differences(row)]
    four = [_ratio(row, "largest") for row in rows]
    within = sum(each <= _ALLOWED for each in every) / len(every)
    chosen = max(run["worse, chosen"] for row in rows for run in row["seeds"])
    return [
        Figure("4 fits of the largest k / path: geometric mean", geometric_mean(four)),
        Figure("4 fits of the largest k / path: least", min(four), 1.0),
        Figure(
            "4 fits of the largest k from one start / path: geometric mean",
            geometric_mean(_ratio(row, "largest, one start") for row in rows),
        ),
        Figure(
            "20 separate fits / path: geometric mean",
            geometric_mean(_ratio(row, "separate") for row in rows),
        ),
        Figure("BIC worse than separate fits, any k, percent: most", max(every), _ALLOWED, True),
        Figure("BIC worse than separate fits, any k, percent: median", median(every)),
        Figure("share of k that are no more than 0.1 percent worse", within),
        Figure("BIC worse, of the mixture chosen, percent: most", chosen, _ALLOWED, True),
    ]


def tables(rows: Sequence[dict[str, Any]]) -> str:
    """CPU seconds, and BICs by k."""
    whats = ("path", "largest", "largest, one start", "separate")
    costs = table(
        (
            *("CPU seconds", "path", "4 fits of 20", "4 from one start", "20 fits"),
            *("4 fits / path", "4 from one start / path"),
        ),
        (
            (
                row["workload"],
                *(number(median(run[what] for run in row["seeds"])) for what in whats),
                *(ratio(_ratio(row, what), 1.0) for what in whats[1:3]),
            )
            for row in rows
        ),
    )
    return f"{costs}\n\n{_table_of_bics(rows)}"


def _table_of_bics(rows: Sequence[dict[str, Any]]) -> str:
    lines = []
    for row in rows:
        found = _differences(row)
        chosen = "; ".join("{}, {}".format(*run["chosen"]) for run in row["seeds"])
        within = sum(each <= _ALLOWED for each in found)
        spread = (f"{value:+.3f}" for value in (min(found), median(found), max(found)))
        lines.append((row["workload"], *spread, f"{within} of {len(found)}", chosen))
    return table(
        (
            *("BIC, percent above separate fits", "least", "median", "most"),
            *("k at most 0.1 worse", "k chosen: path, separate"),
        ),
        lines,
    )
