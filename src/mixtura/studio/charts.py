"""Charts of the plain screens: points with ellipses, curves of a criterion, a map of numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from mixtura.plot.geometry import ellipse
from mixtura.plot.reading import Parts
from mixtura.plot.style import COLOURS

__all__ = ["INKS", "bars", "blend", "curves", "heat", "points"]

INKS = (*COLOURS, "#999999")
_SHAPES = ("circle", "square", "triangle-up", "diamond", "triangle-down", "cross", "wedge", "arrow")
_TIGHT = alt.Scale(zero=False, padding=12)
_MASS = 0.865  # what lies within two standard deviations in the plane


def points(
    x: np.ndarray,
    labels: np.ndarray,
    inks: Sequence[str],
    names: tuple[str, str],
    parts: Parts | None = None,
    chosen: int | None = None,
) -> Any:
    """Points (n, 2) in inks of their own, a shape a label, and a mixture's ellipses."""
    frame = pd.DataFrame(
        {
            "x": x[:, 0],
            "y": x[:, 1],
            "ink": list(inks),
            "shape": [_SHAPES[label % 8] if label >= 0 else "cross" for label in labels],
            "point": np.arange(1, len(x) + 1),
        }
    )
    pick = alt.selection_point(name="pick", fields=["point"], on="click", empty=False)
    dots = (
        alt.Chart(frame)
        .mark_point(filled=True, size=46, opacity=0.9, stroke="white", strokeWidth=0.6)
        .encode(
            alt.X("x", title=names[0], scale=_TIGHT, axis=alt.Axis(tickCount=7)),
            alt.Y("y", title=names[1], scale=_TIGHT, axis=alt.Axis(tickCount=6)),
            color=alt.Color("ink", scale=None),
            shape=alt.Shape("shape", scale=None),
            tooltip=[
                alt.Tooltip("point", title="#"),
                alt.Tooltip("x", title=names[0]),
                alt.Tooltip("y", title=names[1] or " "),
            ],
        )
        .add_params(pick)
    )
    layers = [dots, *_outlines(parts), *_ring(frame, chosen)]
    return _inked(alt.layer(*layers).properties(height=340))


def blend(responsibilities: np.ndarray) -> list[str]:
    """A colour a row: the components' colours mixed as the responsibilities (n, k) say."""
    rgb = np.array([[int(ink[i : i + 2], 16) for i in (1, 3, 5)] for ink in INKS])
    k = responsibilities.shape[1]
    mixed = responsibilities @ rgb[np.arange(k) % len(INKS)]
    return ["#{:02x}{:02x}{:02x}".format(*row) for row in mixed.round().astype(int)]


def curves(frame: pd.DataFrame, title: str, across: str, families: str) -> Any:
    """Columns k, value, family: a line a family, the best point ringed."""
    base = alt.Chart(frame).encode(
        alt.X("k:O", title=across, axis=alt.Axis(labelAngle=0)),
        alt.Y("value:Q", title=title, scale=alt.Scale(zero=False)),
        alt.Color(
            "family:N",
            scale=alt.Scale(range=list(INKS[:4])),
            legend=alt.Legend(orient="top", title=None),
        ),
    )
    pick = alt.selection_point(name="pick", fields=["k", "family"], on="click", empty=False)
    dots = base.mark_point(filled=True, size=70, opacity=1).encode(
        shape=alt.Shape("family:N", legend=None),
        tooltip=[
            alt.Tooltip("family", title=families),
            alt.Tooltip("k", title=across),
            alt.Tooltip("value", title=title),
        ],
    )
    best = frame.loc[[frame["value"].idxmin()]]
    ring = (
        alt.Chart(best)
        .mark_point(size=320, color="#1B2430", strokeWidth=2)
        .encode(x="k:O", y="value:Q")
    )
    layers = (base.mark_line(strokeWidth=2), dots.add_params(pick), ring)
    return _inked(alt.layer(*layers).properties(height=330))


def heat(frame: pd.DataFrame, across: str, up: str) -> Any:
    """Columns k, family, behind: how far every candidate is behind the best, in numbers."""
    base = alt.Chart(frame).encode(
        alt.X("k:O", title=across, axis=alt.Axis(labelAngle=0)),
        alt.Y("family:N", title=up, sort=None),
    )
    pick = alt.selection_point(name="pick", fields=["k", "family"], on="click", empty=False)
    cells = base.mark_rect(stroke="white", strokeWidth=2, cornerRadius=4).encode(
        color=alt.Color(
            "behind:Q",
            scale=alt.Scale(type="symlog", range=["#CFE6F5", "#0A4B78"], reverse=True),
            legend=None,
        )
    )
    text = base.mark_text(fontSize=12).encode(
        text=alt.Text("behind:Q", format=".0f"),
        color=alt.condition("datum.light", alt.value("#111111"), alt.value("#FFFFFF")),
    )
    return _inked(alt.layer(cells.add_params(pick), text).properties(height=210))


def bars(frame: pd.DataFrame) -> Any:
    """Columns day, cards: a bar a day, in the order given, with its number."""
    base = alt.Chart(frame).encode(
        alt.X("day:N", sort=None, title=None, axis=alt.Axis(labelAngle=0, labelOverlap=True)),
        alt.Y("cards:Q", title=None, axis=alt.Axis(tickMinStep=1)),
    )
    text = base.mark_text(dy=-7, color="#1B2430").encode(text="cards:Q")
    return _inked(alt.layer(base.mark_bar(color="#0072B2"), text).properties(height=180))


def _inked(chart: Any) -> Any:
    """The chart with words that are dark enough to read."""
    return chart.configure_axis(labelColor="#3A4552", titleColor="#1B2430").configure_legend(
        labelColor="#1B2430"
    )


def _outlines(parts: Parts | None) -> list[alt.Chart]:
    if parts is None:
        return []
    return [
        alt.Chart(_outline(parts.means[j], parts.covariances[j]))
        .mark_line(color=INKS[j % len(INKS)], strokeWidth=2.2)
        .encode(x="x", y="y", order="order")
        for j in parts.alive
    ]


def _outline(mean: np.ndarray, covariance: np.ndarray) -> pd.DataFrame:
    corners = ellipse(mean, covariance, _MASS, points=64)
    return pd.DataFrame({"x": corners[:, 0], "y": corners[:, 1], "order": np.arange(len(corners))})


def _ring(frame: pd.DataFrame, chosen: int | None) -> list[alt.Chart]:
    if chosen is None:
        return []
    one = frame.iloc[[chosen]]
    return [
        alt.Chart(one).mark_point(size=260, color="#111111", strokeWidth=2).encode(x="x", y="y")
    ]
