"""One feature: histogram of the rows, density of the mixture, and every component in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mixtura.plot import style
from mixtura.plot.geometry import limits, marginal, normal_density
from mixtura.plot.reading import Parts, feature_index, optional_rows, parts_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["density", "draw_density"]

Floats = NDArray[np.float64]


def density(model: Any, X: Any = None, ax: Axes | None = None, feature: int | str = 0) -> Axes:
    """Density of one feature, with each component times its weight.

    Parameters
    ----------
    model : GaussianMixture
        A fitted mixture of any number of features.
    X : array-like (n, d), optional
        Rows to show as a histogram.
    ax : matplotlib Axes, optional
        Where to draw; a new figure if not given.
    feature : int or str
        Position or name of the feature; its marginal is drawn.

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    InvalidParameterError
        If `model` is not fitted or `feature` is not one of its features.
    InvalidDataError
        If `X` does not have the features of `model`.

    Examples
    --------
    >>> import matplotlib
    >>> matplotlib.use("Agg")
    >>> import mixtura
    >>> X = [[1.0], [1.2], [0.9], [5.0], [5.3], [4.9]]
    >>> ax = mixtura.plot.density(mixtura.GaussianMixture(2, random_state=0).fit(X), X)
    >>> ax.get_ylabel()
    'density'
    """
    parts = parts_of(model)
    x = optional_rows(X, parts)
    column = feature_index(feature, parts)
    ax = style.new_axes(ax)
    draw_density(ax, marginal(parts, [column]), None if x is None else x[:, [column]])
    bars = "" if x is None else "; bars: rows"
    style.dress(ax, parts.names[column], "density", f"line: mixture; dashed: components{bars}")
    return ax


def draw_density(ax: Axes, parts: Parts, x: Floats | None, numbered: bool = True) -> None:
    """Draw a mixture of one feature, rows (n, 1), onto `ax`."""
    low, high = limits(parts, 0, x)
    if x is not None:
        _histogram(ax, x[:, 0])
    at = _abscissae(parts, low, high)
    curves = {
        j: parts.weights[j] * normal_density(at, parts.means[j, 0], parts.covariances[j, 0, 0])
        for j in parts.alive
    }
    ax.plot(at, np.sum(list(curves.values()), axis=0), color=style.INK, linewidth=1.8, zorder=3)
    for component, curve in curves.items():
        ax.fill_between(at, curve, color=style.colour(component), alpha=0.25, linewidth=0)
        ax.plot(at, curve, color=style.line_colour(component), linewidth=1.4, linestyle="--")
        if numbered:
            _number(ax, component, float(at[curve.argmax()]), float(curve.max()))
    ax.set_xlim(low, high)
    ax.set_ylim(bottom=0.0)


def _histogram(ax: Axes, x: Floats) -> None:
    """Bars by Rice's rule, between 10 and 80 of them; constant rows need none."""
    if x.max() > x.min():
        bins = int(np.clip(2.0 * len(x) ** (1.0 / 3.0), 10, 80))
        ax.hist(x, bins=bins, density=True, color="#d9d9d9", edgecolor="white", linewidth=0.5)


def _abscissae(parts: Parts, low: float, high: float) -> Floats:
    """Evenly spaced points, and closer ones around each component so that no peak is missed."""
    sd = np.sqrt(np.maximum(parts.covariances[parts.alive, 0, 0], 0.0))
    near = parts.means[parts.alive, 0, None] + sd[:, None] * np.linspace(-4.0, 4.0, 81)
    return np.unique(
        np.clip(np.concatenate([np.linspace(low, high, 400), near.ravel()]), low, high)
    )


def _number(ax: Axes, component: int, x: float, y: float) -> None:
    """The component's number above its peak."""
    ax.annotate(
        str(component),
        (x, y),
        xytext=(0, 4),
        textcoords="offset points",
        ha="center",
        fontsize=9,
        fontweight="bold",
        color=style.line_colour(component),
        path_effects=style.halo(),
        zorder=4,
    )
