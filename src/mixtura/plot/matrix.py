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
from mixtura.plot.reading import Parts, at_rows, drawn, feature_index, parts_of, rows_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["pairs"]

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
        Those above the diagonal are empty.

    Raises
    ------
    InvalidParameterError
        If `model` is not fitted or `features` are not its features.
    InvalidDataError
        If `X` does not have the features of `model`.
    """
    parts = parts_of(model)
    x = rows_of(X, parts)
    shown = _most_telling(parts) if features is None else [feature_index(f, parts) for f in features]
    few, left_out = (None, "") if x is None else drawn(x)
    labels = None if few is None else at_rows(model.predict_proba, few).argmax(axis=1)
    m, d = len(shown), parts.means.shape[1]
    chosen = f"{m} of {d} features" + (", where components differ most" if not features else "")
    axes = _grid(style.new_axes(ax, size=(1.2 + 1.7 * m, 0.8 + 1.7 * m)), m)
    views = [limits(parts, feature, x) for feature in shown]
    for row, column in zip(*np.tril_indices(m), strict=True):
        cell, plane = axes[row, column], marginal(parts, [shown[column], shown[row]])
        if row == column:
            draw_density(cell, marginal(plane, [0]), None if x is None else x[:, [shown[row]]])
            cell.set_yticks([])
        else:
            if few is not None and labels is not None:
                points(cell, few[:, [shown[column], shown[row]]], labels)
            outlines(cell, plane)
            if len(parts.alive) <= MOST_NUMBERED:
                number_means(cell, plane, size=7.0)
            cell.set_ylim(*views[row])
        cell.set_xlim(*views[column])
        _label(cell, plane, row, column, m)
    sentences = [chosen if m < d else "", MASS_CAPTION, left_out]
    _caption(axes[0, 0], "; ".join(filter(None, sentences)))
    return axes


def _most_telling(parts: Parts) -> list[int]:
    """At most 6 features, those with the largest share of variance between components."""
    weights = parts.weights[parts.alive, None]
    means = parts.means[parts.alive]
    within = (weights * parts.covariances[parts.alive].diagonal(axis1=1, axis2=2)).sum(axis=0)
    between = (weights * (means - (weights * means).sum(axis=0)) ** 2).sum(axis=0)
    total = np.maximum(within + between, np.finfo(float).tiny)
    return sorted(int(i) for i in np.argsort(-between / total, kind="stable")[:MOST_FEATURES])


def _grid(ax: Axes, m: int) -> NDArray[np.object_]:
    """Axes (m, m) where `ax` stood, those above the diagonal switched off."""
    figure = ax.figure
    cells = style.grid_in_place_of(ax, m, m)
    axes = np.empty((m, m), dtype=object)
    for row, column in np.ndindex(m, m):
        axes[row, column] = figure.add_subplot(cells[row, column])  # type: ignore[union-attr]
        axes[row, column].set_axis_off() if column > row else None
    return axes


def _label(cell: Any, plane: Parts, row: int, column: int, m: int) -> None:
    """Names and tick labels at the outer edges only."""
    across, up = plane.names
    style.dress(cell, across if row == m - 1 else "", up if column == 0 < row else "")
    cell.tick_params(labelsize=7.5, labelbottom=row == m - 1, labelleft=column == 0 < row)


def _caption(corner: Any, caption: str) -> None:
    corner.set_title(caption, loc="left", fontsize=8.5, color=style.QUIET)
