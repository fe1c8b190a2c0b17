"""``n_components="auto"``: the components are counted first, then fitted as if k had been given."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np

from mixtura.counting import Choice, count
from mixtura.estimators.checks import check_seed
from mixtura.exceptions import InvalidParameterError
from mixtura.rows import Rows, one_blas_thread
from mixtura.weights import WEIGHTS

__all__ = ["counts", "settle"]

# Components for which a kernel is chosen: those of one mixture after the other, many times.
_MANY = 64
# What says where a fit begins, and cannot without saying how many components there are.
_NEUTRAL: dict[str, Any] = {
    "init_params": "auto",
    "weights_init": None,
    "means_init": None,
    "precisions_init": None,
}


def counts(n_components: Any) -> bool:
    """Whether components are to be counted."""
    return isinstance(n_components, str) and n_components == "auto"


def settle(estimator: Any, rows: Rows) -> tuple[Any, dict[str, Any]]:
    """The estimator with its number of components settled, and what the counting found.

    What is returned begins at the mixture that was found; a warm start counts nothing anew.

    Raises
    ------
    InvalidParameterError
        If another parameter says where to begin.
    """
    settled = copy.copy(estimator)
    if estimator.warm_start and hasattr(estimator, "converged_"):
        settled.n_components = len(estimator.weights_)
        return settled, {}
    _check_neutral(estimator)
    settled.n_components = _MANY
    with one_blas_thread(), np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        model, kernel, all_rows = settled._pose(rows)
        rule = WEIGHTS[estimator.proportions]

        def n_parameters(k: int) -> int:
            return model.family.n_parameters(k, rows.d) + k * rows.d + rule.n_parameters(k)

        random = check_seed(estimator.random_state)
        found, tried = count(model, kernel, all_rows, n_parameters, random)
    settled.n_components = len(found.weights)
    settled.n_init = 1
    settled.init_params = type(estimator).from_parameters(
        *found[:3], covariance_type=estimator.covariance_type
    )
    return settled, {"choice_": Choice(tried)}


def _check_neutral(estimator: Any) -> None:
    for name, neutral in _NEUTRAL.items():
        value = getattr(estimator, name)
        if not (value is neutral or (isinstance(value, str) and value == neutral)):
            raise InvalidParameterError(
                f'`{name}` must be {neutral!r} where n_components="auto", got '
                f"{type(value).__name__}; type {name}={neutral!r}, or give `n_components` a number"
            )
