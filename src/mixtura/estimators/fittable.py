"""What every mixture that is fitted by steps shares: `fit`, whatever its model is."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, Self

import numpy as np

from mixtura.checkpoint import Run
from mixtura.estimators.automatic import settle
from mixtura.estimators.beginning import Beginning, check_init
from mixtura.estimators.callbacks import CallbackSupportMixin, with_callbacks
from mixtura.estimators.fitted import FittedMixture
from mixtura.estimators.fitting import fit_attributes
from mixtura.estimators.opening import open_rows
from mixtura.estimators.problem import Problem
from mixtura.estimators.runs import Memo, Mover
from mixtura.estimators.settings import check_settings
from mixtura.rows import Rows

__all__ = ["FittableMixture"]


class FittableMixture(CallbackSupportMixin, FittedMixture):
    """Fitting, given what the model is and where it begins."""

    init_params: Any

    @with_callbacks
    def fit(self, X: Any, y: Any = None, sample_weight: Any = None) -> Self:
        """Fit the mixture to rows.

        Parameters
        ----------
        X : array-like of shape (n, d), path, `mixtura.scan`, blocks or Dask collection
            Rows, float64 or float32; anything else becomes float64.
        y : ignored
        sample_weight : array-like of shape (n,), default=None
            Row weights: 2 equals the row twice, 0 leaves it out.

        Returns
        -------
        self

        Raises
        ------
        InvalidParameterError
            If a parameter cannot be used.
        ValueError
            If `X` is not finite, has under 2 rows, or fewer rows than components.
        FileAccessError, FileFormatError
            If the file `checkpoint` cannot be read or written, or is none of this fit.
        """
        settings = self.get_params(deep=False)
        if self._counts:
            del settings["n_components"]
        check_settings(settings)
        check_init(self.init_params)
        rows = open_rows(self, X, sample_weight, reset=True)
        settled, found = settle(self, rows) if self._counts else (self, {})
        for name, value in (fit_attributes(settled, X, rows) | found).items():
            setattr(self, name, value)
        return self

    def fit_predict(self, X: Any, y: Any = None, sample_weight: Any = None) -> np.ndarray:
        """Fit, then label the same rows.

        Parameters
        ----------
        X : array-like of shape (n, d)
        y : ignored
        sample_weight : array-like of shape (n,), default=None
            Row weights.

        Returns
        -------
        labels : ndarray of shape (n,), int
        """
        weights = {} if sample_weight is None else {"sample_weight": sample_weight}
        return self.fit(X, y, **weights).predict(X)  # `fit` may be a subclass's

    @property
    @abstractmethod
    def _counts(self) -> bool:
        """Whether the number of components is to be found."""

    @abstractmethod
    def _pose(self, rows: Rows) -> Problem:
        """The problem that the constructor parameters, checked, and the rows describe."""

    @abstractmethod
    def _beginning(self, problem: Problem) -> Beginning:
        """What the constructor parameters say about where to begin, checked."""

    @abstractmethod
    def _mover(self, random: np.random.RandomState) -> Mover | None:
        """What finds a better step with other components, once a run has converged."""

    @abstractmethod
    def _memo(self, problem: Problem) -> Memo | None:
        """The steps after one by memoized batches, if the rows are to be visited in batches."""

    @abstractmethod
    def _told(self, run: Run) -> dict[str, Any]:
        """Fitted attributes that are of the whole run and not of its last step."""

    @abstractmethod
    def _tol(self, rows: Rows) -> float:
        """What `stopping` compares with, in nats per unit of row weight."""
