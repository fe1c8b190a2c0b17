"""What the pictures read: a fitted mixture's parts, and rows as a float array."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from difflib import get_close_matches
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from mixtura.exceptions import InvalidDataError, InvalidParameterError

__all__ = [
    "Parts",
    "at_rows",
    "drawn",
    "feature_index",
    "optional_rows",
    "parts_of",
    "require_features",
    "rows_of",
]

Floats = NDArray[np.float64]

MOST_POINTS = 10_000


class Parts(NamedTuple):
    """A fitted mixture as the pictures need it, whatever its covariance family."""

    weights: Floats  # (k,), 0 for components of a Bayesian mixture that hold no row
    means: Floats  # (k, d)
    covariances: Floats  # (k, d, d)
    names: tuple[str, ...]  # d

    @property
    def alive(self) -> list[int]:
        """The components that can be drawn: weight above 0, mean and covariance finite."""
        finite = np.isfinite(self.means).all(axis=1) & np.isfinite(self.covariances).all((1, 2))
        return [int(j) for j in np.flatnonzero((self.weights > 0) & finite)]


def parts_of(model: Any) -> Parts:
    """Read weights, means, covariances and names of a fitted mixture.

    Raises
    ------
    InvalidParameterError
        If `model` is not a fitted mixture of Mixtura.
    """
    if not hasattr(model, "covariance_matrices_"):
        raise InvalidParameterError(
            "`model` must be a fitted mixture of Mixtura's, got "
            f"{type(model).__name__} without `covariance_matrices_`; call model.fit(X) first, or "
            "mixtura.GaussianMixture.from_sklearn(model) for scikit-learn's"
        )
    means = np.asarray(model.means_, dtype=float)
    names = getattr(model, "feature_names_in_", None)
    if names is None:
        names = [f"x{i}" for i in range(means.shape[1])]
    weights = np.array(model.weights_, dtype=float)
    held = getattr(model, "effective_components_", np.arange(0))
    if len(held):
        weights[np.setdiff1d(np.arange(len(weights)), held)] = 0.0
    return Parts(
        weights=weights,
        means=means,
        covariances=np.asarray(model.covariance_matrices_, dtype=float),
        names=tuple(str(name) for name in names),
    )


def rows_of(X: Any, parts: Parts) -> Floats:
    """Rows as floats (n, d).

    Raises
    ------
    InvalidDataError
        If `X` is not an (n, d) table of finite numbers, n > 0, with the mixture's d.
    """
    d = parts.means.shape[1]
    try:
        x = np.asarray(X, dtype=float)
    except (TypeError, ValueError) as error:
        raise InvalidDataError(
            f"`X` must hold numbers only, got {error}; keep the columns {list(parts.names)}"
        ) from error
    x = x[:, None] if x.ndim == d == 1 else x
    if x.ndim != 2 or x.shape[1] != d or not len(x):
        raise InvalidDataError(
            f"`X` must be (n, {d}), rows with the features of `model`, got shape {x.shape}; "
            f"keep the columns {list(parts.names)}"
        )
    if not np.isfinite(x).all():
        raise InvalidDataError(
            "`X` must be finite, got NaN or infinity; draw X[np.isfinite(X).all(axis=1)]"
        )
    return x


def optional_rows(X: Any, parts: Parts) -> Floats | None:
    """Rows as `rows_of` reads them, or None where none were given."""
    return None if X is None else rows_of(X, parts)


def drawn(x: Floats) -> tuple[Floats, str]:
    """The rows to draw as points, at most 10 000, and a caption where some are left out."""
    n = len(x)
    if n <= MOST_POINTS:
        return x, ""
    chosen = np.random.default_rng(0).choice(n, MOST_POINTS, replace=False)
    return x[np.sort(chosen)], f"{MOST_POINTS:,} of {n:,} rows drawn, at random"


def at_rows(method: Callable[[Floats], Any], x: Floats) -> Floats:
    """Call a method of a mixture on a plain array, though it was fitted on a named frame."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="X does not have valid feature names")
        return np.asarray(method(x), dtype=float)


def require_features(parts: Parts, wanted: int) -> None:
    """Refuse a mixture whose number of features the picture cannot show."""
    d = parts.means.shape[1]
    if d != wanted:
        raise InvalidParameterError(
            f"`model` must have {wanted} features for this picture, got {d}; "
            "type mixtura.plot.mixture(model, X), which picks the picture by their number"
        )


def feature_index(feature: int | str, parts: Parts) -> int:
    """Position of a feature given by position or by name."""
    names = list(parts.names)
    if isinstance(feature, str) and feature in names:
        return names.index(feature)
    if isinstance(feature, int | np.integer) and -len(names) <= feature < len(names):
        return int(feature) % len(names)
    close = get_close_matches(str(feature), names, n=1)
    raise InvalidParameterError(
        f"`feature` must be one of {names} or a position below {len(names)}, got {feature!r}"
        + (f"; did you mean {close[0]!r}?" if close else f"; type feature={names[0]!r}")
    )
