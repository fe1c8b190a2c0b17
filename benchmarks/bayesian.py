"""What variational Bayes costs a pass, and how soon it is where scikit-learn's ends."""

from __future__ import annotations

import copy
import warnings
from collections.abc import Callable, Iterator, Sequence
from statistics import median
from typing import Any

import numpy as np
from sklearn.mixture import BayesianGaussianMixture as Theirs
from threadpoolctl import threadpool_limits

from benchmarks.bound import mean_bound
from benchmarks.tables import Figure, number, ratio, table
from benchmarks.timing import Cost, geometric_mean, in_turns, timed
from benchmarks.workloads import SEPARATED, Array, Workload
from mixtura import BayesianGaussianMixture

__all__ = ["figures", "measured", "rows", "tables"]

_NAMES = THEIRS, SAME, OURS = "scikit-learn", "same start", "k-means++, moves"
_LIMIT = 16  # components allowed, twice as many as there are
_SETTINGS = {"n_components": _LIMIT, "random_state": 0}
_ONE = {"n_jobs": 1}  # thread each: CPU seconds are then those that compute, none that wait
_EQUAL = 1e-6  # that posteriors of equal work may differ by, and bounds in nats a row
_SIZES = [(n, d) for n in (1_000, 20_000, 200_000) for d in (2, 8, 32)]
_LARGE, _FEW = 200_000, 20  # from so many rows on, so many steps of scikit-learn's
_WARM = 5  # steps before a pass is measured


def rows(quick: bool) -> Iterator[dict[str, Any]]:
    """One row a size."""
    for n, d in _SIZES[:2] if quick else _SIZES:
        workload = SEPARATED[1]._replace(n=n, d=d, k=_LIMIT // 2, passes=2 + 20_000 // n)
        with threadpool_limits(1):
            row = measured(workload, most=5 if quick else _FEW if n >= _LARGE else 100)
        yield row


def measured(workload: Workload, most: int, repeats: int = 3) -> dict[str, Any]:
    """Seconds a pass, and to the bound at which a default fit of scikit-learn's ends.

    Parameters
    ----------
    workload : Workload
    most : int
        Steps after which scikit-learn is stopped; 100 is its default.
    repeats : int
        Timings, of which the median is taken; scikit-learn's long fit is made once.

    Raises
    ------
    ArithmeticError
        If equal steps do not lead to equal posteriors.
    """
    x = workload.rows(seed=0)
    begun = _quietly(BayesianGaussianMixture(**_SETTINGS, **_ONE, max_iter=_WARM).fit, x)
    passes = _passes(x, begun, workload.passes, repeats)
    cost, theirs = timed(lambda: _quietly(Theirs(**_SETTINGS, max_iter=most).fit, x))
    same = BayesianGaussianMixture(**_SETTINGS, **_ONE, max_iter=theirs.n_iter_, tol=0.0)
    _check_equal(theirs, _quietly(same.fit, x))
    bound = mean_bound(x, theirs)
    whole, ended = _ours(x, repeats)
    history = ended.history_[-1]
    steps = int(np.argmax(history >= bound)) + 1 if np.any(history >= bound) else ended.n_iter_
    until, reached = _ours(x, repeats, max_iter=steps)
    costs = {THEIRS: cost, SAME: _cost(lambda: same.fit(x), repeats), OURS: until}
    return {
        "workload": f"{workload.n} x {workload.d}",
        "pass": passes,
        "stopped": most < 100,
        "iterations": {THEIRS: theirs.n_iter_, OURS: reached.n_iter_},
        "converged": bool(theirs.converged_),
        "cost": {name: each._asdict() for name, each in costs.items()},
        "whole": whole._asdict(),
        "bound": bound,
        "reached": mean_bound(x, reached) - bound,
        "ended": mean_bound(x, ended) - bound,
        "components": len(ended.effective_components_),
    }


def _passes(x: Array, begun: Any, m: int, repeats: int) -> dict[str, dict[str, float]]:
    """Seconds a pass: of 1 + m steps from the same posterior less those of 1 step, over m."""
    peers = {THEIRS: begun.to_sklearn(), SAME: begun}
    for each in peers.values():
        each.set_params(warm_start=True, tol=0.0)
    _check_equal(*(_going_on(each, x, 1 + m) for each in peers.values()))
    costs: dict[str, list[Cost]] = {name: [] for name in peers}
    for _, name in in_turns(list(peers), range(repeats)):
        few, more = (
            timed(lambda steps=steps, each=peers[name]: _going_on(each, x, steps))[0]
            for steps in (1, 1 + m)
        )
        costs[name].append(Cost(*((b - a) / m for a, b in zip(few, more, strict=True))))
    return {
        name: {kind: median(getattr(cost, kind) for cost in all_) for kind in Cost._fields}
        for name, all_ in costs.items()
    }


def _going_on(fitted: Any, x: Array, steps: int) -> Any:
    """A copy that has gone on for so many steps."""
    return _quietly(copy.deepcopy(fitted).set_params(max_iter=steps).fit, x)


def _ours(x: Array, repeats: int, max_iter: int = 1000) -> tuple[Cost, Any]:
    """A fit as the documentation has it where components are to be found."""
    model = BayesianGaussianMixture(
        **_SETTINGS, **_ONE, moves=True, init_params="k-means++", max_iter=max_iter
    )
    return _cost(lambda: _quietly(model.fit, x), repeats), model


def _cost(action: Callable[[], Any], repeats: int) -> Cost:
    """The median of several."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        costs = [timed(action)[0] for _ in range(repeats)]
    return Cost(*(median(each) for each in zip(*costs, strict=True)))


def _quietly(fit: Callable[[Array], Any], x: Array) -> Any:
    """Fit, with no warning that it was stopped on purpose."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*converge.*")
        return fit(x)


