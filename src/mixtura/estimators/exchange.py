"""Mixtures to and from scikit-learn, number for number."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from mixtura.exceptions import InvalidParameterError

__all__ = ["fitted_like", "to_sklearn"]

_FITTED = (
    "weights_",
    "means_",
    "covariances_",
    "precisions_",
    "precisions_cholesky_",
    "converged_",
    "n_iter_",
    "lower_bound_",
    "lower_bounds_",
    "n_features_in_",
    "feature_names_in_",
)


def to_sklearn(mixture: Any) -> Any:
    """Scikit-learn's ``GaussianMixture`` with the same settings and fitted attributes."""
    from sklearn.mixture import GaussianMixture

    known = GaussianMixture._get_param_names()
    settings = {name: value for name, value in mixture.get_params().items() if name in known}
    if settings["init_params"] not in ("kmeans", "k-means++", "random", "random_from_data"):
        settings["init_params"] = "kmeans"
    return _copy_fitted(mixture, GaussianMixture(**settings))


def fitted_like(mixture: Any, blank: Any) -> Any:
    """`blank`, one of ours, with the settings and fitted attributes of scikit-learn's `mixture`.

    Raises
    ------
    InvalidParameterError
        If `mixture` is not a fitted Gaussian mixture.
    """
    if not all(hasattr(mixture, name) for name in ("covariance_type", *_FITTED[:5])):
        raise InvalidParameterError(
            "`mixture` must be a fitted sklearn.mixture.GaussianMixture, "
            f"got {type(mixture).__name__}; fit it first, or use from_parameters"
        )
    known = blank.get_params()
    settings = {name: value for name, value in mixture.get_params().items() if name in known}
    fitted = _copy_fitted(mixture, blank.set_params(**settings))
    fitted.history_ = [np.array(getattr(mixture, "lower_bounds_", []))]
    fitted.log_likelihood_ = getattr(mixture, "lower_bound_", math.nan)
    fitted.stop_reason_ = "converged" if fitted.converged_ else "max_iter"
    fitted.degenerate_components_ = np.array([], dtype=int)
    fitted.kernel_, fitted.rows_ = "scikit-learn", "memory"
    return fitted


def _copy_fitted(source: Any, target: Any) -> Any:
    for name in _FITTED:
        if hasattr(source, name):
            value = getattr(source, name)
            setattr(target, name, value.copy() if isinstance(value, np.ndarray) else value)
    return target
