"""Random mixtures and rows for the tests of kernels."""

from __future__ import annotations

import numpy as np

from mixtura.density import Density, Form


def mixture(form: Form, d: int, k: int, seed: int = 0, apart: float = 3.0) -> Density:
    """k components about standard normal centres times `apart`, factors of condition about ten."""
    random = np.random.default_rng(seed)
    centres = apart * random.standard_normal((k, d))
    upper = np.triu(random.standard_normal((k, d, d)), 1) / d
    factors = upper + np.eye(d) * random.uniform(0.5, 2.0, (k, 1, d))
    scale = {Form.DENSE: factors, Form.SHARED: factors[0], Form.DIAGONAL: _diagonals(factors)}[form]
    log_det = np.log(_diagonals(factors)).sum(1) if form is not Form.SHARED else 0.0
    weights = random.dirichlet(np.full(k, 5.0))
    offset = np.log(weights) + log_det - d / 2 * np.log(2 * np.pi)
    return Density(offset, centres, scale, form)


def rows(density: Density, n: int, seed: int = 1) -> np.ndarray:
    """Rows scattered about the centres."""
    random = np.random.default_rng(seed)
    k, d = density.centres.shape
    return density.centres[random.integers(k, size=n)] + random.standard_normal((n, d))


def covariances(density: Density) -> np.ndarray:
    """Covariance of every component, (k, d, d), from the factors of the precisions."""
    k, d = density.centres.shape
    if density.form is Form.DIAGONAL:
        return np.eye(d) / density.scale[:, :, None] ** 2
    factors = np.broadcast_to(density.scale, (k, d, d))
    return np.linalg.inv(factors @ factors.transpose(0, 2, 1))


def _diagonals(factors: np.ndarray) -> np.ndarray:
    return np.diagonal(factors, axis1=1, axis2=2).copy()
