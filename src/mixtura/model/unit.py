"""Densities of parameters that are points: of a mixture, and of one component of unit size."""

from __future__ import annotations

import math

import numpy as np

from mixtura.covariance import CovarianceFamily, Parameters
from mixtura.density import Density
from mixtura.determinants import log_dets

__all__ = ["density", "unit_density"]


def density(family: CovarianceFamily, parameters: Parameters) -> Density:
    """A mixture as kernels read it: ``offset = log weight + log det scale - d/2 log 2 pi``."""
    d = parameters.means.shape[-1]
    scale = family.scale(parameters.cholesky, d)
    with np.errstate(divide="ignore"):
        log_weights = np.log(parameters.weights)
    offset = log_weights + log_dets(family.form, scale) - 0.5 * d * math.log(2.0 * math.pi)
    return Density(offset, parameters.means, scale, family.form)


def unit_density(family: CovarianceFamily, centre: np.ndarray) -> Density:
    """One component of unit covariance, to take the moments of all rows about `centre` (d,)."""
    d = len(centre)
    one = np.ones(1)
    covariances = family.project(np.eye(d)[None], one)
    unit = Parameters(one, centre[None], covariances, family.cholesky(covariances))
    return density(family, unit)
