"""The candidates of a selection, as a table with the best marked and as records for JSON."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from mixtura.cli.render import integer, number, table

if TYPE_CHECKING:
    from rich.table import Table

__all__ = ["lead", "listing", "record", "records"]

_LARGER_IS_BETTER = frozenset(("cv",))
_HEADINGS = {"aic": "AIC", "bic": "BIC", "icl": "ICL", "cv": "CV"}


def listing(selection: Any) -> Table:
    """One line a candidate; the last column is how far it is behind the best."""
    criterion = selection.criterion
    shown = [*(["cv"] if criterion == "cv" else []), "aic", "bic", "icl"]
    made = table("<type", "k", "log-lik", "par", *(_HEADINGS[name] for name in shown), "behind")
    best = _cost(selection.best_candidate, criterion)
    for candidate in selection.candidates:
        chosen = candidate is selection.best_candidate
        made.add_row(
            candidate.covariance_type,
            str(candidate.n_components),
            number(candidate.log_likelihood),
            integer(candidate.n_parameters),
            *(number(getattr(candidate, name), 4 if name == "cv" else 2) for name in shown),
            "best" if chosen else number(_cost(candidate, criterion) - best),
            style="bold green" if chosen else "",
        )
    return made


def lead(selection: Any) -> float:
    """How far the best is ahead of the runner-up in the criterion; NaN where it is alone."""
    costs = sorted(
        cost
        for candidate in selection.candidates
        if math.isfinite(cost := _cost(candidate, selection.criterion))
    )
    return costs[1] - costs[0] if len(costs) > 1 else math.nan


def records(selection: Any) -> list[dict[str, Any]]:
    """Every candidate without its model."""
    return [record(candidate) for candidate in selection.candidates]


def record(candidate: Any) -> dict[str, Any]:
    """A candidate without its model."""
    return {name: value for name, value in candidate._asdict().items() if name != "model"}


def _cost(candidate: Any, criterion: str) -> float:
    value = float(getattr(candidate, criterion))
    return -value if criterion in _LARGER_IS_BETTER else value
