"""Pictures of the games: drawn by matplotlib without a word in them, shown with one beside."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable, Sequence
from html import escape
from typing import Any

import numpy as np
import streamlit as st
from matplotlib.figure import Figure

from mixtura.plot import style
from mixtura.plot.geometry import ellipse, normal_density

__all__ = ["bells", "lines", "run", "scatter", "show"]

_TWO_SD = 0.865  # what lies within two standard deviations in the plane
_DASHES = ("-", "--", ":", "-.")


def show(draw: Callable[..., Figure], alt: str, *args: Any, width: int = 620) -> None:
    """A picture with its description; what `draw` makes of the arguments is kept."""
    data = base64.b64encode(_png(f"{draw.__module__}.{draw.__name__}", draw, args)).decode()
    st.html(
        f'<img alt="{escape(alt)}" src="data:image/png;base64,{data}" style="width:100%;'
        f'max-width:{width}px;border:1px solid #DDE3EA;border-radius:12px">'
    )


@st.cache_data(max_entries=300, show_spinner=False)
def _png(name: str, _draw: Callable[..., Figure], args: tuple[Any, ...]) -> bytes:
    stream = io.BytesIO()
    _draw(*args).savefig(stream, dpi=160)
    return stream.getvalue()


def bells(
    weights: np.ndarray, means: np.ndarray, spreads: np.ndarray, height: float, bare: bool
) -> Figure:
    """Weighted curves and a customer; unless `bare`, the uprights whose shares are the answer."""
    figure, ax = _axes(5.6, 2.9)
    tops = weights / (spreads * np.sqrt(2 * np.pi))
    at = np.linspace(float((means - 3 * spreads).min()), float((means + 3 * spreads).max()), 400)
    for j, (weight, mean, spread) in enumerate(zip(weights, means, spreads, strict=True)):
        curve = weight * normal_density(at, mean, spread**2)
        ax.fill_between(at, curve, color=style.colour(j), alpha=0.18, linewidth=0)
        ax.plot(at, curve, color=style.line_colour(j), linestyle=_DASHES[j], linewidth=1.8)
        _number(ax, j, mean, tops[j] + 0.09 * tops.max())
        here = float(weight * normal_density(np.array([height]), mean, spread**2)[0])
        if not bare:
            ax.plot([height] * 2, [0, here], color=style.line_colour(j), linewidth=4, alpha=0.5)
        ax.plot(height, here, style.marker(j), color=style.line_colour(j), markersize=7)
    ax.axvline(height, color=style.INK, linewidth=1.2)
    ax.plot(height, 0.0, "^", color=style.INK, markersize=11, clip_on=False)
    style.dress(ax, "cm")
    ax.set_yticks([])
    ax.set_ylim(0.0, 1.2 * tops.max())
    return figure


def scatter(points: np.ndarray, groups: np.ndarray | None = None) -> Figure:
    """Points (n, 2), grey, or each group with a colour and a shape."""
    figure, ax = _axes(5.0, 3.9)
    labels = np.full(len(points), -1) if groups is None else groups
    for group in np.unique(labels):
        chosen = points[labels == group]
        look = (style.QUIET, "o") if group < 0 else (style.colour(group), style.marker(int(group)))
        ax.scatter(*chosen.T, color=look[0], marker=look[1], s=16, alpha=0.75, linewidths=0)
    ax.set_aspect("equal")
    style.dress(ax)
    return figure


def run(
    points: np.ndarray, weights: np.ndarray, means: np.ndarray, matrices: np.ndarray, trace: Any
) -> Figure:
    """Where a run of EM ended, over its log-likelihood."""
    figure = Figure(figsize=(3.4, 4.2), layout="constrained")
    ax, curve = figure.subplots(2, 1, height_ratios=[3, 1.1])
    ax.scatter(*points.T, color="#9AA3AD", s=7, alpha=0.8, linewidths=0)
    for j, (mean, covariance) in enumerate(zip(means, matrices, strict=True)):
        outline = ellipse(mean, covariance, _TWO_SD)
        ax.plot(*outline.T, color=style.line_colour(j), linestyle=_DASHES[j], linewidth=1.8)
        _number(ax, j, *mean)
    low, high = points.min(axis=0), points.max(axis=0)
    margin = 0.15 * (high - low)
    ax.set(xlim=(low[0] - margin[0], high[0] + margin[0]))
    ax.set(ylim=(low[1] - margin[1], high[1] + margin[1]), xticks=[], yticks=[])
    curve.plot(trace, color=style.COLOURS[0], linewidth=1.6)
    style.dress(ax)
    style.dress(curve)
    return figure


def lines(values: Sequence[Sequence[float]], begin: int, best: Sequence[int | None]) -> Figure:
    """Curves, each with a shape of its own, and a ring around the best point of each."""
    figure, ax = _axes(5.6, 2.9)
    for j, (curve, at) in enumerate(zip(values, best, strict=True)):
        across = np.arange(begin, begin + len(curve))
        look = {"color": style.line_colour(j), "linestyle": _DASHES[j], "marker": style.marker(j)}
        ax.plot(across, curve, markersize=5, linewidth=1.7, **look)
        if at is not None:
            ax.plot(at, curve[at - begin], "o", markersize=13, fillstyle="none", color=style.INK)
    style.dress(ax)
    ax.grid(axis="y", color="#E6EAEE")
    return figure


def _axes(width: float, height: float) -> tuple[Figure, Any]:
    figure = Figure(figsize=(width, height), layout="constrained")
    return figure, figure.add_subplot()


def _number(ax: Any, j: int, x: float, y: float) -> None:
    """The number of a component in a disc of its colour, where it can be seen."""
    box = {"boxstyle": "circle,pad=0.22", "facecolor": style.line_colour(j), "edgecolor": "white"}
    ax.text(
        x, y, str(j + 1), color="white", fontsize=8, weight="bold", ha="center", va="center",
        bbox=box, clip_on=True, zorder=5,
    )  # fmt: skip
