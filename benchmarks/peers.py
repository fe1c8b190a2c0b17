"""Who is measured: each library behind the same two calls."""

from __future__ import annotations

import warnings
from abc import ABC, abstractmethod
from importlib import import_module
from importlib.util import find_spec
from typing import Any, NamedTuple

import numpy as np

from benchmarks.evaluate import Parameters

__all__ = ["MIXTURA", "ONEDAL", "ONE_THREAD", "SKLEARN", "Fitted", "OneDAL", "Peer", "ScikitApi"]

Array = np.ndarray


class Fitted(NamedTuple):
    """What a fit came to."""

    parameters: Parameters
    iterations: int


class Peer(ABC):
    """A library that fits Gaussian mixtures."""

    name: str
    module: str

    @property
    def installed(self) -> bool:
        """Whether it can be measured here; oneDAL exists for x86-64 alone."""
        return find_spec(self.module) is not None

    @abstractmethod
    def fit_from(self, x: Array, start: Parameters, iterations: int) -> Fitted:
        """Exactly so many EM iterations from the given start."""


class ScikitApi(Peer):
    """A class with scikit-learn's constructor and attributes: scikit-learn's own, and Mixtura's.

    `module` holds the class, and is imported when it is measured.
    """

    def __init__(self, name: str, module: str, **options: Any):
        self.name = name
        self.module = module
        self._options = options

    def fit(self, x: Array, k: int, covariance_type: str, seed: int, **options: Any) -> Fitted:
        """A fit as a user would ask for it: defaults, but for what is named."""
        return self._fitted(
            x, n_components=k, covariance_type=covariance_type, random_state=seed, **options
        )

    def fit_from(self, x: Array, start: Parameters, iterations: int) -> Fitted:
        full = start.covariances.ndim == 3
        return self._fitted(
            x,
            n_components=len(start.weights),
            covariance_type="full" if full else "diag",
            weights_init=start.weights,
            means_init=start.means,
            precisions_init=np.linalg.inv(start.covariances) if full else 1 / start.covariances,
            reg_covar=1e-6,
            tol=0.0,
            max_iter=iterations,
        )

    def _fitted(self, x: Array, **options: Any) -> Fitted:
        model = import_module(self.module).GaussianMixture(**self._options, **options)
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message=".*converge.*")  # stopped on purpose
            model.fit(x)
        return Fitted(
            Parameters(model.weights_, model.means_, model.covariances_), int(model.n_iter_)
        )


class OneDAL(Peer):
    """Intel's oneDAL by way of scikit-learn-intelex, which ships it without advertising it."""

    name = "oneDAL"
    module = "daal4py"

    def fit_from(self, x: Array, start: Parameters, iterations: int) -> Fitted:
        import daal4py

        d = x.shape[1]
        algorithm = daal4py.em_gmm(
            nComponents=len(start.weights),
            maxIterations=iterations,
            accuracyThreshold=0.0,
            regularizationFactor=1e-6,
            covarianceStorage="full" if start.covariances.ndim == 3 else "diagonal",
        )
        covariances = [covariance.reshape(-1, d) for covariance in start.covariances]
        result = algorithm.compute(x, start.weights.reshape(1, -1), start.means, covariances)
        found = np.reshape(result.covariances, start.covariances.shape)
        return Fitted(
            Parameters(result.weights.ravel(), result.means, found), int(result.nIterations.item())
        )


MIXTURA = ScikitApi("Mixtura", "mixtura")
ONE_THREAD = ScikitApi("Mixtura, 1 thread", "mixtura", n_jobs=1)
SKLEARN = ScikitApi("scikit-learn", "sklearn.mixture")
ONEDAL = OneDAL()
