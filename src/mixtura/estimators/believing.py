"""The prior of a Bayesian mixture, from what the user gave and from all rows."""

from __future__ import annotations

from typing import Any

import numpy as np

from mixtura.covariance import CovarianceFamily
from mixtura.density import Form
from mixtura.estimators.parameters import check_covariances, check_numbers
from mixtura.exceptions import InvalidParameterError
from mixtura.model import Spread
from mixtura.variational import Prior

__all__ = ["check_prior"]


def check_prior(estimator: Any, family: CovarianceFamily, spread: Spread, weight: float) -> Prior:
    """The prior that the constructor's ``*_prior`` describe; scikit-learn's where they are None.

    Parameters
    ----------
    estimator : BayesianGaussianMixture
    family : CovarianceFamily
    spread : Spread
        Of all rows.
    weight : float
        Sum of the rows' weights.
    """
    d = len(spread.mean)
    return Prior(
        _number(estimator.weight_concentration_prior, 1.0 / estimator.n_components),
        _number(estimator.mean_precision_prior, 1.0),
        _mean(estimator.mean_prior, spread.mean),
        _degrees_of_freedom(estimator.degrees_of_freedom_prior, d),
        _covariance(estimator.covariance_prior, family, spread, weight),
    )


def _number(given: Any, otherwise: float) -> float:
    return float(otherwise if given is None else given)


def _mean(given: Any, otherwise: np.ndarray) -> np.ndarray:
    if given is None:
        return otherwise
    return check_numbers(given, otherwise.shape, "means", "mean_prior")


def _degrees_of_freedom(given: Any, d: int) -> float:
    dof = _number(given, d)
    if dof <= d - 1.0:
        raise InvalidParameterError(  # the first sentence is scikit-learn's
            f"The parameter 'degrees_of_freedom_prior' should be greater than {d - 1}, but got "
            f"{dof:.3f}. `degrees_of_freedom_prior` must exceed the number of features less 1; "
            f"type degrees_of_freedom_prior={d}"
        )
    return dof


def _covariance(given: Any, family: CovarianceFamily, spread: Spread, weight: float) -> Any:
    """The scatter of one component, without an axis for it."""
    d = len(spread.mean)
    shape = family.shape(1, d)
    inner = shape if family.form is Form.SHARED else shape[1:]
    if given is None:
        return np.reshape(spread.covariances * (weight / max(weight - 1.0, 1.0)), inner)[()]
    covariance = check_numbers(given, inner, "covariance_prior", "covariance_prior")
    checked = check_covariances(covariance.reshape(shape), family, 1, d, "covariance_prior")
    return checked.reshape(inner)[()]
