"""What every fitted mixture can do, from its attributes alone."""

from __future__ import annotations

from collections.abc import Callable
from numbers import Integral
from typing import Any

import numpy as np
from sklearn.base import (
    BaseEstimator,
    ClassNamePrefixFeaturesOutMixin,
    DensityMixin,
    TransformerMixin,
)
from sklearn.utils.validation import check_is_fitted

from mixtura import mixture
from mixtura.covariance import COVARIANCES, CovarianceFamily, Parameters
from mixtura.estimators.checks import check_rows, check_seed, row_weights
from mixtura.estimators.parameters import fitted_parameters
from mixtura.estimators.settings import check_settings
from mixtura.estimators.threads import thread_count
from mixtura.exceptions import InvalidParameterError
from mixtura.kernels import choose
from mixtura.model import density
from mixtura.rows import MemoryRows
from mixtura.weights import WEIGHTS

__all__ = ["FittedMixture"]


class FittedMixture(ClassNamePrefixFeaturesOutMixin, TransformerMixin, DensityMixin, BaseEstimator):
    """Predicting, scoring and sampling with ``weights_``, ``means_`` and ``covariances_``.

    Nothing but the fitted attributes is read, so that a mixture loaded from a file, made from
    parameters or changed by hand behaves like one just fitted. Densities come from `weights_`,
    `means_` and `precisions_cholesky_`, as scikit-learn's do.
    """

    covariance_type: str
    proportions: str
    engine: str
    n_jobs: int | None
    random_state: Any

    def predict(self, X: Any) -> np.ndarray:
        """Label of the likeliest component for every row.

        Parameters
        ----------
        X : array-like of shape (n, d)

        Returns
        -------
        labels : ndarray of shape (n,), int
        """
        return self._score(mixture.labels, X)[0]

    def predict_proba(self, X: Any) -> np.ndarray:
        """Responsibilities: the posterior probability of every component for every row.

        Parameters
        ----------
        X : array-like of shape (n, d)

        Returns
        -------
        responsibilities : ndarray of shape (n, k)
            Rows sum to 1; float32 if `X` is.
        """
        responsibilities, rows = self._score(mixture.responsibilities, X)
        return responsibilities.astype(rows.x.dtype, copy=False)

    def transform(self, X: Any) -> np.ndarray:
        """Responsibilities as new features, the same as `predict_proba`.

        Parameters
        ----------
        X : array-like of shape (n, d)

        Returns
        -------
        responsibilities : ndarray of shape (n, k), or a frame after `set_output`
        """
        return self.predict_proba(X)

    def score_samples(self, X: Any) -> np.ndarray:
        """Log density of every row, in nats.

        Parameters
        ----------
        X : array-like of shape (n, d)

        Returns
        -------
        log_density : ndarray of shape (n,), float64
        """
        return self._score(mixture.log_density, X)[0]

    def score(self, X: Any, y: Any = None, sample_weight: Any = None) -> float:
        """Mean log density of the rows, in nats a row.

        Parameters
        ----------
        X : array-like of shape (n, d)
        y : ignored
        sample_weight : array-like of shape (n,), default=None
            Row weights.

        Returns
        -------
        log_likelihood : float
        """
        return self._log_likelihood(X, sample_weight)[0]

    def aic(self, X: Any, sample_weight: Any = None) -> float:
        """Akaike's information criterion, smaller is better.

        Parameters
        ----------
        X : array-like of shape (n, d)
        sample_weight : array-like of shape (n,), default=None
            Row weights.

        Returns
        -------
        aic : float
            ``-2 log L + 2 p`` with p free parameters.
        """
        mean, total = self._log_likelihood(X, sample_weight)
        return -2.0 * mean * total + 2.0 * self.n_parameters()

    def bic(self, X: Any, sample_weight: Any = None) -> float:
        """Bayesian information criterion (Schwarz 1978), smaller is better.

        Parameters
        ----------
        X : array-like of shape (n, d)
        sample_weight : array-like of shape (n,), default=None
            Row weights.

        Returns
        -------
        bic : float
            ``-2 log L + p log n`` with p free parameters and n the sum of row weights.
        """
        mean, total = self._log_likelihood(X, sample_weight)
        return -2.0 * mean * total + self.n_parameters() * float(np.log(total))

    def icl(self, X: Any, sample_weight: Any = None) -> float:
        """Integrated complete-data likelihood criterion, smaller is better.

        Parameters
        ----------
        X : array-like of shape (n, d)
        sample_weight : array-like of shape (n,), default=None
            Row weights.

        Returns
        -------
        icl : float
            ``BIC - 2 sum_i log max_j r_ij`` (Biernacki, Celeux and Govaert 2000, eq. 8), so that
            components which share rows count against the model.
        """
        responsibilities, rows = self._score(mixture.responsibilities, X)
        weights = row_weights(sample_weight, rows.x)
        certainty = np.log(np.max(responsibilities, axis=1))
        return self.bic(X, sample_weight) - 2.0 * float(np.sum(weights * certainty))

    def n_parameters(self) -> int:
        """Number of free parameters: covariances, means and weights.

        Returns
        -------
        p : int
        """
        check_is_fitted(self)
        k, d = self.means_.shape
        rule = WEIGHTS[self.proportions]
        return self._family.n_parameters(k, d) + k * d + rule.n_parameters(k)

    _n_parameters = n_parameters  # scikit-learn's name for it, in use in the wild

    def sample(self, n_samples: int = 1, random_state: Any = None) -> tuple[np.ndarray, np.ndarray]:
        """Draw rows from the mixture.

        Parameters
        ----------
        n_samples : int, default=1
            Rows to draw, 1 or more.
        random_state : int, RandomState or None, default=None
            Seed; None takes the constructor's.

        Returns
        -------
        X : ndarray of shape (n_samples, d)
            Rows, one component after the other.
        y : ndarray of shape (n_samples,)
            The component of every row.
        """
        check_is_fitted(self)
        if not isinstance(n_samples, Integral) or n_samples < 1:
            raise InvalidParameterError(
                f"Invalid value for 'n_samples': {n_samples!r}; `n_samples` must be an integer "
                ">= 1; type sample(1)"
            )
        random = check_seed(self.random_state if random_state is None else random_state)
        return mixture.sample(self._family, self._parameters, int(n_samples), random)

    def save(self, path: Any) -> None:
        """Save the fitted mixture as safetensors, the old file replaced whole or not at all.

        Parameters
        ----------
        path : str or path-like
            The file to write; `mixtura.load` gives the mixture back.
        """
        from mixtura.persist import save

        save(self, path)

    @property
    def covariance_matrices_(self) -> np.ndarray:
        """Every component's covariance matrix, (k, d, d), whatever the family."""
        check_is_fitted(self)
        return self._family.matrices(self.covariances_, *self.means_.shape)

    @property
    def _family(self) -> CovarianceFamily:
        return COVARIANCES[self.covariance_type]

    @property
    def _parameters(self) -> Parameters:
        return fitted_parameters(self, self._family)

    @property
    def _n_features_out(self) -> int:
        return len(self.weights_)

    def _score(self, function: Callable, X: Any) -> tuple[np.ndarray, MemoryRows]:
        """`function` of this mixture's density, a kernel and the rows of `X`; and the rows."""
        check_is_fitted(self)
        check_settings({"engine": self.engine, "n_jobs": self.n_jobs})
        x = check_rows(self, X, reset=False)
        rows = MemoryRows(x, n_jobs=thread_count(self.n_jobs))
        kernel = choose(self.engine, rows.n, rows.d, len(self.weights_))
        return function(density(self._family, self._parameters), kernel, rows), rows

    def _log_likelihood(self, X: Any, sample_weight: Any) -> tuple[float, float]:
        """Mean log density and the total weight of the rows."""
        log_density, rows = self._score(mixture.log_density, X)
        weights = row_weights(sample_weight, rows.x)
        return float(np.average(log_density, weights=weights)), float(np.sum(weights))
