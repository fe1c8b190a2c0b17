"""Mixtures drawn from a posterior, for intervals of whatever is computed from them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.stats import invwishart

from mixtura.concentrations import ConcentrationPrior
from mixtura.covariance import CovarianceFamily
from mixtura.variational.posterior import Posterior
from mixtura.variational.volume import VOLUMES

__all__ = ["Draws", "draws"]

Array = np.ndarray


class Draws(NamedTuple):
    """Mixtures drawn from a posterior, one after the other."""

    weights: Array  # (size, k)
    means: Array  # (size, k, d)
    covariances: Array  # (size, *shape), in the family's shape


def draws(
    family: CovarianceFamily,
    concentration: ConcentrationPrior,
    posterior: Posterior,
    size: int,
    random: np.random.RandomState,
) -> Draws:
    """Mixtures drawn from `posterior`, with the family's conjugate distribution of precisions."""
    k, d = posterior.means.shape
    order, _, pooled = VOLUMES["conjugate"](family, k, d)
    rows = pooled * np.asarray(posterior.degrees_of_freedom)
    one = _variances if order == 1 else _matrices
    covariances = one(posterior.covariances, rows, size, random)
    noise = random.standard_normal((size, k, d)) / np.sqrt(posterior.mean_precision)[:, None]
    for each, drawn in zip(noise, covariances, strict=True):
        factors = np.linalg.cholesky(family.matrices(drawn, k, d))
        each[...] = np.einsum("kij,kj->ki", factors, each)
    weights = [concentration.draw(posterior.weight_concentration, random) for _ in range(size)]
    return Draws(np.stack(weights), posterior.means + noise, covariances)


def _variances(covariances: Array, rows: Array, size: int, random: np.random.RandomState) -> Array:
    """Inverse gamma, (size, *shape)."""
    rows = rows.reshape(-1, *(1,) * (covariances.ndim - 1))
    return covariances * rows / random.chisquare(rows, (size, *covariances.shape))


def _matrices(covariances: Array, rows: Array, size: int, random: np.random.RandomState) -> Array:
    """Inverse Wishart, (size, *shape)."""
    d = covariances.shape[-1]
    drawn = [
        invwishart.rvs(float(dof), dof * each, size, random_state=random).reshape(size, d, d)
        for each, dof in zip(covariances.reshape(-1, d, d), np.ravel(rows), strict=True)
    ]
    return np.stack(drawn, axis=1).reshape(size, *covariances.shape)
