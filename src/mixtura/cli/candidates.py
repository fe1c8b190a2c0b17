"""The candidates of a selection, as a table with the best marked and as records for JSON."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from mixtura.cli.render import fits, integer, number, table
from mixtura.selection.criteria import CRITERIA

if TYPE_CHECKING:
    from rich.table import Table

__all__ = ["listing", "record"]

_USUAL = ("aic", "bic", "icl")
# What was computed beside a criterion.
_BESIDE = {"predictive": ("cv",)}


def listing(selection: Any) -> Table:
    """One line a candidate; the last column is how far it is behind the best."""
    headings, *lines = zip(*_columns(selection), strict=True)
    made = table(*headings, left=(0,))
    for candidate, line in zip(selection.candidates, lines, strict=True):
        made.add_row(*line, style="bold green" if candidate is selection.best_candidate else "")
    return made


def record(candidate: Any) -> dict[str, Any]:
    """A candidate without its model."""
    return {name: value for name, value in candidate._asdict().items() if name != "model"}


def _columns(selection: Any) -> list[list[str]]:
    """AIC, BIC and ICL as far as there is room, and in any case the criterion that chose."""
    candidates = selection.candidates
    before = [
        ["type", *(each.covariance_type for each in candidates)],
        ["k", *(str(each.n_components) for each in candidates)],
        ["log-lik", *(number(each.log_likelihood) for each in candidates)],
        ["par", *(integer(each.n_parameters) for each in candidates)],
    ]
    behind = ["behind", *(_behind(selection, each) for each in candidates)]
    shown = dict.fromkeys((*_USUAL, *_BESIDE.get(selection.criterion, ()), selection.criterion))
    for dropped in (None, *(name for name in _USUAL if name != selection.criterion)):
        shown.pop(dropped, None)
        columns = [*before, *(_criterion(name, candidates) for name in shown), behind]
        if fits(columns):
            break
    return columns


def _criterion(name: str, candidates: Iterable[Any]) -> list[str]:
    digits = CRITERIA[name].digits
    return [name.upper(), *(number(getattr(each, name), digits) for each in candidates)]


def _behind(selection: Any, candidate: Any) -> str:
    if candidate is selection.best_candidate:
        return "best"
    if candidate.degenerate:
        return "degenerate"
    behind = selection.cost(candidate) - selection.cost(selection.best_candidate)
    return number(behind, CRITERIA[selection.criterion].digits)
