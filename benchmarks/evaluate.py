"""The judge: mean log-likelihood of a mixture in float64, by SciPy alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy.linalg import cholesky, solve_triangular
from scipy.special import logsumexp

__all__ = ["Parameters", "log_density_summed", "mean_log_likelihood"]

Array = np.ndarray

_BLOCK = 20_000  # rows at a time


class Parameters(NamedTuple):
    """A mixture as every peer takes and gives it."""

    weights: Array  # (k,)
    means: Array  # (k, d)
    covariances: Array  # (k, d, d), or (k, d) when diagonal


def mean_log_likelihood(x: Array, parameters: Parameters) -> float:
    """Mean over the rows of x, (n, d), of the log density of the mixture, in nats."""
    weights, means, covariances = (np.asarray(part, dtype=np.float64) for part in parameters)
    if covariances.ndim == 2:
        covariances = np.stack([np.diag(variances) for variances in covariances])
    factors = [cholesky(covariance, lower=True) for covariance in covariances]
    constants = [
        np.log(weight) - np.log(np.diag(factor)).sum() - len(factor) / 2 * np.log(2 * np.pi)
        for weight, factor in zip(weights, factors, strict=True)
    ]
    return log_density_summed(x, constants, means, factors) / len(x)


def log_density_summed(x: Array, constants: Sequence[float], means: Array, factors: Array) -> float:
    """Sum over rows of the log of the sum of ``exp(constant - distance^2 / 2)``.

    The distance of a row to a mean is in units of the lower `factor` of a covariance.
    """
    total = 0.0
    for first in range(0, len(x), _BLOCK):
        block = x[first : first + _BLOCK]
        log_joint = [
            constant - 0.5 * (solve_triangular(factor, (block - mean).T, lower=True) ** 2).sum(0)
            for constant, factor, mean in zip(constants, factors, means, strict=True)
        ]
        total += logsumexp(log_joint, axis=0).sum()
    return float(total)
