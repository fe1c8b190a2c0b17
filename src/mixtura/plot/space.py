"""Three features: an ellipsoid per component."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from mixtura.plot import style
from mixtura.plot.geometry import ellipsoid, limits
from mixtura.plot.marks import number_means, points
from mixtura.plot.reading import at_rows, drawn, optional_rows, parts_of, require_features

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["ellipsoids"]

MASS = 0.5


def ellipsoids(model: Any, X: Any = None, ax: Axes | None = None) -> Axes:
    """Ellipsoids that hold half of each component, among the rows.

    Parameters
    ----------
    model : GaussianMixture
        A fitted mixture of 3 features.
    X : array-like (n, 3), optional
        Rows to draw; of more than 10 000 a random part is drawn and the caption says so.
    ax : matplotlib Axes, optional
        Where to draw; plain axes give their place to three-dimensional ones. A new figure if
        not given.

    Returns
    -------
    matplotlib Axes3D

    Raises
    ------
    InvalidParameterError
        If `model` is not fitted or does not have 3 features.
    InvalidDataError
        If `X` is not (n, 3) and finite.
    """
    parts = parts_of(model)
    require_features(parts, 3)
    x = optional_rows(X, parts)
    space: Any = _spatial(style.new_axes(ax, size=(6.5, 5.5)))
    left_out = ""
    if x is not None:
        few, left_out = drawn(x)
        points(space, few, at_rows(model.predict_proba, few).argmax(axis=1))
    for j in parts.alive:
        mesh = np.moveaxis(ellipsoid(parts.means[j], parts.covariances[j], MASS), -1, 0)
        space.plot_surface(*mesh, color=(*style.colour(j), 0.22), linewidth=0, shade=False)
        space.plot_wireframe(
            *mesh, rstride=4, cstride=4, color=style.line_colour(j), linewidth=0.6, alpha=0.7
        )
    number_means(space, parts)
    for axis, name, feature in zip("xyz", parts.names, range(3), strict=True):
        space.set(**{f"{axis}lim": limits(parts, feature, x)})
        getattr(space, f"{axis}axis").label.update(style.label(name))
    space.locator_params(nbins=5)
    space.set_box_aspect(None, zoom=0.92)
    space.tick_params(labelsize=8, labelcolor=style.INK)
    captions = ["ellipsoids hold 50 % of each component", left_out]
    space.set_title("\n".join(filter(None, captions)), loc="left", fontsize=8.5, color=style.QUIET)
    return space


def _spatial(ax: Axes) -> Axes:
    """`ax` where it is three-dimensional, else such axes in its place."""
    if hasattr(ax, "get_zlim"):
        return ax
    figure = ax.figure
    cell = style.grid_in_place_of(ax, 1, 1)[0]
    return figure.add_subplot(cell, projection="3d")
