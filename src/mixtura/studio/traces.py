"""The way of EM through a fit, as the library's loop makes it: what the stage plays."""

from __future__ import annotations

from typing import Any

import numpy as np

from mixtura import GaussianMixture
from mixtura.covariance import COVARIANCES, Parameters
from mixtura.em import Step, steps, until
from mixtura.estimators.checks import check_seed
from mixtura.estimators.fitting import begin
from mixtura.estimators.opening import open_rows
from mixtura.estimators.problem import pose

__all__ = ["as_json", "run"]


def run(mixture: GaussianMixture, x: np.ndarray) -> list[Step]:
    """Every step of the run that ``mixture.fit(x)`` makes with one start.

    Parameters
    ----------
    mixture : GaussianMixture
        Its parameters say from where and how far; it is not fitted.
    x : ndarray of shape (n, d)
    """
    problem = pose(mixture, open_rows(mixture, x, None, reset=True))
    random = check_seed(mixture.random_state)
    start = begin(mixture, problem).parameters(problem, random, mixture.tol)
    return list(until(steps(*problem, start, random), mixture.tol, mixture.max_iter))


def as_json(family: str, parameters: Parameters) -> dict[str, Any]:
    """Parameters in the plane as the stage reads them: a covariance is ``[xx, xy, yy]``."""
    matrices = COVARIANCES[family].matrices(parameters.covariances, *parameters.means.shape)
    return {
        "weights": parameters.weights.tolist(),
        "means": parameters.means.tolist(),
        "covariances": matrices.reshape(-1, 4)[:, [0, 1, 3]].tolist(),
    }
