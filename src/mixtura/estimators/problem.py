"""A fit as the engine sees it: what is fitted, by which kernel, to which rows."""

from __future__ import annotations

from functools import partial
from typing import Any, NamedTuple

import numpy as np

from mixtura.covariance import COVARIANCES, TINY, CovarianceFamily
from mixtura.exceptions import InvalidDataError
from mixtura.kernels import Kernel, choose
from mixtura.model import MaximumAPosteriori, MaximumLikelihood, Model, Spread, unit_density
from mixtura.priors import find_prior
from mixtura.rows import Rows
from mixtura.weights import WEIGHTS

__all__ = ["Problem", "pose", "spread_of"]

# Rows from which a place is taken about which to measure the spread of all rows.
_SAMPLE = 1000
# Rows of a block whose least and largest values are taken.
_CHUNK = 16384


class Problem(NamedTuple):
    """Model, kernel and rows: all that EM needs but a start."""

    model: Model
    kernel: Kernel
    rows: Rows


def pose(estimator: Any, rows: Rows) -> Problem:
    """The problem that an estimator's constructor parameters, checked, and its rows describe."""
    family = COVARIANCES[estimator.covariance_type]
    kernel = choose(estimator.engine, rows.n, rows.d, estimator.n_components, estimator.n_init)
    added = 0.0 if estimator.prior is not None else float(estimator.reg_covar)
    spread = spread_of(family, kernel, rows, added)
    rule = WEIGHTS[estimator.proportions]
    model: Model = MaximumLikelihood(family, added, spread, rule)
    if estimator.prior is not None:
        prior = find_prior(estimator.prior)
        model = MaximumAPosteriori(family, added, spread, rule, prior, rows.n, rows.unit)
    return Problem(model, kernel, rows)


def spread_of(family: CovarianceFamily, kernel: Kernel, rows: Rows, reg_covar: float) -> Spread:
    """All rows as one component, refused if its variances underflow and nothing is added."""
    some = rows.take(np.arange(0, rows.n, max(1, rows.n // _SAMPLE))).x
    with np.errstate(over="ignore", invalid="ignore"):
        centre = np.asarray(np.mean(some, axis=0, dtype=np.float64))
        one = unit_density(family, centre)
        moments = rows.total(partial(kernel.statistics, one), kernel.block_rows(one))
        spread = Spread.of(family, moments)
    if reg_covar < TINY:
        _check_not_tiny(rows, spread)
    return spread


def _check_not_tiny(rows: Rows, spread: Spread) -> None:
    """Tell a column whose squares underflow from one that is constant."""
    tiny = np.flatnonzero(spread.variances <= TINY)
    if not len(tiny):
        return
    ends = rows.concatenate(lambda x, _: np.stack([np.min(x, axis=0), np.max(x, axis=0)]), _CHUNK)
    for column, width in zip(tiny, np.ptp(ends, axis=0)[tiny], strict=True):
        if width > 0.0:
            raise InvalidDataError(
                f"`X` must vary by more than 1e-150 in every column, got {width:.3g} in "
                f"column {column}, whose variance underflows; multiply that column by "
                f"{1.0 / width:.0e}, or type reg_covar=1e-6"
            )