def _check_equal(theirs: Any, ours: Any) -> None:
    for name in ("weights_", "means_"):
        one, other = getattr(theirs, name), getattr(ours, name)
        if not np.allclose(one, other, rtol=0.0, atol=_EQUAL * np.max(np.abs(one))):
            raise ArithmeticError(f"not the same work: {name} differ")


def figures(rows: Sequence[dict[str, Any]]) -> list[Figure]:
    """Ratios of passes, then of seconds to the same bound; and how that bound was met."""
    found = []
    for what, pairs, goal in (
        ("a pass", [(row["pass"][THEIRS], row["pass"][SAME]) for row in rows], 12),
        (f"to the same bound, {SAME}", _to_the_bound(rows, SAME), None),
        (f"to the same bound, {OURS}", _to_the_bound(rows, OURS), 20),
    ):
        ratios = [theirs["cpu"] / ours["cpu"] for theirs, ours in pairs]
        name = f"{what}, scikit-learn / Mixtura"
        found += [
            Figure(f"{name}: geometric mean", geometric_mean(ratios), goal),
            Figure(f"{name}: least", min(ratios)),
        ]
    return [
        *found,
        Figure("nats a row above its bound: least", min(row["reached"] for row in rows), -_EQUAL),
        Figure("where fits end, nats a row higher: least", min(row["ended"] for row in rows)),
        Figure("where fits end, nats a row higher: median", median(r["ended"] for r in rows)),
    ]


def _to_the_bound(rows: Sequence[dict[str, Any]], name: str) -> list[tuple[Any, Any]]:
    return [(row["cost"][THEIRS], row["cost"][name]) for row in rows]


def tables(rows: Sequence[dict[str, Any]]) -> str:
    """Passes; seconds to the same bound; and where a whole fit ends."""
    return "\n\n".join((_table_of_passes(rows), _table_of_fits(rows)))


def _table_of_passes(rows: Sequence[dict[str, Any]]) -> str:
    lines = []
    for row in rows:
        costs = [row["pass"][name]["cpu"] for name in (THEIRS, SAME)]
        lines.append((row["workload"], *(number(1e3 * cost) for cost in costs), ratio(*costs)))
    header = ("a pass", "scikit-learn, ms", "Mixtura, ms", "scikit-learn / Mixtura")
    return table(header, lines)


def _table_of_fits(rows: Sequence[dict[str, Any]]) -> str:
    lines = []
    for row in rows:
        cost = {name: row["cost"][name]["cpu"] for name in _NAMES}
        marks = ("" if row["converged"] else "+") + (" (stopped)" if row["stopped"] else "")
        lines.append(
            (
                row["workload"],
                f"{row['iterations'][THEIRS]}{marks}",
                str(row["iterations"][OURS]),
                *(number(cost[name]) for name in _NAMES),
                *(ratio(cost[THEIRS], cost[name]) for name in _NAMES[1:]),
                number(row["whole"]["cpu"]),
                f"{row['ended']:+.4f}",
                str(row["components"]),
            )
        )
    header = (
        *("to the same bound, seconds", "its steps", "ours", *_NAMES),
        *(f"scikit-learn / {name}" for name in _NAMES[1:]),
        *("our whole fit, s", "nats higher", "components, of 8"),
    )
    return table(header, lines)
