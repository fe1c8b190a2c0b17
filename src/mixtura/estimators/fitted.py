"""What every fitted mixture can do, from its attributes alone."""

from __future__ import annotations

from numbers import Integral
from pathlib import Path
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
from mixtura.density import Density
from mixtura.estimators.checks import check_seed
from mixtura.estimators.opening import open_rows
from mixtura.estimators.parameters import fitted_parameters
from mixtura.estimators.settings import check_settings
from mixtura.estimators.writing import beside, write_predictions
from mixtura.exceptions import InvalidParameterError
from mixtura.kernels import Kernel, choose
from mixtura.model import density
from mixtura.rows import Rows
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
        target = beside(X) if path is None else Path(path)
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
        return mixture.log_density(*self._posed(X, weigh=False))

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
        return mixture.log_likelihood(*posed) / posed[2].weight

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
        return _deviance(*self._posed(X, sample_weight)) + 2.0 * self.n_parameters()

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
        return self._bic(*self._posed(X, sample_weight))

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
        posed = self._posed(X, sample_weight)
        return self._bic(*posed) - 2.0 * mixture.certainty(*posed)

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

    def _posed(
        self, X: Any, sample_weight: Any = None, *, weigh: bool = True
    ) -> tuple[Density, Kernel, Rows]:
        """The mixture's density, a kernel, and the rows of `X`."""
        check_is_fitted(self)
        check_settings({"engine": self.engine, "rows": self.rows, "n_jobs": self.n_jobs})
        rows = open_rows(self, X, sample_weight, weigh=weigh)
        kernel = choose(self.engine, rows.n, rows.d, len(self.weights_))
        return density(self._family, self._parameters), kernel, rows

    def _bic(self, density: Density, kernel: Kernel, rows: Rows) -> float:
        penalty = self.n_parameters() * float(np.log(rows.weight))
        return _deviance(density, kernel, rows) + penalty


def _deviance(density: Density, kernel: Kernel, rows: Rows) -> float:
    """Twice the negative log-likelihood."""
    return -2.0 * mixture.log_likelihood(density, kernel, rows)
