"""Stepwise EM: statistics that follow the rows, block by block (Cappé and Moulines 2009)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from mixtura.density import Form
from mixtura.scatter import squares
from mixtura.stats import Stats

__all__ = ["about", "followed", "step_size"]


def step_size(block: float, total: float, decay: float) -> float:
    """How far the statistics move: the block's share of all weight so far, to the power `decay`.

    Of blocks of one size the t-th moves them by ``t ** -decay``.
    """
    return (block / total) ** decay


def followed(form: Form, running: Stats | None, block: Stats, decay: float) -> Stats:
    """Statistics of all rows so far, moved towards those of a block by a step.

    The paper's stochastic E-step ``s + step (block - s)``, of sums per unit of weight, which are
    kept as sums over all weight so far. With decay=1 that is ``running + block``; with decay=0 the
    block alone counts.

    Parameters
    ----------
    form : Form
        Of the scatter.
    running : Stats or None
        Of the rows so far, about any centres; None if there have been none.
    block : Stats
        Of the new rows, with the parameters that came of `running`.
    decay : float
        From 0 to 1.
    """
    if running is None:
        return block
    total = running.total + block.total
    step = step_size(block.total, total, decay)
    old = running.scaled((1.0 - step) * total / running.total)
    return about(form, old, block.centres) + block.scaled(step * total / block.total)


def about(form: Form, stats: Stats, centres: Any) -> Stats:
    """The same sums about other centres (k, d)."""
    means = stats.shift / stats.safe_counts[:, None]  # from the old centres
    moved = means + (stats.centres - centres)
    scatter = stats.scatter - squares(form, means, stats.counts)
    return replace(
        stats,
        centres=centres,
        shift=stats.counts[:, None] * moved,
        scatter=scatter + squares(form, moved, stats.counts),
    )
