"""A fit as the engine sees it: what is fitted, by which kernel, to which rows."""

from __future__ import annotations

from functools import partial
from typing import Any, NamedTuple

import numpy as np

from mixtura.covariance import COVARIANCES, TINY, CovarianceFamily
from mixtura.estimators.threads import thread_count
from mixtura.exceptions import InvalidDataError
from mixtura.kernels import Kernel, choose
from mixtura.model import Model, Spread, unit_density
from mixtura.rows import MemoryRows
from mixtura.weights import WEIGHTS

__all__ = ["Problem", "pose"]

# Rows from which a place is taken about which to measure the spread of all rows.
_SAMPLE = 1000


class Problem(NamedTuple):
    """Model, kernel and rows: all that EM needs but a start."""

    model: Model
    kernel: Kernel
    rows: MemoryRows


def pose(estimator: Any, x: np.ndarray, weights: np.ndarray | None) -> Problem:
    """The problem that an estimator's constructor parameters and its rows describe.

    Parameters
    ----------
    estimator : GaussianMixture
        Its parameters have been checked.
    x : ndarray of shape (n, d)
    weights : ndarray of shape (n,) or None
        Positive row weights.
    """
    family = COVARIANCES[estimator.covariance_type]
    rows = MemoryRows(x, _of_mean_one(weights), thread_count(estimator.n_jobs))
    kernel = choose(estimator.engine, rows.n, rows.d, estimator.n_components)
    spread = _spread(family, kernel, rows)
    if estimator.reg_covar < TINY:
        _check_not_tiny(rows.x, spread)
    rule = WEIGHTS[estimator.proportions]
    return Problem(Model(family, rule, float(estimator.reg_covar), spread), kernel, rows)


def _of_mean_one(weights: np.ndarray | None) -> np.ndarray | None:
    """Weights as shares of their mean, so that their unit decides nothing."""
    if weights is None:
        return None
    weights = weights / np.max(weights)  # their sum cannot overflow
    return weights / np.mean(weights)


def _spread(family: CovarianceFamily, kernel: Kernel, rows: MemoryRows) -> Spread:
    some = rows.x[:: max(1, rows.n // _SAMPLE)]
    with np.errstate(over="ignore", invalid="ignore"):
        centre = np.asarray(np.mean(some, axis=0, dtype=np.float64))
        one = unit_density(family, centre)
        moments = rows.total(partial(kernel.statistics, one), kernel.block_rows(one))
        return Spread.of(family, moments)


def _check_not_tiny(x: np.ndarray, spread: Spread) -> None:
    """Tell a column whose squares underflow from one that is constant."""
    for column in np.flatnonzero(spread.variances <= TINY):
        values = x[:, column]
        if np.any(values != values[0]):
            raise InvalidDataError(
                f"`X` must vary by more than 1e-150 in every column, got {np.ptp(values):.3g} in "
                f"column {column}, whose variance underflows; multiply that column by "
                f"{1.0 / np.ptp(values):.0e}, or type reg_covar=1e-6"
            )
