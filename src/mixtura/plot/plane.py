"""Two features: soft regions, density contours and ellipses."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mixtura.plot import style
from mixtura.plot.geometry import limits, marginal
from mixtura.plot.marks import MASS_CAPTION, MASSES, number_means, outlines, points
from mixtura.plot.reading import (
    Parts,
    at_rows,
    drawn,
    feature_index,
    optional_rows,
    parts_of,
    require_features,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["contours", "ellipses", "regions"]

Floats = NDArray[np.float64]

CELLS = 140


def regions(model: Any, X: Any = None, ax: Axes | None = None) -> Axes:
    """Who owns which part of the plane, softly: colours blended by responsibility.

    Every point of the background has the mean of the components' colours, weighted with
    ``model.predict_proba`` there. Rows, ellipses and numbered means lie on top.

    Parameters
    ----------
    model : GaussianMixture
        A fitted mixture of 2 features.
    X : array-like (n, 2), optional
        Rows to draw; of more than 10 000 a random part is drawn and the caption says so.
    ax : matplotlib Axes, optional
        Where to draw; a new figure if not given.

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    InvalidParameterError
        If `model` is not fitted or does not have 2 features.
    InvalidDataError
        If `X` is not (n, 2) and finite.

    Examples
    --------
    >>> import matplotlib
    >>> matplotlib.use("Agg")
    >>> import mixtura
    >>> X = [[0, 0], [1, 1], [0, 1], [8, 8], [9, 8], [8, 9]]
    >>> ax = mixtura.plot.regions(mixtura.GaussianMixture(2, random_state=0).fit(X), X)
    >>> ax.get_xlabel(), ax.get_ylabel()
    ('x0', 'x1')
    """
    parts, x = _read(model, X)
    ax = style.new_axes(ax)
    horizontal, vertical = limits(parts, 0, x), limits(parts, 1, x)
    responsibilities = at_rows(model.predict_proba, _cells(horizontal, vertical))
    tints = np.array([style.tint(j) for j in range(len(parts.weights))])
    ax.imshow(
        (responsibilities @ tints).clip(0.0, 1.0).reshape(CELLS, CELLS, 3),
        extent=(*horizontal, *vertical),
        origin="lower",
        aspect="auto",
        interpolation="bilinear",
    )
    captions = [MASS_CAPTION]
    if x is not None:
        few, left_out = drawn(x)
        captions.append(left_out)
        points(ax, few, at_rows(model.predict_proba, few).argmax(axis=1))
    outlines(ax, parts)
    number_means(ax, parts)
    _frame(ax, parts, horizontal, vertical, *captions)
    return ax


def contours(model: Any, X: Any = None, ax: Axes | None = None) -> Axes:
    """Density of the plane as contours, at half powers of ten below its highest value.

    Parameters
    ----------
    model : GaussianMixture
        A fitted mixture of 2 features.
    X : array-like (n, 2), optional
        Rows to draw.
    ax : matplotlib Axes, optional
        Where to draw; a new figure if not given.

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    InvalidParameterError
        If `model` is not fitted or does not have 2 features.
    InvalidDataError
        If `X` is not (n, 2) and finite.
    """
    parts, x = _read(model, X)
    ax = style.new_axes(ax)
    horizontal, vertical = limits(parts, 0, x), limits(parts, 1, x)
    log_density = at_rows(model.score_samples, _cells(horizontal, vertical)).reshape(CELLS, CELLS)
    powers = np.maximum((log_density - log_density.max()) / np.log(10.0), -99.0)
    levels = np.arange(-4.0, 0.25, 0.5)
    across, up = _centres(*horizontal), _centres(*vertical)
    ax.contourf(across, up, powers, levels, cmap="Blues", alpha=0.55, extend="min")
    ax.contour(
        across, up, powers, levels[:-1], colors="#1f4e79", linewidths=0.8, linestyles="solid"
    )
    captions = ["density: each line half a power of ten below the last"]
    if x is not None:
        few, left_out = drawn(x)
        captions.append(left_out)
        ax.scatter(
            few[:, 0], few[:, 1], s=6, color=style.INK, alpha=0.45, linewidths=0, rasterized=True
        )
    _frame(ax, parts, horizontal, vertical, *captions)
    return ax


def ellipses(
    model: Any,
    X: Any = None,
    ax: Axes | None = None,
    features: tuple[int | str, int | str] = (0, 1),
    masses: Sequence[float] = MASSES,
) -> Axes:
    """Ellipses and numbered means of two features, as a layer over any picture.

    Parameters
    ----------
    model : GaussianMixture
        A fitted mixture of at least 2 features.
    X : array-like (n, d), optional
        Rows to draw below the ellipses.
    ax : matplotlib Axes, optional
        Where to draw, its limits are kept; a new figure if not given.
    features : pair of int or str
        Positions or names of the features across and up; their marginal is drawn.
    masses : sequence of float
        Share of a component that each of its ellipses holds, in 0..1.

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    InvalidParameterError
        If `model` is not fitted or `features` are not two of its features.
    InvalidDataError
        If `X` does not have the features of `model`.
    """
    parts = parts_of(model)
    x = optional_rows(X, parts)
    chosen = [feature_index(feature, parts) for feature in features]
    plane = marginal(parts, chosen)
    captions = [MASS_CAPTION if tuple(masses) == MASSES else ""]
    fresh = ax is None
    ax = style.new_axes(ax)
    if x is not None:
        few, left_out = drawn(x)
        captions.append(left_out)
        points(ax, few[:, chosen], at_rows(model.predict_proba, few).argmax(axis=1))
        x = x[:, chosen]
    outlines(ax, plane, masses)
    number_means(ax, plane)
    if fresh:
        _frame(ax, plane, limits(plane, 0, x), limits(plane, 1, x), *captions)
    return ax


def _read(model: Any, X: Any) -> tuple[Parts, Floats | None]:
    parts = parts_of(model)
    require_features(parts, 2)
    return parts, optional_rows(X, parts)


def _centres(low: float, high: float) -> Floats:
    """Centres of equal cells between two limits, (CELLS,)."""
    return low + (high - low) * (np.arange(CELLS) + 0.5) / CELLS


def _cells(horizontal: tuple[float, float], vertical: tuple[float, float]) -> Floats:
    """Centres of the picture's cells as rows, (CELLS**2, 2), the lowest line first."""
    across, up = np.meshgrid(_centres(*horizontal), _centres(*vertical))
    return np.column_stack([across.ravel(), up.ravel()])


def _frame(
    ax: Axes,
    parts: Parts,
    horizontal: tuple[float, float],
    vertical: tuple[float, float],
    *captions: str,
) -> None:
    """Limits, names and a caption of the sentences that are not empty."""
    ax.set_xlim(*horizontal)
    ax.set_ylim(*vertical)
    across, up = parts.names
    style.dress(ax, across, up, "\n".join(filter(None, captions)))
