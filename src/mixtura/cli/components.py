"""The components of a mixture as a table that fits the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from mixtura.cli.render import fits, table
from mixtura.cli.summary import names_of, shown

if TYPE_CHECKING:
    from rich.table import Table

__all__ = ["components"]

_MOST_LINES = 40

Column = list[str]  # a heading and the cells below it


def components(model: Any) -> Table:
    """Weight, and mean ± standard deviation of every feature.

    A line is a component; or a feature, where only that fits the terminal. Features for which
    there is no room are counted.
    """
    columns = _columns(model)
    turned = [list(line) for line in zip(*columns, strict=True)]
    if not fits(columns) and fits(turned):
        return _table(_shortened(turned), left=(0,))
    return _table(_narrowed(columns), left=())


def _columns(model: Any) -> list[Column]:
    """Number, weight, and every feature."""
    import numpy as np

    there = shown(model)
    variances = np.diagonal(model.covariance_matrices_[there], axis1=1, axis2=2)
    return [
        ["component", *(str(j) for j in there)],
        ["weight", *(f"{weight:.3f}" for weight in model.weights_[there])],
        *(
            [name, *(f"{m:.4g} ± {s:.3g}" for m, s in zip(means, spreads, strict=True))]
            for name, means, spreads in zip(
                names_of(model), model.means_[there].T, np.sqrt(variances).T, strict=True
            )
        ),
    ]


def _narrowed(columns: list[Column]) -> list[Column]:
    """As many columns as there is room for, three at least, and how many are not shown."""
    for hidden in range(len(columns) - 2):
        shown = columns[: len(columns) - hidden]
        if hidden:
            shown.append([f"+{hidden} more", *("…" for _ in columns[0][1:])])
        if fits(shown):
            break
    return shown


def _shortened(columns: list[Column]) -> list[Column]:
    """As many lines as can be taken in, and how many are not shown."""
    hidden = len(columns[0]) - _MOST_LINES
    if hidden <= 0:
        return columns
    names, *others = columns
    return [
        [*names[:_MOST_LINES], f"+{hidden} more"],
        *([*column[:_MOST_LINES], "…"] for column in others),
    ]


def _table(columns: Sequence[Column], left: tuple[int, ...]) -> Table:
    made = table(*(column[0] for column in columns), left=left)
    for line in zip(*(column[1:] for column in columns), strict=True):
        made.add_row(*line)
    return made
