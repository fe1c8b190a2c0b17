"""Wishart and gamma distributions of precisions: the part of their normaliser that counts rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from scipy.special import digamma, gammaln

from mixtura.covariance import CovarianceFamily
from mixtura.covariance.diag import Diag
from mixtura.covariance.spherical import Spherical
from mixtura.covariance.tied import Tied

__all__ = ["VOLUMES", "Volume"]


class Volume(NamedTuple):
    """Precisions of one component's share of `dof` rows: `copies` Wisharts of `order` features.

    Each is told of ``pooled * dof`` rows. The log normaliser of the density of a precision with
    scatter W is ``log(dof) + dof * d / 2 * log 2 - dof / 2 * log|W|`` (Bishop 2006, equation
    B.79, without powers of pi).
    """

    order: int
    copies: float = 1.0
    pooled: int = 1

    def log(self, dof: np.ndarray) -> np.ndarray:
        """Log of the gamma functions, shape of `dof`."""
        rows = self.pooled * np.asarray(dof)
        gammas = np.sum(gammaln(self._halves(rows)), axis=0)
        return self.copies * (gammas - 0.5 * self.order * rows * np.log(self.pooled))

    def slope(self, dof: np.ndarray) -> np.ndarray:
        """Expected log determinant of the precision, less ``d log 2 - log|W|``."""
        rows = self.pooled * np.asarray(dof)
        digammas = np.sum(digamma(self._halves(rows)), axis=0)
        return self.copies * self.pooled * (digammas - self.order * np.log(self.pooled))

    def _halves(self, rows: np.ndarray) -> np.ndarray:
        return 0.5 * (rows - np.arange(self.order).reshape(-1, *(1,) * rows.ndim))


def _wishart(family: CovarianceFamily, k: int, d: int) -> Volume:
    return Volume(d)


def _conjugate(family: CovarianceFamily, k: int, d: int) -> Volume:
    return _OWN.get(type(family), _wishart)(family, k, d)


_OWN: dict[type[CovarianceFamily], Callable[[CovarianceFamily, int, int], Volume]] = {
    Tied: lambda family, k, d: Volume(d, copies=1.0 / k, pooled=k),
    Diag: lambda family, k, d: Volume(1, copies=d),
    Spherical: lambda family, k, d: Volume(1, pooled=d),
}

# Scikit-learn gives every component the volume of a d x d Wishart, whatever its family; the
# family's own conjugate prior is one Wishart for all, a gamma for each variance, or one gamma.
VOLUMES: dict[str, Callable[[CovarianceFamily, int, int], Volume]] = {
    "wishart": _wishart,
    "conjugate": _conjugate,
}
