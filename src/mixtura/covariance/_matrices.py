"""Symmetric positive definite matrices, one or a stack: what full and tied share."""

from __future__ import annotations

import numpy as np
from scipy.linalg.lapack import dtrtri

from mixtura.covariance.family import TINY, CovarianceFamily

__all__ = ["MatrixFamily"]

_ROUNDING = np.finfo(np.float64).eps


class MatrixFamily(CovarianceFamily):
    """What families of whole matrices share, be there one or one a component."""

    def add_to_diagonal(self, covariances: np.ndarray, variances: np.ndarray) -> np.ndarray:
        d = covariances.shape[-1]
        flat = covariances.reshape(*covariances.shape[:-2], d * d).copy()
        flat[..., :: d + 1] += variances
        return flat.reshape(covariances.shape)

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
        diagonal = _diagonal(cholesky)
        wide = (diagonal * np.sqrt(variances) <= 1.0).all(axis=-1)
        return ~wide[..., None, None]

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
    least = np.maximum(_ROUNDING * matrices.shape[-1] * _diagonal(matrices), TINY)
    definite = (np.square(_diagonal(lower)) >= least).all(axis=-1)
    return lower if definite.all() else np.where(definite[..., None, None], lower, np.nan)


def _triangular_inverse(upper: np.ndarray) -> np.ndarray:
    """Inverses by LAPACK's routine for triangles, in place: the transposed is in its order."""
    inverse = np.array(upper, dtype=np.float64, order="C")
    for matrix in inverse.reshape(-1, *inverse.shape[-2:]):
        dtrtri(matrix.T, lower=True, overwrite_c=True)
    return inverse


def _diagonal(matrices: np.ndarray) -> np.ndarray:
    return matrices.diagonal(axis1=-2, axis2=-1)
