"""The judge of posteriors: their evidence lower bound in float64, by SciPy alone."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.linalg import cholesky
from scipy.special import betaln, digamma, multigammaln

from benchmarks.evaluate import log_density_summed

__all__ = ["mean_bound"]

Array = np.ndarray


def mean_bound(x: Array, fitted: Any) -> float:
    """Evidence lower bound of a fitted Bayesian mixture, in nats a row of x (n, d).

    Of full covariances and a Dirichlet process, with the responsibilities that are best for the
    posterior: the expected log density of the rows, less the divergence of posterior from prior.
    Scikit-learn's own bound lacks constants, and is that of the step before.
    """
    covariances = np.asarray(fitted.covariances_, dtype=np.float64)
    dof, precision = fitted.degrees_of_freedom_, fitted.mean_precision_
    k, d = fitted.means_.shape
    factors = [cholesky(covariance, lower=True) for covariance in covariances]
    log_dets = np.array([2.0 * np.log(np.diag(factor)).sum() for factor in factors])
    digammas = digamma(0.5 * (dof[:, None] - np.arange(d))).sum(axis=1)
    log_precisions = digammas + d * np.log(2.0 / dof) - log_dets  # expected log determinants
    log_weights, divergence = _sticks(fitted)
    for j in range(k):
        divergence += _of_mean(fitted, j) + _of_precision(fitted, j, log_precisions[j], log_dets[j])
    constants = log_weights + 0.5 * (log_precisions - d / precision - d * np.log(2.0 * np.pi))
    return (log_density_summed(x, constants, fitted.means_, factors) - divergence) / len(x)


def _sticks(fitted: Any) -> tuple[Array, float]:
    """Expected log weights, and the divergence of the sticks' beta distributions."""
    a, b = fitted.weight_concentration_
    prior = fitted.weight_concentration_prior_
    whole = digamma(a + b)
    taken, left = digamma(a) - whole, digamma(b) - whole
    log_weights = taken + np.append(0.0, np.cumsum(left)[:-1])
    apart = betaln(1.0, prior) - betaln(a, b) + (a - 1.0) * taken + (b - prior) * left
    return log_weights, float(apart.sum())


def _of_mean(fitted: Any, j: int) -> float:
    """Divergence of a mean's normal distribution, given its precision."""
    ratio = fitted.mean_precision_prior_ / fitted.mean_precision_[j]
    away = fitted.means_[j] - fitted.mean_prior_
    squared = away @ np.linalg.solve(fitted.covariances_[j], away)
    widths = len(away) * (ratio - 1.0 - np.log(ratio))
    return 0.5 * float(widths + fitted.mean_precision_prior_ * squared)


def _of_precision(fitted: Any, j: int, log_precision: float, log_det: float) -> float:
    """Divergence of a precision's Wishart distribution."""
    prior, dof, before = (
        fitted.covariance_prior_,
        fitted.degrees_of_freedom_[j],
        fitted.degrees_of_freedom_prior_,
    )
    d = len(prior)
    norm = _log_norm(dof, d, log_det + d * np.log(dof))
    norm_before = _log_norm(before, d, np.linalg.slogdet(prior)[1])
    trace = np.trace(np.linalg.solve(fitted.covariances_[j], prior))
    return float(norm - norm_before + 0.5 * ((dof - before) * log_precision + trace - dof * d))


def _log_norm(dof: float, d: int, log_det: float) -> float:
    """Log normaliser of a Wishart density whose inverse scale has this `log_det`."""
    return 0.5 * dof * (log_det - d * np.log(2.0)) - multigammaln(0.5 * dof, d)
