"""The picture that fits the number of features."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mixtura.plot.line import density
from mixtura.plot.matrix import pairs
from mixtura.plot.plane import regions
from mixtura.plot.reading import parts_of
from mixtura.plot.space import ellipsoids

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["mixture"]

_PICTURES: dict[int, Any] = {1: density, 2: regions, 3: ellipsoids}


def mixture(model: Any, X: Any = None, ax: Axes | None = None) -> Axes | NDArray[np.object_]:
    """Draw a fitted mixture: density, soft regions, ellipsoids or pairs, for d = 1, 2, 3, more.

    Parameters
    ----------
    model : GaussianMixture
        A fitted mixture.
    X : array-like (n, d), optional
        Rows to draw.
    ax : matplotlib Axes, optional
        Where to draw; a new figure if not given.

    Returns
    -------
    matplotlib Axes, or ndarray of Axes for more than 3 features
        Of the latter, ``axes[0, 0].figure`` is the figure.

    Raises
    ------
    InvalidParameterError
        If `model` is not fitted.
    InvalidDataError
        If `X` does not have the features of `model`.

    Examples
    --------
    >>> import matplotlib
    >>> matplotlib.use("Agg")
    >>> import mixtura
    >>> X = [[0, 0], [1, 1], [0, 1], [8, 8], [9, 8], [8, 9]]
    >>> ax = mixtura.plot.mixture(mixtura.GaussianMixture(2, random_state=0).fit(X), X)
    """
    picture = _PICTURES.get(parts_of(model).means.shape[1], pairs)
    return picture(model, X, ax=ax)
