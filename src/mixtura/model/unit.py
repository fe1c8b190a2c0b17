"""Densities of parameters that are points: of a mixture, and of one component of unit size."""

from __future__ import annotations

import math

import numpy as np

from mixtura.covariance import CovarianceFamily, Parameters
from mixtura.density import Density

__all__ = ["density", "unit_density"]


def density(family: CovarianceFamily, parameters: Parameters) -> Density:
    """A mixture as kernels read it: ``offset = log weight + log det scale - d/2 log 2 pi``."""
    k, d = parameters.means.shape
    log_det = -0.5 * np.sum(np.log(family.pivots(parameters.cholesky, k, d)), axis=1)
    with np.errstate(divide="ignore"):
        offset = np.log(parameters.weights) + log_det - 0.5 * d * math.log(2.0 * math.pi)
    return Density(offset, parameters.means, family.scale(parameters.cholesky, d), family.form)


def unit_density(family: CovarianceFamily, centre: np.ndarray) -> Density:
    """One component of unit covariance, to take the moments of all rows about `centre` (d,)."""
    d = len(centre)
    one = np.ones(1)
    covariances = family.project(np.eye(d)[None], one)
    unit = Parameters(one, centre[None], covariances, family.cholesky(covariances))
    return density(family, unit)
