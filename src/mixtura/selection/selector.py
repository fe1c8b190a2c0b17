"""MixtureSelector: `select` as an estimator, for pipelines."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from sklearn.base import (
    BaseEstimator,
    ClassNamePrefixFeaturesOutMixin,
    DensityMixin,
    TransformerMixin,
)
from sklearn.utils.validation import check_is_fitted

from mixtura.estimators import GaussianMixture
from mixtura.estimators.checks import check_rows
from mixtura.exceptions import InvalidParameterError
from mixtura.selection.search import select

__all__ = ["MixtureSelector"]


class MixtureSelector(
    ClassNamePrefixFeaturesOutMixin, TransformerMixin, DensityMixin, BaseEstimator
):
    """Chooses a Gaussian mixture in `fit` and then behaves as that mixture.

    Parameters
    ----------
    n_components : int or iterable of int, default=(1, ..., 9)
        Numbers of components to try; more than there are rows are left out.
    covariance_types : str or iterable of str, default=all four
        Covariance families to try.
    criterion : {"bic", "aic", "icl", "cv", "predictive"}, default="bic"
        What decides; see `select`.
    cv : int, default=5
        Folds; used if `criterion` is "cv" or "predictive".
    search : {"auto", "path", "separate"}, default="auto"
        One search for all numbers of components, or a fit of its own for each; see `select`.
    n_jobs : int or None, default=None
        Candidates fitted at the same time.
    random_state : int, RandomState or None, default=None
        Seed.
    settings : dict or None, default=None
        Other parameters of `GaussianMixture`, such as ``{"reg_covar": 1e-3}``.

    Attributes
    ----------
    selection_ : Selection
        All candidates, the verdict, the table.
    best_estimator_ : GaussianMixture
        The mixture chosen.
    n_features_in_ : int
        Number of features d.

    Examples
    --------
    >>> from mixtura import MixtureSelector, datasets
    >>> faithful = datasets.load("faithful").data
    >>> chosen = MixtureSelector((1, 2), "full", random_state=0).fit(faithful)
    >>> chosen.best_estimator_.n_components
    2
    """

    def __init__(
        self,
        n_components: Iterable[int] | int = tuple(range(1, 10)),
        covariance_types: Iterable[str] | str = ("full", "tied", "diag", "spherical"),
        *,
        criterion: str = "bic",
        cv: int = 5,
        search: str = "auto",
        n_jobs: int | None = None,
        random_state: Any = None,
        settings: dict[str, Any] | None = None,
    ):
        self.n_components = n_components
        self.covariance_types = covariance_types
        self.criterion = criterion
        self.cv = cv
        self.search = search
        self.n_jobs = n_jobs
        self.random_state = random_state
        self.settings = settings

    def fit(self, X: Any, y: Any = None, sample_weight: Any = None) -> MixtureSelector:
        """Fit all candidates and keep the best.

        Parameters
        ----------
        X : array-like of shape (n, d)
        y : ignored
        sample_weight : array-like of shape (n,), default=None
            Row weights.

        Returns
        -------
        self : MixtureSelector
        """
        settings = _check_settings(self.settings)
        check_rows(self, X, reset=True)  # names and number of features
        self.selection_ = select(
            X,
            self.n_components,
            self.covariance_types,
            self.criterion,
            cv=self.cv,
            search=self.search,
            sample_weight=sample_weight,
            n_jobs=self.n_jobs,
            random_state=self.random_state,
            **settings,
        )
        self.best_estimator_ = self.selection_.best
        return self

    def fit_predict(self, X: Any, y: Any = None, sample_weight: Any = None) -> np.ndarray:
        """Choose, then label the same rows, (n,)."""
        return self.fit(X, y, sample_weight).predict(X)

    def predict(self, X: Any) -> np.ndarray:
        """Label of the likeliest component for every row, (n,)."""
        return self._best().predict(X)

    def predict_proba(self, X: Any) -> np.ndarray:
        """Responsibilities, (n, k)."""
        return self._best().predict_proba(X)

    def transform(self, X: Any) -> np.ndarray:
        """Responsibilities as new features, (n, k)."""
        return self._best().predict_proba(X)

    def score_samples(self, X: Any) -> np.ndarray:
        """Log density of every row, (n,), in nats."""
        return self._best().score_samples(X)

    def score(self, X: Any, y: Any = None, sample_weight: Any = None) -> float:
        """Mean log density of the rows, in nats a row."""
        return self._best().score(X, sample_weight=sample_weight)

    def sample(self, n_samples: int = 1, random_state: Any = None) -> tuple[np.ndarray, np.ndarray]:
        """Rows drawn from the chosen mixture, (n_samples, d), and their labels."""
        return self._best().sample(n_samples, random_state)

    @property
    def _n_features_out(self) -> int:
        return self.best_estimator_.n_components

    def _best(self) -> GaussianMixture:
        check_is_fitted(self)
        return self.best_estimator_


def _check_settings(settings: Any) -> dict[str, Any]:
    """The `settings` of a selector, which do not repeat its own parameters."""
    settings = {} if settings is None else settings
    own = MixtureSelector._get_param_names()
    if not isinstance(settings, dict) or set(own) & set(settings):
        raise InvalidParameterError(
            f"`settings` must be a dict of parameters of GaussianMixture other than {own}, got "
            f"{settings!r}; type settings={{'reg_covar': 1e-3}}"
        )
    return settings
