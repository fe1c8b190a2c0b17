"""Symmetric positive definite matrices, one or a stack: what full and tied share."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.linalg import lapack

from mixtura.covariance.family import TINY, CovarianceFamily

__all__ = ["MatrixFamily"]

_ROUNDING = np.finfo(np.float64).eps


class MatrixFamily(CovarianceFamily):
    """What families of whole matrices share, be there one or one a component."""

    def add_to_diagonal(self, covariances: np.ndarray, variances: np.ndarray) -> np.ndarray:
        d = covariances.shape[-1]
        result = covariances.copy()
        result[..., np.arange(d), np.arange(d)] += variances
        return result

    def cholesky(self, covariances: np.ndarray) -> np.ndarray:
        return _each(_inverse_factor, covariances)

    def cholesky_of_precisions(self, precisions: np.ndarray) -> np.ndarray:
        return _each(_upper_factor, precisions)

    def covariances(self, cholesky: np.ndarray) -> np.ndarray:
        inverse = _each(_triangular_inverse, cholesky)
        return np.swapaxes(inverse, -1, -2) @ inverse

    def precisions(self, cholesky: np.ndarray) -> np.ndarray:
        return cholesky @ np.swapaxes(cholesky, -1, -2)

    def scale(self, cholesky: np.ndarray, d: int) -> np.ndarray:
        return cholesky

    def pivots(self, cholesky: np.ndarray, k: int, d: int) -> np.ndarray:
        diagonal = np.diagonal(cholesky, axis1=-2, axis2=-1)
        return np.broadcast_to(1.0 / np.square(diagonal), (k, d))

    def too_narrow(self, cholesky: np.ndarray, variances: np.ndarray) -> np.ndarray:
        diagonal = np.diagonal(cholesky, axis1=-2, axis2=-1)
        narrow = ~np.all(diagonal * np.sqrt(variances) <= 1.0, axis=-1)
        return np.broadcast_to(narrow[..., None, None], cholesky.shape)

    def narrowest(self, covariances: np.ndarray, variances: np.ndarray) -> np.ndarray:
        sd = np.sqrt(variances)
        return np.linalg.eigvalsh(covariances / sd[:, None] / sd)[..., 0]


def _each(function: Callable[[np.ndarray], np.ndarray], matrices: np.ndarray) -> np.ndarray:
    stack = matrices.reshape(-1, *matrices.shape[-2:])
    return np.stack([function(matrix) for matrix in stack]).reshape(matrices.shape)


def _inverse_factor(matrix: np.ndarray) -> np.ndarray:
    """Upper triangular U with ``U U' = matrix^-1``."""
    return _triangular_inverse(_lower_factor(matrix).T)


def _upper_factor(matrix: np.ndarray) -> np.ndarray:
    """Upper triangular U with ``U U' = matrix``: the lower factor of the matrix reversed."""
    return _lower_factor(matrix[::-1, ::-1])[::-1, ::-1]


def _lower_factor(matrix: np.ndarray) -> np.ndarray:
    """Cholesky factor; nan where a pivot is lost in the rounding of its own diagonal."""
    lower, failed = lapack.dpotrf(matrix, lower=1, clean=1)
    definite = not failed and np.all(
        np.square(lower.diagonal()) >= np.maximum(_ROUNDING * len(matrix) * matrix.diagonal(), TINY)
    )
    return lower if definite else np.full_like(matrix, np.nan)


def _triangular_inverse(upper: np.ndarray) -> np.ndarray:
    inverse, failed = lapack.dtrtri(upper, lower=0)
    return np.full_like(upper, np.nan) if failed else inverse
