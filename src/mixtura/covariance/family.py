"""The abstract covariance family: how an M-step turns Stats into covariances."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from mixtura.density import Form
from mixtura.stats import Stats

__all__ = ["TINY", "CovarianceFamily", "Parameters", "side_by_side"]

# A smaller variance is none: its precision would overflow.
TINY = 1e-300


class Parameters(NamedTuple):
    """A Gaussian mixture. Covariances and their factors are in the family's own shape."""

    weights: np.ndarray  # (k,), sums to 1; 0 for a pruned component
    means: np.ndarray  # (k, d)
    covariances: np.ndarray  # `family.shape(k, d)`
    cholesky: np.ndarray  # same shape: precision = cholesky @ cholesky', upper triangular


def side_by_side(each: Sequence[Parameters]) -> Parameters:
    """Several mixtures as one, with a leading axis."""
    return Parameters(*(np.stack(values) for values in zip(*each, strict=True)))


class CovarianceFamily(ABC):
    """Covariances of all components in one family-shaped array, and its algebra.

    What EM does at every step also takes mixtures side by side: leading axes before the shapes
    below. A family holds no state. Its file's name is the string that users type.
    """

    form: Form

    @abstractmethod
    def shape(self, k: int, d: int) -> tuple[int, ...]:
        """Shape of `covariances_` for k components in d features."""

    @abstractmethod
    def n_parameters(self, k: int, d: int) -> int:
        """Number of free parameters in the covariances."""

    @abstractmethod
    def rows_needed(self, d: int) -> int:
        """Fewest rows that give one component's covariance a volume in d features."""

    @abstractmethod
    def estimate(self, stats: Stats) -> np.ndarray:
        """Maximum-likelihood covariances about the new means (Bishop 2006, eq. 9.19)."""

    @abstractmethod
    def add_to_diagonal(self, covariances: np.ndarray, variances: np.ndarray) -> np.ndarray:
        """Covariances with `variances` (d,) added along the features."""

    @abstractmethod
    def cholesky(self, covariances: np.ndarray) -> np.ndarray:
        """Factor of the precisions; nan for a component that is not positive definite."""

    @abstractmethod
    def cholesky_of_precisions(self, precisions: np.ndarray) -> np.ndarray:
        """Factor of the precisions, from the precisions themselves; nan likewise."""

    @abstractmethod
    def covariances(self, cholesky: np.ndarray) -> np.ndarray:
        """Covariances back from the factor of the precisions."""

    @abstractmethod
    def precisions(self, cholesky: np.ndarray) -> np.ndarray:
        """Precisions from their factor."""

    @abstractmethod
    def scale(self, cholesky: np.ndarray, d: int) -> np.ndarray:
        """The factor in the shape of the family's `form`."""

    @abstractmethod
    def too_narrow(self, cholesky: np.ndarray, variances: np.ndarray) -> np.ndarray:
        """Where a variance is under `variances` (d,) or nan: bool, for the family's shape."""

    @abstractmethod
    def narrowest(self, covariances: np.ndarray, variances: np.ndarray) -> np.ndarray:
        """Smallest variance in any direction, in units of `variances` (d,); (k,) or ()."""

    @abstractmethod
    def matrices(self, covariances: np.ndarray, k: int, d: int) -> np.ndarray:
        """Every component's covariance matrix, (k, d, d)."""

    @abstractmethod
    def project(self, matrices: np.ndarray, weights: np.ndarray) -> np.ndarray:
        """The family's closest covariances to given matrices (k, d, d): moments kept."""
