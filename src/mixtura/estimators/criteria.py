"""Information criteria of a mixture whose parameters are points."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from sklearn.utils.validation import check_is_fitted

from mixtura import mixture
from mixtura.estimators.fitted import FittedMixture
from mixtura.weights import WEIGHTS

__all__ = ["Criteria", "PenalisedMixture"]


class Criteria(NamedTuple):
    """How well a mixture fits some rows."""

    weight: float  # sum of the rows' weights; their number, where they have none
    log_likelihood: float  # summed over rows, in nats
    aic: float
    bic: float
    icl: float


class PenalisedMixture(FittedMixture):
    """AIC, BIC and ICL: the likelihood, less a price for every free parameter."""

    proportions: str

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
        return self._aic(mixture.log_likelihood(*self._posed(X, sample_weight)))

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
        posed = self._posed(X, sample_weight)
        return self._bic(mixture.log_likelihood(*posed), posed[2].weight)

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
        return self.criteria(X, sample_weight).icl

    def criteria(self, X: Any, sample_weight: Any = None) -> Criteria:
        """Log-likelihood, AIC, BIC and ICL in one pass over the rows.

        Parameters
        ----------
        X : array-like of shape (n, d)
        sample_weight : array-like of shape (n,), default=None
            Row weights.

        Returns
        -------
        criteria : Criteria
            Fields ``weight``, the sum of row weights, ``log_likelihood``, summed over rows,
            ``aic``, ``bic`` and ``icl``.
        """
        posed = self._posed(X, sample_weight)
        log_likelihood, certainty = mixture.totals(*posed)
        bic = self._bic(log_likelihood, posed[2].weight)
        icl = bic - 2.0 * certainty
        return Criteria(posed[2].weight, log_likelihood, self._aic(log_likelihood), bic, icl)

    def n_parameters(self) -> int:
        """Number of free parameters: covariances, means and weights.

        Returns
        -------
        p : int
        """
        check_is_fitted(self)
        k, d = np.shape(self.means_)
        rule = WEIGHTS[self.proportions]
        return self._family.n_parameters(k, d) + k * d + rule.n_parameters(k)

    _n_parameters = n_parameters  # scikit-learn's name for it, in use in the wild

    def _estimate_log_prob(self, X: Any) -> np.ndarray:
        """Log density of every component, (n, k): likewise."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return self._estimate_weighted_log_prob(X) - np.log(self.weights_)

    def _aic(self, log_likelihood: float) -> float:
        return -2.0 * log_likelihood + 2.0 * self.n_parameters()

    def _bic(self, log_likelihood: float, weight: float) -> float:
        return -2.0 * log_likelihood + self.n_parameters() * float(np.log(weight))
