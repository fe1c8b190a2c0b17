"""Weights, means, covariances and precisions from a user, checked by name."""

from __future__ import annotations

from typing import Any

import numpy as np

from mixtura.covariance import CovarianceFamily, Parameters
from mixtura.density import Form
from mixtura.exceptions import InvalidParameterError
from mixtura.variational import Posterior

__all__ = [
    "as_numbers",
    "check_covariances",
    "check_means",
    "check_numbers",
    "check_precisions",
    "check_weights",
    "features_of",
    "fitted_parameters",
    "fitted_posterior",
]

# Weights that were rounded on their way still sum to 1.
_ROUNDED = 1e-5


def check_weights(weights: Any, k: int, parameter: str) -> np.ndarray:
    """Weights (k,) that are not negative and sum to 1."""
    weights = check_numbers(weights, (k,), "weights", parameter)
    if np.any(weights < 0.0) or np.any(weights > 1.0):
        low, high = np.min(weights), np.max(weights)
        raise InvalidParameterError(  # the first sentence is scikit-learn's, its slip included
            f"The parameter 'weights' should be in the range [0, 1], but got max value {low:.5f}, "
            f"min value {high:.5f}: `{parameter}` runs from {low:g} to {high:g}; "
            f"give shares of the rows, such as {_equal(k)}"
        )
    total = np.sum(weights)
    if abs(total - 1.0) > 1e-6:
        raise InvalidParameterError(
            f"The parameter 'weights' should be normalized, but got sum(weights) = {total:.5f}; "
            f"divide `{parameter}` by its sum"
        )
    return weights / total


def check_means(means: Any, k: int, d: int, parameter: str) -> np.ndarray:
    """Means (k, d)."""
    return check_numbers(means, (k, d), "means", parameter)


def check_covariances(
    covariances: Any, family: CovarianceFamily, k: int, d: int, parameter: str
) -> np.ndarray:
    """Covariances in the family's shape, symmetric and positive definite."""
    name = f"{_name(family)} covariance"
    covariances = check_numbers(covariances, family.shape(k, d), name, parameter)
    _check_definite(covariances, family.cholesky(covariances), family, name, parameter)
    return covariances


def check_precisions(
    precisions: Any, family: CovarianceFamily, k: int, d: int, parameter: str
) -> np.ndarray:
    """Upper triangular factor of precisions in the family's shape."""
    name = f"{_name(family)} precision"
    precisions = check_numbers(precisions, family.shape(k, d), name, parameter)
    cholesky = family.cholesky_of_precisions(precisions)
    _check_definite(precisions, cholesky, family, name, parameter)
    return cholesky


