"""`select`: fit many mixtures, compare them, choose one and say why."""

from __future__ import annotations

import itertools
import time
import warnings
from collections.abc import Callable, Iterable
from numbers import Integral
from typing import Any

import numpy as np
from joblib import Parallel, delayed
from sklearn.base import clone
from sklearn.exceptions import ConvergenceWarning

from mixtura.covariance import COVARIANCES
from mixtura.estimators import GaussianMixture
from mixtura.estimators.checks import check_rows, check_seed, row_weights
from mixtura.estimators.opening import open_rows
from mixtura.estimators.settings import check_settings
from mixtura.exceptions import CollapsedComponentWarning, InvalidParameterError
from mixtura.selection.criteria import find_criterion
from mixtura.selection.crossvalidation import held_out
from mixtura.selection.selection import Candidate, Selection

__all__ = ["select"]

# Starts end at the same optimum if they agree to this, in nats a row.
_SAME = 1e-3


def select(
    X: Any,
    n_components: Iterable[int] | int = range(1, 10),
    covariance_types: Iterable[str] | str = ("full", "tied", "diag", "spherical"),
    criterion: str = "bic",
    *,
    cv: int = 5,
    sample_weight: Any = None,
    n_jobs: int | None = None,
    random_state: Any = None,
    progress: Callable[[int, int, Candidate], None] | None = None,
    **settings: Any,
) -> Selection:
    """Choose the number of components and the covariance family.

    Parameters
    ----------
    X : array-like of shape (n, d)
        Rows.
    n_components : int or iterable of int, default=range(1, 10)
        Numbers of components to try; more than there are rows are left out.
    covariance_types : str or iterable of str, default=all four
        Covariance families to try.
    criterion : {"bic", "aic", "icl", "cv"}, default="bic"
        What decides. For "cv", the mean log-likelihood of held-out rows, larger is better; for
        the others smaller is.
    cv : int, default=5
        Folds; used if `criterion` is "cv".
    sample_weight : array-like of shape (n,), default=None
        Row weights.
    n_jobs : int or None, default=None
        Candidates fitted at the same time, in processes; -1 for one a core. None fits one
        candidate after the other with all threads, which suits large data.
    random_state : int, RandomState or None, default=None
        Seed.
    progress : callable, default=None
        Called as ``progress(done, total, candidate)`` after every candidate.
    **settings
        Parameters of `GaussianMixture`; here `n_init` is 3 and `tol` 1e-6 unless given, so that
        criteria are compared at their optimum.

    Returns
    -------
    selection : Selection
        `best` is the fitted mixture, `table` all candidates, `verdict` the reason in words.

    Raises
    ------
    InvalidParameterError
        If a parameter cannot be used.

    Examples
    --------
    >>> from mixtura import datasets, select
    >>> faithful = datasets.load("faithful").data
    >>> chosen = select(faithful, range(2, 5), ["full", "tied"], random_state=0)
    >>> chosen.best.n_components, chosen.best.covariance_type
    (3, 'tied')
    """
    rule = find_criterion(criterion)
    check_settings({"n_jobs": n_jobs})
    if progress is not None and not callable(progress):
        raise InvalidParameterError(
            f"`progress` must be callable as progress(done, total, candidate), got {progress!r}; "
            "type progress=None"
        )
    template = _template(settings)
    grid = list(itertools.product(_families(covariance_types), _numbers(n_components)))
    probe = clone(template)
    x, weights = _rows(probe, X, sample_weight)
    grid = _possible(grid, len(x))
    random = check_seed(random_state)
    folds = _folds(cv, len(x)) if rule.name == "cv" else 0
    tasks = (
        delayed(_candidate)(template, family, k, x, weights, folds, seed)
        for (family, k), seed in zip(grid, random.randint(2**31 - 1, size=len(grid)), strict=True)
    )
    candidates = []
    for candidate in Parallel(n_jobs=n_jobs or 1, return_as="generator")(tasks):
        candidate.model.__dict__.update(_names(probe))
        candidates.append(candidate)
        if progress is not None:
            progress(len(candidates), len(grid), candidate)
    return Selection(candidates, rule.name, template.n_init)


