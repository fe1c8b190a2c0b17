"""Mixtures to and from scikit-learn, number for number."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from mixtura.exceptions import InvalidParameterError
from mixtura.variational import holds_rows

__all__ = ["fitted_like", "posterior_like", "posterior_to_sklearn", "to_sklearn"]

_MIXTURE = (
    "weights_",
    "means_",
    "covariances_",
    "precisions_",
    "precisions_cholesky_",
    "converged_",
    "n_iter_",
    "n_features_in_",
)
_IF_KNOWN = ("feature_names_in_", "lower_bounds_")
_POSTERIOR = (
    "weight_concentration_",
    "mean_precision_",
    "degrees_of_freedom_",
    "weight_concentration_prior_",
    "mean_precision_prior_",
    "mean_prior_",
    "degrees_of_freedom_prior_",
    "covariance_prior_",
)
_STARTS = ("kmeans", "k-means++", "random", "random_from_data")


def to_sklearn(mixture: Any) -> Any:
    """Scikit-learn's ``GaussianMixture`` with the same settings and fitted attributes."""
    from sklearn.mixture import GaussianMixture

    return _copied(mixture, _blank(mixture, GaussianMixture), (*_MIXTURE, "lower_bound_"))


def posterior_to_sklearn(mixture: Any) -> Any:
    """Scikit-learn's ``BayesianGaussianMixture`` likewise; its bound has no constants, so nan."""
    from sklearn.mixture import BayesianGaussianMixture

    theirs = _copied(mixture, _blank(mixture, BayesianGaussianMixture), _MIXTURE + _POSTERIOR)
    theirs.lower_bound_, theirs.lower_bounds_ = math.nan, []
    return theirs


def fitted_like(mixture: Any, blank: Any) -> Any:
    """`blank`, one of ours, with the settings and fitted attributes of scikit-learn's `mixture`.

    Raises
    ------
    InvalidParameterError
        If `mixture` is not a fitted Gaussian mixture.
    """
    fitted = _taken_over(mixture, blank, (*_MIXTURE, "lower_bound_"), "from_parameters")
    fitted.history_ = [np.array(getattr(mixture, "lower_bounds_", []))]
    fitted.log_likelihood_ = fitted.lower_bound_
    fitted.degenerate_components_ = np.array([], dtype=int)
    return fitted


def posterior_like(mixture: Any, blank: Any) -> Any:
    """`blank` likewise, of a Bayesian mixture.

    Raises
    ------
    InvalidParameterError
        If `mixture` is not a fitted Bayesian Gaussian mixture.
    """
    fitted = _taken_over(mixture, blank, _MIXTURE + _POSTERIOR, "GaussianMixture.from_sklearn")
    fitted.history_, fitted.lower_bounds_, fitted.moves_ = [], [], []
    counts = fitted.mean_precision_ - fitted.mean_precision_prior_
    fitted.effective_components_ = np.argsort(-counts, kind="stable")[: np.sum(holds_rows(counts))]
    fitted.lower_bound_ = fitted.elbo_ = fitted.log_likelihood_ = math.nan
    return fitted


def _blank(mixture: Any, theirs: Any) -> Any:
    """One of the class `theirs` with the settings of our `mixture` that it knows."""
    known = theirs._get_param_names()
    settings = {name: value for name, value in mixture.get_params().items() if name in known}
    if mixture._counts:
        settings["n_components"] = len(mixture.weights_)
    if settings["init_params"] not in _STARTS:
        settings["init_params"] = "kmeans"
    return theirs(**settings)


def _taken_over(mixture: Any, blank: Any, attributes: tuple[str, ...], instead: str) -> Any:
    if not all(hasattr(mixture, name) for name in ("covariance_type", *attributes)):
        raise InvalidParameterError(
            f"`mixture` must be a fitted sklearn.mixture.{type(blank).__name__}, "
            f"got {type(mixture).__name__}; fit it first, or use {instead}"
        )
    known = blank.get_params()
    settings = {name: value for name, value in mixture.get_params().items() if name in known}
    fitted = _copied(mixture, blank.set_params(**settings), attributes)
    fitted.stop_reason_ = "converged" if fitted.converged_ else "max_iter"
    fitted.kernel_, fitted.rows_ = "scikit-learn", "memory"
    return fitted


def _copied(source: Any, target: Any, attributes: tuple[str, ...]) -> Any:
    for name in (*attributes, *_IF_KNOWN):
        if hasattr(source, name):
            value = getattr(source, name)
            setattr(target, name, value.copy() if isinstance(value, np.ndarray) else value)
    return target
