"""What every fitted mixture can do, from its attributes alone."""

from __future__ import annotations

from abc import ABC, abstractmethod
from numbers import Integral
from pathlib import Path
from typing import Any

import numpy as np
from scipy.special import logsumexp
from sklearn.base import (
    BaseEstimator,
    ClassNamePrefixFeaturesOutMixin,
    DensityMixin,
    TransformerMixin,
)
from sklearn.utils.validation import check_is_fitted

from mixtura import mixture
from mixtura.covariance import COVARIANCES, CovarianceFamily, Parameters
from mixtura.density import Density
from mixtura.estimators.checks import check_features, check_seed
from mixtura.estimators.opening import open_rows
from mixtura.estimators.parameters import features_of
from mixtura.estimators.settings import check_settings
from mixtura.estimators.writing import beside, write_predictions
from mixtura.exceptions import InvalidParameterError
from mixtura.files import path_of
from mixtura.kernels import Kernel, choose
from mixtura.rows import Rows

__all__ = ["FittedMixture"]


class FittedMixture(
    ClassNamePrefixFeaturesOutMixin, TransformerMixin, DensityMixin, BaseEstimator, ABC
):
    """Predicting, scoring and sampling with ``weights_``, ``means_`` and ``covariances_``.

    Nothing but the fitted attributes is read, so that a mixture loaded from a file, made from
    parameters, changed or put together by hand behaves like one just fitted.
    """

    covariance_type: str
    engine: str
    rows: str
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
        return mixture.labels(*self._posed(X, weigh=False))

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
        density, kernel, rows = self._posed(X, weigh=False)
        return mixture.responsibilities(density, kernel, rows).astype(rows.dtype, copy=False)

    def predict_to_parquet(self, X: Any, path: Any = None) -> Path:
        """Write label and responsibilities of every row to a Parquet file, as rows are read.

        Parameters
        ----------
        X : array-like of shape (n, d), path, or whatever else `fit` takes
        path : str or path-like, default=None
            The file to write, replaced whole or not at all; None puts ``NAME.predicted.parquet``
            beside the file or folder `X`.

        Returns
        -------
        path : Path
            The file, its rows in the order of `X`, columns ``label`` and ``responsibility_0``,
            ``responsibility_1``, ...

        Raises
        ------
        InvalidParameterError
            If `path` is None and `X` is not the path of one file or folder.
        FileAccessError
            If the file cannot be written.
        """
        target = beside(X) if path is None else path_of(path)
        density, kernel, rows = self._posed(X, weigh=False)
        pieces = mixture.assignments(density, kernel, rows)
        write_predictions(target, pieces, len(self.weights_), rows.dtype)
        return target

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
        return mixture.log_density(*self._posed(X, weigh=False), self._scorer)

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
        posed = self._posed(X, sample_weight)
        return mixture.log_likelihood(*posed, self._scorer) / posed[2].weight

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
        point = self._parameters
        return self._family.matrices(point.covariances, *point.means.shape)

    def _estimate_weighted_log_prob(self, X: Any) -> np.ndarray:
        """Log of weight times density of every component, (n, k): scikit-learn's name for it."""
        return mixture.log_joint(*self._posed(X, weigh=False))

    def _estimate_log_prob_resp(self, X: Any) -> tuple[np.ndarray, np.ndarray]:
        """Log density (n,) and log responsibilities (n, k): likewise."""
        joint = self._estimate_weighted_log_prob(X)
        log_density = logsumexp(joint, axis=1)
        return log_density, joint - log_density[:, None]

    @property
    def _family(self) -> CovarianceFamily:
        return COVARIANCES[self.covariance_type]

    @property
    @abstractmethod
    def _parameters(self) -> Parameters:
        """The fitted attributes, which a user may have changed, as the model's parameters."""

    @property
    @abstractmethod
    def _density(self) -> Density:
        """What rows are shared out among the components with."""

    @property
    @abstractmethod
    def _scorer(self) -> mixture.Scorer:
        """What rows are scored with."""

    @property
    def _n_features_out(self) -> int:
        return len(self.weights_)

    def _posed(
        self, X: Any, sample_weight: Any = None, *, weigh: bool = True
    ) -> tuple[Density, Kernel, Rows]:
        """The mixture's density, a kernel, and the rows of `X`."""
        check_is_fitted(self)
        check_settings({"engine": self.engine, "rows": self.rows, "n_jobs": self.n_jobs})
        rows = open_rows(self, X, sample_weight, weigh=weigh)
        check_features(self, rows.d, features_of(self))
        kernel = choose(self.engine, rows.n, rows.d, len(self.weights_))
        return self._density, kernel, rows
