"""One candidate: a mixture fitted to the end, and its criteria."""

from __future__ import annotations

import time
import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.base import clone
from sklearn.exceptions import ConvergenceWarning

from mixtura.estimators import GaussianMixture
from mixtura.estimators.opening import open_rows
from mixtura.exceptions import CollapsedComponentWarning
from mixtura.selection.crossvalidation import HeldOut, held_out
from mixtura.selection.path import Beginning, stability
from mixtura.selection.selection import Candidate

__all__ = ["fit_candidate"]

_NOT_ASKED = HeldOut(float("nan"), float("nan"))


@dataclass(frozen=True)
class _Given:
    """A beginning as `init_params` takes it: what a fitted mixture has."""

    covariance_type: str
    weights_: np.ndarray
    means_: np.ndarray
    covariances_: np.ndarray


def fit_candidate(
    template: GaussianMixture,
    family: str,
    k: int,
    beginning: Beginning | None,
    x: np.ndarray,
    weights: np.ndarray | None,
    folds: int,
    predictive: bool,
    seed: int,
) -> Candidate:
    """Fit k components of a covariance family, from a beginning or from starts of its own.

    Parameters
    ----------
    template : GaussianMixture
        All other constructor parameters.
    family : str
        Name of the covariance family.
    k : int
        Components.
    beginning : Beginning or None
        Where to begin; None for the template's own starts.
    x : ndarray of shape (n, d)
    weights : ndarray of shape (n,) or None
        Positive row weights.
    folds : int
        For the held-out likelihood; 0 for none.
    predictive : bool
        Whether that of the posterior predictive is wanted too.
    seed : int
        Of starts and of folds.
    """
    began = time.perf_counter()
    mixture = clone(template).set_params(
        n_components=k, covariance_type=family, random_state=seed, **_starts(family, beginning)
    )
    with warnings.catch_warnings():  # the candidate's own fields say it
        warnings.simplefilter("ignore", CollapsedComponentWarning)
        warnings.simplefilter("ignore", ConvergenceWarning)
        mixture.fit(x, sample_weight=weights)
        rows = open_rows(mixture, x, weights)
        random = np.random.RandomState(seed)
        unseen = held_out(mixture, rows, folds, random, predictive) if folds else _NOT_ASKED
    mixture.set_params(n_init=template.n_init, init_params=template.init_params)
    criteria = mixture.criteria(x, weights)
    return Candidate(
        covariance_type=family,
        n_components=k,
        log_likelihood=mixture.log_likelihood_ * rows.weight,
        n_parameters=mixture.n_parameters(),
        aic=criteria.aic,
        bic=criteria.bic,
        icl=criteria.icl,
        cv=unseen.cv,
        predictive=unseen.predictive,
        converged=mixture.converged_,
        degenerate=len(mixture.degenerate_components_) > 0,
        stability=_stability(mixture) if beginning is None else beginning.stability,
        seconds=time.perf_counter() - began + (0.0 if beginning is None else beginning.seconds),
        model=mixture,
    )


def _starts(family: str, beginning: Beginning | None) -> dict[str, Any]:
    if beginning is None:
        return {}
    return {"n_init": 1, "init_params": _Given(family, *beginning.parameters[:3])}


def _stability(mixture: GaussianMixture) -> float:
    ends = [history[-1] for history in mixture.history_]
    return stability(ends, ends[-1])
