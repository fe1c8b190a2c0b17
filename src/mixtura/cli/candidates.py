"""The candidates of a selection, as a table with the best marked and as records for JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mixtura.cli.render import integer, number, table, width
from mixtura.selection.criteria import CRITERIA

if TYPE_CHECKING:
    from rich.table import Table

__all__ = ["listing", "record"]

_USUAL = ("aic", "bic", "icl")
_ROOM = 76  # columns of a terminal that they take


def listing(selection: Any) -> Table:
    """One line a candidate; the last column is how far it is behind the best."""
    shown = _criteria(selection.criterion)
    headings = ("type", "k", "log-lik", "par", *(name.upper() for name in shown), "behind")
    made = table(*headings, left=(0,))
    best = selection.best_candidate
    for candidate in selection.candidates:
        chosen = candidate is best
        made.add_row(
            candidate.covariance_type,
            str(candidate.n_components),
            number(candidate.log_likelihood),
            integer(candidate.n_parameters),
            *(number(getattr(candidate, name), CRITERIA[name].digits) for name in shown),
            "best" if chosen else _behind(selection, candidate),
            style="bold green" if chosen else "",
        )
    return made


def record(candidate: Any) -> dict[str, Any]:
    """A candidate without its model."""
    return {name: value for name, value in candidate._asdict().items() if name != "model"}


def _criteria(chosen: str) -> list[str]:
    """AIC, BIC and ICL where there is room, and in any case the one that chose."""
    return list(dict.fromkeys([*(_USUAL if width() >= _ROOM else ()), chosen]))


def _behind(selection: Any, candidate: Any) -> str:
    if candidate.degenerate:
        return "degenerate"
    behind = selection.cost(candidate) - selection.cost(selection.best_candidate)
    return number(behind, CRITERIA[selection.criterion].digits)