def _candidate(
    template: GaussianMixture,
    family: str,
    k: int,
    x: np.ndarray,
    weights: np.ndarray | None,
    folds: int,
    seed: int,
) -> Candidate:
    began = time.perf_counter()
    mixture = clone(template).set_params(
        n_components=k, covariance_type=family, random_state=int(seed)
    )
    with warnings.catch_warnings():  # the candidate's own fields say it
        warnings.simplefilter("ignore", CollapsedComponentWarning)
        warnings.simplefilter("ignore", ConvergenceWarning)
        mixture.fit(x, sample_weight=weights)
    rows = open_rows(mixture, x, weights)
    ends = np.array([history[-1] for history in mixture.history_])
    random = np.random.RandomState(seed)
    return Candidate(
        covariance_type=family,
        n_components=k,
        log_likelihood=mixture.log_likelihood_ * rows.weight,
        n_parameters=mixture.n_parameters(),
        aic=mixture.aic(x, weights),
        bic=mixture.bic(x, weights),
        icl=mixture.icl(x, weights),
        cv=held_out(mixture, open_rows(mixture, x, weights), folds, random)
        if folds
        else float("nan"),
        converged=mixture.converged_,
        degenerate=len(mixture.degenerate_components_) > 0,
        stability=float(np.mean(ends >= ends[-1] - _SAME)),
        seconds=time.perf_counter() - began,
        model=mixture,
    )


def _template(settings: dict[str, Any]) -> GaussianMixture:
    known = GaussianMixture._get_param_names()
    for name in settings:
        if name not in known or name in ("n_components", "covariance_type", "warm_start"):
            raise InvalidParameterError(
                f"`{name}` is not a parameter of `select`; besides its own it takes those of "
                f"GaussianMixture: {', '.join(sorted(known))}"
            )
    return GaussianMixture(**{"n_init": 3, "tol": 1e-6, "max_iter": 1000, **settings})


def _families(covariance_types: Iterable[str] | str) -> list[str]:
    names = _listed(covariance_types, str, "covariance_types", "('full', 'tied')")
    for name in names:
        COVARIANCES[name]
    return names


def _numbers(n_components: Iterable[int] | int) -> list[int]:
    numbers = _listed(n_components, Integral, "n_components", "range(1, 10)")
    for number in numbers:
        check_settings({"n_components": number})
    return [int(number) for number in numbers]


def _listed(values: Any, kind: type, parameter: str, instead: str) -> list:
    """One of a kind, or several, as a list that is not empty."""
    if isinstance(values, kind):
        return [values]
    if not isinstance(values, Iterable) or isinstance(values, str):
        raise InvalidParameterError(
            f"`{parameter}` must be one or several, got {values!r}; type {parameter}={instead}"
        )
    found = list(values)
    if not found:
        raise InvalidParameterError(f"`{parameter}` is empty; type {parameter}={instead}")
    return found


def _possible(grid: list[tuple[str, int]], n: int) -> list[tuple[str, int]]:
    possible = [(family, k) for family, k in grid if k <= n]
    if not possible:
        raise InvalidParameterError(
            f"`n_components` must be at most the number of rows, {n}, for some candidate; "
            f"type n_components={n} or fewer"
        )
    return possible


def _names(probe: GaussianMixture) -> dict[str, Any]:
    return {name: value for name, value in vars(probe).items() if name == "feature_names_in_"}


def _rows(
    probe: GaussianMixture, X: Any, sample_weight: Any
) -> tuple[np.ndarray, np.ndarray | None]:
    x = check_rows(probe, X, reset=True)
    if sample_weight is None:
        return x, None
    weights = row_weights(sample_weight, len(x))
    return x[weights > 0.0], weights[weights > 0.0]


def _folds(cv: int, n: int) -> int:
    if not isinstance(cv, Integral) or not 2 <= cv <= n:
        raise InvalidParameterError(
            f"`cv` must be an integer from 2 to the number of rows ({n}), got {cv!r}; type cv=5"
        )
    return int(cv)
