"""Ellipses, ellipsoids and view limits of Gaussian components: numbers only, no drawing."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaincinv

from mixtura.plot.reading import Parts

__all__ = ["ellipse", "ellipsoid", "limits", "marginal", "mass_radius", "normal_density"]

Floats = NDArray[np.float64]


def mass_radius(mass: float, d: int) -> float:
    """Mahalanobis radius that holds `mass` of a d-dimensional Gaussian.

    The squared radius is the chi-square quantile with d degrees of freedom: in the plane
    1.18 for one half and 2.45 for 95 %.

    Examples
    --------
    >>> round(mass_radius(0.95, 2), 2)
    2.45
    """
    return float(np.sqrt(2.0 * gammaincinv(d / 2.0, mass)))


def marginal(parts: Parts, features: Sequence[int]) -> Parts:
    """The mixture of some features only: a marginal of a Gaussian is its sub-block."""
    chosen = list(features)
    return Parts(
        weights=parts.weights,
        means=parts.means[:, chosen],
        covariances=parts.covariances[:, chosen][:, :, chosen],
        names=tuple(parts.names[i] for i in chosen),
    )


def ellipse(mean: Floats, covariance: Floats, mass: float, points: int = 128) -> Floats:
    """Closed outline (points, 2) that holds `mass` of a Gaussian in the plane."""
    angle = np.linspace(0.0, 2.0 * np.pi, points)
    circle = np.column_stack([np.cos(angle), np.sin(angle)])
    return mean + mass_radius(mass, 2) * circle @ _root(covariance)


def ellipsoid(mean: Floats, covariance: Floats, mass: float, points: int = 24) -> Floats:
    """Surface mesh (points, points, 3) that holds `mass` of a Gaussian in space."""
    longitude, latitude = np.meshgrid(
        np.linspace(0.0, 2.0 * np.pi, points), np.linspace(0.0, np.pi, points)
    )
    sphere = np.stack(
        [
            np.cos(longitude) * np.sin(latitude),
            np.sin(longitude) * np.sin(latitude),
            np.cos(latitude),
        ],
        axis=-1,
    )
    return mean + mass_radius(mass, 3) * sphere @ _root(covariance)


def normal_density(x: Floats, mean: float, variance: float) -> Floats:
    """Density of a Gaussian on the line; a variance of 0 counts as the smallest positive one."""
    sd = max(np.sqrt(max(variance, 0.0)), np.finfo(float).tiny)
    with np.errstate(over="ignore"):
        return np.exp(-0.5 * ((x - mean) / sd) ** 2) / (sd * np.sqrt(2.0 * np.pi))


def limits(parts: Parts, feature: int, x: Floats | None = None) -> tuple[float, float]:
    """Interval of one feature that shows the rows and the components around them.

    With rows, components may widen the view by a quarter of the rows' range on each side and
    no more, so that one very wide component does not squeeze the picture.
    """
    alive = parts.alive
    centre = parts.means[alive, feature]
    reach = 3.0 * np.sqrt(np.maximum(parts.covariances[alive, feature, feature], 0.0))
    low, high = float((centre - reach).min()), float((centre + reach).max())
    if x is not None:
        first, last = float(x[:, feature].min()), float(x[:, feature].max())
        room = 0.25 * (last - first) or np.inf  # constant rows give no scale
        low = min(first, max(low, first - room))
        high = max(last, min(high, last + room))
    size = max(abs(low), abs(high))
    pad = max(0.03 * (high - low), 1e-9 * size) or 1.0
    return low - pad, high + pad


def _root(covariance: Floats) -> Floats:
    """Symmetric square root; a direction without spread stays without."""
    values, vectors = np.linalg.eigh(covariance)
    return (vectors * np.sqrt(np.maximum(values, 0.0))) @ vectors.T
