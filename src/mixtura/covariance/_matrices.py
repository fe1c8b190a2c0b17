"""Symmetric positive definite matrices, one or a stack: what full and tied share."""

from __future__ import annotations

import numpy as np

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
        return _triangular_inverse(np.swapaxes(_lower_factor(covariances), -1, -2))

    def cholesky_of_precisions(self, precisions: np.ndarray) -> np.ndarray:
        # U U' = precision, U upper triangular: the lower factor of the matrix reversed
        return _lower_factor(precisions[..., ::-1, ::-1])[..., ::-1, ::-1]

    def covariances(self, cholesky: np.ndarray) -> np.ndarray:
        inverse = _triangular_inverse(cholesky)
        return np.swapaxes(inverse, -1, -2) @ inverse

    def precisions(self, cholesky: np.ndarray) -> np.ndarray:
        return cholesky @ np.swapaxes(cholesky, -1, -2)

    def scale(self, cholesky: np.ndarray, d: int) -> np.ndarray:
        return cholesky

    def too_narrow(self, cholesky: np.ndarray, variances: np.ndarray) -> np.ndarray:
        diagonal = np.diagonal(cholesky, axis1=-2, axis2=-1)
        narrow = ~np.all(diagonal * np.sqrt(variances) <= 1.0, axis=-1)
        return np.broadcast_to(narrow[..., None, None], cholesky.shape)

    def narrowest(self, covariances: np.ndarray, variances: np.ndarray) -> np.ndarray:
        sd = np.sqrt(variances)
        return np.linalg.eigvalsh(covariances / sd[:, None] / sd)[..., 0]


def _lower_factor(matrices: np.ndarray) -> np.ndarray:
    """Cholesky factors; nan where a pivot is lost in the rounding of its own diagonal."""
    try:
        lower = np.linalg.cholesky(matrices)
    except np.linalg.LinAlgError:  # of one of them, and it does not say of which
        if matrices.ndim == 2:
            return np.full_like(matrices, np.nan)
        return np.stack([_lower_factor(matrix) for matrix in matrices])
    pivots, diagonal = (np.diagonal(each, axis1=-2, axis2=-1) for each in (lower, matrices))
    least = np.maximum(_ROUNDING * matrices.shape[-1] * diagonal, TINY)
    definite = np.all(np.square(pivots) >= least, axis=-1)
    return np.where(definite[..., None, None], lower, np.nan)


def _triangular_inverse(upper: np.ndarray) -> np.ndarray:
    """Back-substitution: an upper triangle is its own LU factor, and nothing is exchanged."""
    return np.linalg.inv(upper)
