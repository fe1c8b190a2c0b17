"""More than three features: every pair of them, and each on its own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mixtura.plot import style
from mixtura.plot.geometry import limits, marginal
from mixtura.plot.line import draw_density
from mixtura.plot.marks import MASS_CAPTION, number_means, outlines, points
from mixtura.plot.reading import Parts, at_rows, drawn, feature_index, optional_rows, parts_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["pairs"]

Floats = NDArray[np.float64]

MOST_FEATURES = 6
MOST_NUMBERED = 12


def pairs(
    model: Any,
    X: Any = None,
    features: Sequence[int | str] | None = None,
    ax: Axes | None = None,
) -> NDArray[np.object_]:
    """Pair plot: densities of single features on the diagonal, ellipses of pairs below it.

    Parameters
    ----------
    model : GaussianMixture
        A fitted mixture.
    X : array-like (n, d), optional
        Rows to draw; of more than 10 000 a random part is drawn and the caption says so.
    features : sequence of int or str, optional
        Which features, by position or name. By default all, and of more than 6 those whose
        component means differ most for their spread; the caption says so.
    ax : matplotlib Axes, optional
        Axes that give their place to the grid; a new figure if not given.

    Returns
    -------
    ndarray (m, m) of matplotlib Axes
        None above the diagonal, where nothing is drawn.

    Raises
    ------
    InvalidParameterError
        If `model` is not fitted or `features` are not its features.
    InvalidDataError
        If `X` does not have the features of `model`.
    """
    parts = parts_of(model)
    x = optional_rows(X, parts)
    shown = (
        _most_telling(parts) if features is None else [feature_index(f, parts) for f in features]
    )
    captions = [_chosen(len(shown), len(parts.names), by_default=features is None), MASS_CAPTION]
    labels = None
    if x is not None:
        x, left_out = drawn(x)
        captions.append(left_out)
        labels = at_rows(model.predict_proba, x).argmax(axis=1)
        x = x[:, shown]
    m, parts = len(shown), marginal(parts, shown)
    axes = _grid(style.new_axes(ax, size=(1.2 + 1.7 * m, 0.8 + 1.7 * m)), m)
    for row, column in np.ndindex(m, m):
        if column == row:
            _single(axes[row, row], parts, row, x)
        elif column < row:
            _pair(axes[row, column], parts, [column, row], x, labels)
    axes[0, 0].text(
        1.08,  # in the empty corner, where it widens no column
        1.0,
        "\n".join(filter(None, captions)),
        transform=axes[0, 0].transAxes,
        va="top",
        fontsize=8.5,
        color=style.QUIET,
        in_layout=False,
    )
    return axes


def _most_telling(parts: Parts) -> list[int]:
    """At most 6 features, those with the largest share of variance between components."""
    weights = parts.weights[parts.alive, None]
    means = parts.means[parts.alive]
    within = (weights * parts.covariances[parts.alive].diagonal(axis1=1, axis2=2)).sum(axis=0)
    between = (weights * (means - (weights * means).sum(axis=0)) ** 2).sum(axis=0)
    total = np.maximum(within + between, np.finfo(float).tiny)
    return sorted(int(i) for i in np.argsort(-between / total, kind="stable")[:MOST_FEATURES])


def _chosen(m: int, d: int, by_default: bool) -> str:
    """What the caption must admit about features that are not shown."""
    if m == d:
        return ""
    return f"{m} of {d} features" + (", where components differ most" if by_default else "")


def _grid(ax: Axes, m: int) -> NDArray[np.object_]:
    """Axes where `ax` stood on and below the diagonal of (m, m), None above it."""
    figure = ax.figure
    cells = style.grid_in_place_of(ax, m, m)
    axes = np.empty((m, m), dtype=object)
    for row in range(m):
        for column in range(row + 1):
            axes[row, column] = figure.add_subplot(cells[row, column])
    return axes


def _single(cell: Any, parts: Parts, feature: int, x: Floats | None) -> None:
    """One feature on the diagonal: its density."""
    draw_density(cell, marginal(parts, [feature]), None if x is None else x[:, [feature]])
    last = len(parts.names) - 1
    style.dress(cell, parts.names[feature] if feature == last else "")
    cell.set_yticks([])
    cell.locator_params(axis="x", nbins=4)
    cell.tick_params(labelsize=7.5, labelbottom=feature == last)


def _pair(
    cell: Any,
    parts: Parts,
    features: list[int],
    x: Floats | None,
    labels: NDArray[np.intp] | None,
) -> None:
    """Two features below the diagonal, with names and tick labels at the outer edges only."""
    plane = marginal(parts, features)
    if x is not None and labels is not None:
        points(cell, x[:, features], labels)
    outlines(cell, plane)
    if len(parts.alive) <= MOST_NUMBERED:
        number_means(cell, plane, size=7.0)
    across, up = features
    cell.set_xlim(*limits(parts, across, x))
    cell.set_ylim(*limits(parts, up, x))
    bottom, left = up == len(parts.names) - 1, across == 0
    style.dress(cell, plane.names[0] if bottom else "", plane.names[1] if left else "")
    cell.locator_params(nbins=4)
    cell.tick_params(labelsize=7.5, labelbottom=bottom, labelleft=left)
