"""The posterior predictive: what is believed of the next row, a mixture of Student t."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import gammaln, logsumexp

from mixtura.covariance import CovarianceFamily
from mixtura.density import Density
from mixtura.determinants import log_dets
from mixtura.kernels import Kernel
from mixtura.variational.posterior import Posterior
from mixtura.variational.volume import VOLUMES

__all__ = ["Predictive", "predictive"]

Array = np.ndarray


@dataclass(frozen=True)
class Predictive:
    """Student t distributions around the centres of a Density, in the units of its scale.

    The log density of component j at x is ``offset_j - power_j * log(1 + rate_j * distance^2)``,
    with the last part taken by feature and summed where features have precisions of their own.
    """

    offset: Array  # (k,), log weight included
    rate: Array  # (k,)
    power: Array  # (k,)
    logs: Callable[[Density, Kernel, Array, Array], Array]

    def __call__(self, density: Density, kernel: Kernel, x: Array) -> Array:
        """Log density of a block of rows, (b,), in nats."""
        joint = self.offset - self.power * self.logs(density, kernel, x, self.rate)
        return logsumexp(joint, axis=1)


def predictive(family: CovarianceFamily, posterior: Posterior) -> Predictive:
    """The mixture of Student t that a posterior predicts (Bishop 2006, equation 10.81).

    With degrees of freedom ``pooled * dof + 1 - order`` of the family's conjugate prior: one
    Wishart for all, one for each component, or gammas.
    """
    k, d = posterior.means.shape
    volume = VOLUMES["conjugate"](family, k, d)
    features = 1 if volume.copies > 1.0 else d  # that have one t between them
    rows = np.broadcast_to(volume.pooled * np.asarray(posterior.degrees_of_freedom), (k,))
    dof = rows + 1.0 - volume.order
    rate = posterior.mean_precision / ((posterior.mean_precision + 1.0) * rows)
    log_det = -2.0 * log_dets(family.form, family.scale(posterior.cholesky, d))
    gammas = gammaln(0.5 * (dof + features)) - gammaln(0.5 * dof)
    with np.errstate(divide="ignore"):
        offset = np.log(posterior.weights) + d / features * gammas
    offset += 0.5 * (d * np.log(rate / math.pi) - log_det)
    logs = _by_feature if features < d else _together
    return Predictive(offset, rate, 0.5 * (dof + features), logs)


def _together(density: Density, kernel: Kernel, x: Array, rate: Array) -> Array:
    squared = kernel.log_joint(density._replace(offset=np.zeros(len(rate))), x)
    return np.log1p(-2.0 * rate * squared)


def _by_feature(density: Density, kernel: Kernel, x: Array, rate: Array) -> Array:
    units = density.scale * np.sqrt(rate)[:, None]
    squares = (np.square((x - density.centres[j]) * units[j]) for j in range(len(rate)))
    return np.stack([np.sum(np.log1p(each), axis=1) for each in squares], axis=1)
