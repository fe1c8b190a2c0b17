"""How a mixture was found: criteria over candidates, log-likelihood over iterations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import isotonic_regression

from mixtura.exceptions import InvalidParameterError
from mixtura.plot import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["criteria", "trace"]

Floats = NDArray[np.float64]


class Line(NamedTuple):
    """The candidates of one covariance type, (m,) each."""

    name: str
    k: Floats
    values: Floats  # of the criterion, nan where unknown
    degenerate: NDArray[np.bool_]  # some component has no volume


class Ranked(NamedTuple):
    """A candidate and how far it is behind the best, never below 0."""

    behind: float
    name: str
    k: int
    value: float


MEANINGS = {
    "aic": "AIC (smaller is better)",
    "bic": "BIC (smaller is better)",
    "icl": "ICL (smaller is better)",
    "cv": "held-out log-likelihood per row (larger is better)",
    "predictive": "held-out predictive log-likelihood per row (larger is better)",
}


def criteria(selection: Any, ax: Axes | None = None, criterion: str | None = None) -> Axes:
    """Criterion over the number of components, one line for each covariance type.

    Parameters
    ----------
    selection : Selection
        What ``mixtura.select`` returned.
    ax : matplotlib Axes, optional
        Where to draw; a new figure if not given.
    criterion : {"bic", "aic", "icl", "cv", "predictive"}, optional
        Another criterion than the one that chose.

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    InvalidParameterError
        If `criterion` is not one of those above or was not computed.
    """
    criterion = criterion or selection.criterion
    if criterion not in MEANINGS:
        raise InvalidParameterError(
            f"`criterion` must be one of {sorted(MEANINGS)}, got {criterion!r}; "
            "type criterion='bic'"
        )
    lines, larger = _lines(selection.candidates, criterion), "larger" in MEANINGS[criterion]
    ranked = _ranked(lines, larger)
    if not ranked:
        raise InvalidParameterError(
            f"`criterion` must be one that `selection` computed, got {criterion!r} without values; "
            f"type criterion={selection.criterion!r}"
        )
    ax = style.new_axes(ax)
    for number, line in enumerate(lines):
        _draw_line(ax, number, line)
    told = [_mark_best(ax, ranked)]
    hidden = _view(ax, ranked, larger)
    if hidden:
        told.append(f"out of view: {', '.join(sorted(hidden))}")
    if any(line.degenerate.any() for line in lines):
        told.append("hollow: a component has no volume")
    _name_lines(ax, lines)
    style.dress(ax, "number of components", caption="\n".join(told))
    ax.set_ylabel(MEANINGS[criterion], color=style.INK)
    _rule(ax)
    return ax


def trace(model: Any, ax: Axes | None = None) -> Axes:
    """What a fit climbs, per row, over the iterations of every start, the best one emphasised.

    The log-likelihood; of a Bayesian mixture the evidence lower bound.

    Parameters
    ----------
    model : GaussianMixture or BayesianGaussianMixture
        A fitted mixture that carries `history_`.
    ax : matplotlib Axes, optional
        Where to draw; a new figure if not given.

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    InvalidParameterError
        If `model` was not fitted here, so that it carries no history.
    """
    history = [np.asarray(start, dtype=float) for start in getattr(model, "history_", None) or []]
    if not any(len(start) for start in history):
        raise InvalidParameterError(
            f"`model` must carry the `history_` of a fit, got {type(model).__name__} without; "
            "call model.fit(X) first"
        )
    ax = style.new_axes(ax)
    *others, best = history
    for start in others:
        ax.plot(range(len(start)), start, color="#a8a8a8", linewidth=1.0, marker=".", markersize=3)
    ax.plot(
        range(len(best)),
        best,
        color=style.colour(0),
        linewidth=2.2,
        marker="o",
        markersize=4 if len(best) <= 60 else 0,
    )
    ax.plot(len(best) - 1, best[-1], "o", markersize=9, color=style.colour(0))
    low, high = _rise(history)
    ax.set_ylim(low, high)
    climbed = "evidence lower bound" if hasattr(model, "elbo_") else "log-likelihood"
    style.dress(ax, "iteration", f"{climbed} per row", caption=_told(history, low))
    _rule(ax)
    return ax


def _lines(candidates: Any, criterion: str) -> list[Line]:
    """One line for each covariance type, in order of appearance."""
    lines = []
    for name in dict.fromkeys(candidate.covariance_type for candidate in candidates):
        own = sorted(
            (candidate.n_components, getattr(candidate, criterion), candidate.degenerate)
            for candidate in candidates
            if candidate.covariance_type == name
        )
        k, values, degenerate = np.array(own, dtype=float).T
        finite = np.where(np.isfinite(values), values, np.nan)
        lines.append(Line(name, k, finite, degenerate.astype(bool)))
    return lines


def _ranked(lines: list[Line], larger: bool) -> list[Ranked]:
    """Candidates with a value, the best first; degenerate ones only where all are."""
    sign = -1.0 if larger else 1.0
    found = sorted(
        (bool(degenerate), sign * float(value), line.name, int(k), float(value))
        for line in lines
        for k, value, degenerate in zip(line.k, line.values, line.degenerate, strict=True)
        if np.isfinite(value)
    )
    counted = [row for row in found if row[0] == found[0][0]]
    return [Ranked(cost - counted[0][1], name, k, value) for _, cost, name, k, value in counted]


def _view(ax: Axes, ranked: list[Ranked], larger: bool) -> set[str]:
    """Look closely at the better half; returns the covariance types that are out of view."""
    behind = np.array([row.behind for row in ranked])
    reach = 2.5 * float(np.median(behind))
    if not 0.0 < reach < 0.5 * behind[-1]:
        reach = float(behind[-1]) or 0.05 * abs(ranked[0].value) or 1.0
    away = reach * (-1.0 if larger else 1.0)
    near, far = ranked[0].value - 0.08 * away, ranked[0].value + 1.06 * away
    ax.set_ylim(*sorted((near, far)))
    return {row.name for row in ranked} - {row.name for row in ranked if row.behind <= reach}


def _draw_line(ax: Axes, number: int, line: Line) -> None:
    """A line with its markers, hollow where a candidate is degenerate."""
    colour, shape = style.line_colour(number), style.marker(number)
    ax.plot(line.k, line.values, color=colour, marker=shape, markersize=5, linewidth=1.6)
    ax.scatter(
        line.k[line.degenerate],
        line.values[line.degenerate],
        s=30,
        marker=shape,
        facecolors="white",
        edgecolors=[tuple(colour)],
        zorder=3,
    )


def _mark_best(ax: Axes, ranked: list[Ranked]) -> str:
    """A ring around the best candidate; returns it in words with its lead."""
    best = ranked[0]
    ax.plot(
        best.k,
        best.value,
        "o",
        markersize=14,
        fillstyle="none",
        color=style.INK,
        markeredgewidth=1.6,
    )
    told = f"best: {best.k}, {best.name} ({best.value:.2f})"
    second = next((row for row in ranked[1:] if not _same(best, row)), None)
    if second is not None:
        told += f", ahead by {second.behind:.2f} of {second.k}, {second.name}"
    return told


def _same(best: Ranked, other: Ranked) -> bool:
    """Whether two families coincide, as full and tied do for one component."""
    return best.k == other.k and other.behind <= 1e-9 * abs(best.value)


def _name_lines(ax: Axes, lines: list[Line]) -> None:
    """The name of each line at its right end, moved apart where the ends are close."""
    low, high = ax.get_ylim()
    ends = []
    for number, line in enumerate(lines):
        inside = np.flatnonzero((line.values >= low) & (line.values <= high))
        if len(inside):
            ends.append((float(line.values[inside[-1]]), number, line.name))
    right = max(float(line.k.max()) for line in lines)
    heights = _apart(sorted(end[0] for end in ends), 0.055 * (high - low))
    for height, (_, number, name) in zip(heights, sorted(ends), strict=True):
        ax.annotate(
            name,
            (right, height),
            xytext=(10, 0),
            textcoords="offset points",
            va="center",
            fontsize=9.5,
            color=style.line_colour(number),
            annotation_clip=False,
        )


def _apart(heights: list[float], gap: float) -> Floats:
    """Ascending heights moved as little as needed to stand `gap` apart.

    Less their own steps of `gap` they must only not fall, which isotonic regression gives.
    """
    steps = gap * np.arange(len(heights))
    return np.asarray(isotonic_regression(np.array(heights) - steps).x + steps, dtype=float)


def _rise(history: list[Floats]) -> tuple[float, float]:
    """View of the log-likelihood; a wild first guess may run out of the picture below."""
    finite = np.concatenate([start[np.isfinite(start)] for start in history])
    settled = np.concatenate([start[1:] if len(start) > 2 else start for start in history])
    top, bottom = float(finite.max()), float(settled[np.isfinite(settled)].min())
    room = (top - bottom) or 0.05 * abs(top) or 1.0
    return max(float(finite.min()), bottom - room) - 0.06 * room, top + 0.08 * room


def _told(history: list[Floats], low: float) -> str:
    best = history[-1]
    starts = f"best of {len(history)} starts" if len(history) > 1 else "one start"
    told = f"{starts}: {best[-1]:.6g} after {len(best) - 1} iterations"
    below = any((start < low).any() for start in history)
    return told + ("\nfirst guesses lie below the view" if below else "")


def _rule(ax: Axes) -> None:
    """Whole numbers across, values in full and faint lines up."""
    ax.xaxis.set_major_locator(style.matplotlib("ticker").MaxNLocator(integer=True, min_n_ticks=1))
    ax.ticklabel_format(axis="y", useOffset=False)
    ax.grid(axis="y", color="#e6e6e6", linewidth=0.7)
    ax.set_axisbelow(True)
