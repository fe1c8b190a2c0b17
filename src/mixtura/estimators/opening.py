"""The rows of whatever a user gave an estimator, checked."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from mixtura.estimators.checks import check_columns, check_rows, row_weights
from mixtura.estimators.threads import thread_count
from mixtura.rows import Request, Rows, resolve

__all__ = ["open_rows"]


def open_rows(
    estimator: Any, X: Any, sample_weight: Any = None, *, reset: bool = False, weigh: bool = True
) -> Rows:
    """Rows where `estimator.rows` says they are.

    Parameters
    ----------
    estimator : GaussianMixture
        `rows` and `n_jobs` have been checked.
    X : array-like, path, or whatever else a place holds
    sample_weight : array-like of shape (n,) or None
        Row weights.
    reset : bool
        Whether the estimator learns the number and names of the columns, as in `fit`, or has
        them checked.
    weigh : bool
        Whether rows have weights; without, rows of weight 0 are there too.
    """
    picked = None if reset else getattr(estimator, "feature_names_in_", None)
    request = Request(
        array=partial(check_rows, estimator, reset=reset),
        columns=partial(check_columns, estimator, reset=reset),
        weights=partial(_weights, sample_weight) if weigh else None,
        sample_weight=sample_weight,
        picked=None if picked is None else tuple(picked),
        n_jobs=thread_count(estimator.n_jobs),
    )
    return resolve(estimator.rows, X, request)


def _weights(sample_weight: Any, n: int) -> np.ndarray | None:
    return None if sample_weight is None else row_weights(sample_weight, n)
