"""Information criteria of a mixture whose parameters are points."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.utils.validation import check_is_fitted

from mixtura import mixture
from mixtura.density import Density
from mixtura.estimators.fitted import FittedMixture
from mixtura.kernels import Kernel
from mixtura.rows import Rows
from mixtura.weights import WEIGHTS

__all__ = ["PenalisedMixture"]


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

    def _bic(self, density: Density, kernel: Kernel, rows: Rows) -> float:
        penalty = self.n_parameters() * float(np.log(rows.weight))
        return _deviance(density, kernel, rows) + penalty


def _deviance(density: Density, kernel: Kernel, rows: Rows) -> float:
    """Twice the negative log-likelihood."""
    return -2.0 * mixture.log_likelihood(density, kernel, rows)
