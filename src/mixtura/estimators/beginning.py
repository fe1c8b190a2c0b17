"""The parameters with which a run of EM begins, from `init_params` and the ``*_init``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from mixtura.contest import contest, first_guess
from mixtura.covariance import COVARIANCES, Parameters
from mixtura.estimators.parameters import check_covariances, check_means, check_weights
from mixtura.estimators.problem import Problem
from mixtura.exceptions import InvalidParameterError
from mixtura.model import Model
from mixtura.rows import MemoryRows, Rows
from mixtura.starts import STARTS, given, nearest

__all__ = ["Beginning", "check_init", "init_of_kept"]

# Rows that a start sees, where not all are in memory.
_SAMPLE = 50_000


@dataclass(frozen=True)
class Beginning:
    """Everything the user said about where to begin, checked.

    `init` is a name, a callable, labels, responsibilities or a fitted mixture; the others are
    None or override what it gives.
    """

    init: Any
    k: int
    weights: np.ndarray | None = None  # (k,)
    means: np.ndarray | None = None  # (k, d)
    cholesky: np.ndarray | None = None  # of the precisions, the family's shape

    def parameters(self, problem: Problem, random: np.random.RandomState, tol: float) -> Parameters:
        """Starting parameters for one run; each call draws anew from `random`."""
        model, kernel, rows = problem
        if self.weights is not None and self.means is not None and self.cholesky is not None:
            covariances = model.family.covariances(self.cholesky)
            point = Parameters(self.weights, self.means, covariances, self.cholesky)
            return model.begin(point)
        nothing_given = self.weights is None and self.means is None and self.cholesky is None
        if hasattr(self.init, "means_"):
            found = _from_mixture(self.init, model, self.k, rows.d)
        elif _is_auto(self.init) and nothing_given:
            found = model.begin(
                contest(model.searcher, kernel, rows, self.k, random, tol, resettle=True)
            )
        else:
            some = rows if isinstance(rows, MemoryRows) else self._some(rows, random)
            guess = self._guess(some, random)
            found = first_guess(model, some.x, some.weights, guess, self.k)
        return self._override(model, found)

    def _some(self, rows: Rows, random: np.random.RandomState) -> MemoryRows:
        """Rows to begin with, of those that are not in memory."""
        if not isinstance(self.init, str) and not callable(self.init):
            raise InvalidParameterError(
                '`init_params` must be a name such as "auto", a callable or a fitted mixture where '
                f"rows are not in memory, got labels or responsibilities for rows in {rows.name!r};"
                ' type init_params="auto", or give means_init'
            )
        return rows.sample(_SAMPLE, random)

    def _guess(self, rows: MemoryRows, random: np.random.RandomState) -> np.ndarray:
        if _is_auto(self.init) and self.means is not None:
            return nearest(rows.x, self.means)
        if isinstance(self.init, str):
            start = STARTS["kmeans" if _is_auto(self.init) else self.init]
            return start.assign(rows.x, rows.weights, self.k, random)
        if callable(self.init):
            said = self.init(rows.x, self.k, random)
            return given(said, rows.n, self.k, "what the callable `init_params` returned")
        return given(self.init, rows.n, self.k, "`init_params`")

    def _override(self, model: Model, found: Parameters) -> Parameters:
        """Parameters found, but those that the user gave."""
        if self.weights is not None:
            found = found._replace(weights=self.weights)
        if self.means is not None:
            found = found._replace(means=self.means)
        if self.cholesky is not None:
            covariances = model.family.covariances(self.cholesky)
            found = found._replace(covariances=covariances, cholesky=self.cholesky)
        return found


def check_init(init: Any) -> None:
    """Raise InvalidParameterError if `init_params` names no start, or is an unfitted mixture."""
    if isinstance(init, str):
        STARTS.check(init, also=("auto",))
    if hasattr(init, "fit") and not hasattr(init, "means_"):
        raise InvalidParameterError(
            f"`init_params` must be a fitted mixture, got {init!r}, which is not fitted; "
            "type init_params=mixture.fit(X)"
        )


def init_of_kept(init: Any, kept: np.ndarray | None) -> Any:
    """Labels or responsibilities, if `init` is that, of the rows that were kept (n,) alone."""
    if kept is None or isinstance(init, str) or not hasattr(init, "__len__"):
        return init
    return np.asarray(init)[kept]


def _is_auto(init: Any) -> bool:
    return isinstance(init, str) and init == "auto"


def _from_mixture(mixture: Any, model: Model, k: int, d: int) -> Parameters:
    """Parameters of any fitted mixture, scikit-learn's too, in this model's family."""
    means = np.asarray(mixture.means_)
    if means.ndim == 2 and means.shape != (k, d):
        raise InvalidParameterError(
            f"`init_params` is a mixture of {means.shape[0]} components in {means.shape[1]} "
            f"features, but the fit has n_components={k} and {d} features; "
            f"type n_components={means.shape[0]} or give a mixture that fits"
        )
    family = COVARIANCES[mixture.covariance_type]
    weights = check_weights(mixture.weights_, k, "init_params.weights_")
    means = check_means(means, k, d, "init_params.means_")
    covariances = check_covariances(mixture.covariances_, family, k, d, "init_params.covariances_")
    return model.adopt(family, weights, means, covariances)
