"""Mixtures for lessons, from the public estimator: after so many steps, or to the end."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from mixtura.estimators import GaussianMixture

__all__ = ["after", "finished"]


def after(
    rows: np.ndarray,
    iterations: int,
    weights: Any,
    means: Any,
    covariances: Any,
    **settings: Any,
) -> GaussianMixture:
    """The mixture after `iterations` steps of EM from a start: (k,), (k, d), (k, d, d)."""
    model = GaussianMixture(
        len(weights),
        weights_init=np.asarray(weights, dtype=float),
        means_init=np.asarray(means, dtype=float).reshape(len(weights), -1),
        precisions_init=np.linalg.inv(np.asarray(covariances, dtype=float)),
        **({"reg_covar": 0.0, "tol": 0.0} | settings),
        max_iter=iterations,
    )
    return _fitted(model, rows)


def finished(rows: np.ndarray, n_components: int, **settings: Any) -> GaussianMixture:
    """A mixture fitted to the end, from seed 0 unless told."""
    defaults = {"random_state": 0, "tol": 1e-6, "max_iter": 500}
    return _fitted(GaussianMixture(n_components, **(defaults | settings)), rows)


def _fitted(model: GaussianMixture, rows: np.ndarray) -> GaussianMixture:
    """That it is stopped before it converges, or repaired, is meant."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return model.fit(rows)