def as_numbers(value: Any, shape: Any, parameter: str) -> np.ndarray:
    """A new float64 array; `shape` is what the message asks for."""
    try:
        if np.iscomplexobj(value):
            raise TypeError("complex numbers")
        return np.array(value, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise InvalidParameterError(
            f"`{parameter}` must be an array of numbers of shape {shape}: {error}; "
            "give values that numpy.array(values, dtype=float) takes"
        ) from None


def fitted_parameters(mixture: Any, family: CovarianceFamily) -> Parameters:
    """The fitted attributes of `mixture`, which a user may have set or changed, as they are.

    Of `covariances_` and `precisions_cholesky_` one is enough.

    Raises
    ------
    InvalidParameterError
        If one is not finite, has not the shape that the others have, or is no set of weights.
    """
    k, d = np.size(mixture.weights_), features_of(mixture)
    weights = _as_fitted(mixture.weights_, (k,), "weights_")
    means = _as_fitted(mixture.means_, (k, d), "means_")
    found = Parameters(weights, means, *_scales(mixture, family, family.shape(k, d)))
    if np.any(found.weights < 0.0) or abs(np.sum(found.weights) - 1.0) > _ROUNDED:
        raise InvalidParameterError(
            f"`weights_` must not be negative and sum to 1, got {found.weights.tolist()[:5]}; "
            "type mixture.weights_ /= mixture.weights_.sum()"
        )
    return found


def features_of(mixture: Any) -> int:
    """Number of features of a fitted mixture, or of one whose attributes were set by hand."""
    return int(getattr(mixture, "n_features_in_", np.shape(mixture.means_)[-1]))


def _scales(
    mixture: Any, family: CovarianceFamily, shape: tuple[int, ...]
) -> tuple[np.ndarray, np.ndarray]:
    """Covariances and the factor of their inverses."""
    if not hasattr(mixture, "covariances_"):
        cholesky = _as_fitted(mixture.precisions_cholesky_, shape, "precisions_cholesky_")
        return family.covariances(cholesky), cholesky
    covariances = _as_fitted(mixture.covariances_, shape, "covariances_")
    if not hasattr(mixture, "precisions_cholesky_"):
        cholesky = family.cholesky(covariances)
        _check_definite(covariances, cholesky, family, "covariances", "covariances_")
        return covariances, cholesky
    return covariances, _as_fitted(mixture.precisions_cholesky_, shape, "precisions_cholesky_")


def fitted_posterior(mixture: Any, family: CovarianceFamily) -> Posterior:
    """The fitted attributes of a Bayesian `mixture`, as they are.

    Raises
    ------
    InvalidParameterError
        If one is not finite, is too small, or has not the shape that the others have.
    """
    point = fitted_parameters(mixture, family)
    k = len(point.weights)
    dof = () if family.form is Form.SHARED else (k,)
    found = mixture.weight_concentration_
    pair = isinstance(found, tuple)
    parts = found if pair else (found,)
    concentration = tuple(_above(0, part, (k,), "weight_concentration_") for part in parts)
    least = 0 if family.form is Form.DIAGONAL else features_of(mixture) - 1
    return Posterior(
        *point,
        concentration if pair else concentration[0],  # type: ignore[arg-type]
        _above(0, mixture.mean_precision_, (k,), "mean_precision_"),
        _above(least, mixture.degrees_of_freedom_, dof, "degrees_of_freedom_"),
    )


def _above(least: int, value: Any, shape: tuple[int, ...], name: str) -> np.ndarray:
    array = _as_fitted(value, shape, name)
    if not np.all(array > least):
        raise InvalidParameterError(
            f"`{name}` must be greater than {least}, got {np.min(array):g}; fit again"
        )
    return array


def _as_fitted(value: Any, shape: tuple[int, ...], name: str) -> np.ndarray:
    fine = isinstance(value, np.ndarray) and value.dtype == np.float64
    array = value if fine else as_numbers(value, shape, name)
    if array.shape != shape or not np.all(np.isfinite(array)):
        what = "numbers that are not finite" if array.shape == shape else f"shape {array.shape}"
        raise InvalidParameterError(
            f"`{name}` must be finite floats of shape {shape}, as the other fitted attributes and "
            f"`covariance_type` have it, got {what}; fit again, or "
            f"set `{name}` to such an array"
        )
    return array


def check_numbers(value: Any, shape: tuple[int, ...], name: str, parameter: str) -> np.ndarray:
    """Finite numbers of a shape."""
    array = as_numbers(value, shape, parameter)
    if array.shape != shape:
        raise InvalidParameterError(
            f"The parameter '{name}' should have the shape of {shape}, but got {array.shape}; "
            f"give `{parameter}` that shape"
        )
    if not np.all(np.isfinite(array)):
        where = tuple(int(i) for i in np.argwhere(~np.isfinite(array))[0])
        raise InvalidParameterError(
            f"`{parameter}` must be finite, but is {array[where]} at {where}; replace that value"
        )
    return array


def _check_definite(
    values: np.ndarray, cholesky: np.ndarray, family: CovarianceFamily, name: str, parameter: str
) -> None:
    if family.form is Form.DIAGONAL:
        if not np.all(np.isfinite(cholesky)):
            raise InvalidParameterError(
                f"The parameter '{name}' should be positive, but the least is {np.min(values):g}; "
                f"give `{parameter}` values above 0 whose inverse is finite"
            )
        return
    transposed = np.swapaxes(values, -1, -2)
    symmetric = np.isclose(values, transposed, rtol=1e-6, atol=1e-12).all(axis=(-1, -2))
    definite = ~np.isnan(cholesky).any(axis=(-1, -2))
    if np.all(symmetric & definite):
        return
    bad = np.flatnonzero(np.atleast_1d(~(symmetric & definite)))[0]
    why = "not symmetric" if not np.atleast_1d(symmetric)[bad] else "not positive-definite"
    which = f" of component {bad}" if values.ndim == 3 and len(values) > 1 else ""
    matrix = values[bad] if values.ndim == 3 else values
    raise InvalidParameterError(
        f"The parameter '{name}' should be symmetric, positive-definite, but that{which} is {why}: "
        f"{np.array2string(matrix, threshold=20, separator=', ').replace(chr(10), '')}; "
        f"in `{parameter}` make entry (i, j) equal entry (j, i) and all eigenvalues positive"
    )


def _name(family: CovarianceFamily) -> str:
    return type(family).__name__.lower()


def _equal(k: int) -> str:
    return f"[{', '.join([f'{1 / k:.3g}'] * min(k, 4))}{', ...' if k > 4 else ''}]"
