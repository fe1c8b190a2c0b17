"""A fitted mixture moved towards new rows: relevance MAP (Reynolds, Quatieri and Dunn 2000)."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from numbers import Real
from typing import Any

import numpy as np
from sklearn.utils.validation import check_is_fitted

from mixtura.covariance import COVARIANCES, CovarianceFamily, Parameters
from mixtura.density import Form
from mixtura.estimators import GaussianMixture
from mixtura.estimators.opening import open_rows
from mixtura.estimators.parameters import fitted_parameters
from mixtura.exceptions import InvalidParameterError
from mixtura.kernels import choose
from mixtura.model import density
from mixtura.rows import one_blas_thread
from mixtura.stats import Stats

__all__ = ["PARTS", "adapt"]

# What may be moved; the paper's w, m and v.
PARTS = ("weights", "means", "covariances")


def adapt(
    mixture: GaussianMixture,
    X: Any,
    relevance: float = 16.0,
    *,
    parts: Iterable[str] | str = ("means",),
    sample_weight: Any = None,
) -> GaussianMixture:
    """A new mixture between `mixture` and what a step of EM makes of new rows.

    Each component moves by its own share ``a = n / (n + relevance)``, with n the rows that it
    holds: one that the rows never visit stays where it is. One pass over the rows.

    Parameters
    ----------
    mixture : GaussianMixture
        Fitted, such as to the rows of all speakers; it is left as it is.
    X : array-like of shape (n, d)
        New rows, such as those of one speaker.
    relevance : float, default=16
        Rows of `X` that a component's old parameters count for.
    parts : str or iterable of {"weights", "means", "covariances"}, default=("means",)
        What moves. Means alone serve best where rows are few (the paper, section 3.3).
    sample_weight : array-like of shape (n,), default=None
        Row weights: 2 equals the row twice.

    Returns
    -------
    adapted : GaussianMixture
        Fitted, with the settings of `mixture` and its components in the same order.

    Raises
    ------
    InvalidParameterError
        If `mixture` is no fitted GaussianMixture, or a parameter cannot be used.

    Notes
    -----
    Equations 11 to 14 of the paper. For means and covariances that is to add `relevance` rows at
    each component's old mean, with its old covariance, to the statistics of `X`, so that it holds
    for every covariance family.

    References
    ----------
    Reynolds, Quatieri and Dunn (2000), Speaker verification using adapted Gaussian mixture
    models, Digital Signal Processing 10, 19-41.

    Examples
    --------
    >>> import numpy as np
    >>> from mixtura import GaussianMixture, adapt
    >>> everyone = GaussianMixture.from_parameters([0.5, 0.5], [[0.0], [8.0]], [[[1.0]], [[1.0]]])
    >>> adapt(everyone, np.full((48, 1), 1.0)).means_.round(6).tolist()  # 48 / (48 + 16) = 3/4
    [[0.75], [8.0]]
    """
    moved = _check(mixture, relevance, parts)
    family = COVARIANCES[mixture.covariance_type]
    old = fitted_parameters(mixture, family)
    rows = open_rows(mixture, X, sample_weight)
    kernel = choose(mixture.engine, rows.n, rows.d, len(old.weights))
    scored = density(family, old)
    with one_blas_thread(), np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        stats = rows.total(partial(kernel.statistics, scored), kernel.block_rows(scored))
    new = _moved(family, old, stats, relevance / rows.unit, moved)
    settings = {**mixture.get_params(deep=False)}
    del settings["n_components"]
    adapted = GaussianMixture.from_parameters(*new[:3], **settings)
    if hasattr(mixture, "feature_names_in_"):
        adapted.feature_names_in_ = mixture.feature_names_in_.copy()
    return adapted


def _moved(
    family: CovarianceFamily, old: Parameters, stats: Stats, relevance: float, parts: frozenset[str]
) -> Parameters:
    """The update rule. `stats` are about the old means, where the rows that are added lie."""
    k, d = old.means.shape
    copies = 1.0 if family.form is not Form.SHARED else k
    joined = replace(
        stats,
        total=stats.total + k * relevance,
        counts=stats.counts + relevance,
        scatter=stats.scatter + copies * relevance * family.scale(old.covariances, d),
    )
    weights, means, covariances, cholesky = old
    if "means" in parts:
        means = means + joined.shift / joined.counts[:, None]
    else:
        joined = replace(joined, shift=np.zeros_like(joined.shift))
    if "covariances" in parts:
        covariances = family.estimate(joined)
        cholesky = family.cholesky(covariances)
    if "weights" in parts:
        share = stats.counts / joined.counts
        weights = share * stats.counts / stats.total + (1.0 - share) * weights
        weights = weights / np.sum(weights)
    return Parameters(weights, means, covariances, cholesky)


def _check(mixture: Any, relevance: Any, parts: Any) -> frozenset[str]:
    """What is to move."""
    if not isinstance(mixture, GaussianMixture):
        raise InvalidParameterError(
            f"`mixture` must be a fitted mixtura.GaussianMixture, got {type(mixture).__name__}; "
            "type GaussianMixture.from_sklearn(mixture) if it is scikit-learn's, and "
            "GaussianMixture.from_parameters(mixture.weights_, mixture.means_, "
            "mixture.covariances_, covariance_type=mixture.covariance_type) if it is Bayesian"
        )
    check_is_fitted(mixture)
    number = isinstance(relevance, Real) and not isinstance(relevance, bool)
    if not (number and 0.0 < relevance < math.inf):
        raise InvalidParameterError(
            f"`relevance` must be a finite number above 0, got {relevance!r}; type relevance=16"
        )
    named = [parts] if isinstance(parts, str) or not isinstance(parts, Iterable) else list(parts)
    if not named or not all(isinstance(part, str) and part in PARTS for part in named):
        raise InvalidParameterError(
            f'`parts` must be one or several of {list(PARTS)}, got {parts!r}; type parts=("means",)'
        )
    return frozenset(named)
