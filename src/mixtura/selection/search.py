"""`select`: fit many mixtures, compare them, choose one and say why."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Sequence
from numbers import Integral
from typing import Any

import numpy as np
from joblib import Parallel, delayed
from sklearn.base import clone

from mixtura.covariance import COVARIANCES
from mixtura.estimators import GaussianMixture
from mixtura.estimators.beginning import check_init
from mixtura.estimators.checks import check_rows, check_seed, row_weights
from mixtura.estimators.settings import check_settings
from mixtura.exceptions import InvalidParameterError
from mixtura.kernels import choose
from mixtura.selection.candidates import fit_candidate
from mixtura.selection.criteria import find_criterion
from mixtura.selection.path import Beginning, path, starts_of_a_path
from mixtura.selection.selection import Candidate, Selection

__all__ = ["select"]

Grid = list[tuple[str, int]]

# Fewer numbers of components than these are fitted separately.
_WORTH_A_PATH = 3
_BEGINNINGS = ("init_params", "weights_init", "means_init", "precisions_init")
# Parameters of a mixture that many fits cannot share.
_OF_ONE_FIT = {"n_components", "covariance_type", "warm_start", "checkpoint"}


def select(
    X: Any,
    n_components: Iterable[int] | int = range(1, 10),
    covariance_types: Iterable[str] | str = ("full", "tied", "diag", "spherical"),
    criterion: str = "bic",
    *,
    cv: int = 5,
    search: str = "auto",
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
    criterion : {"bic", "aic", "icl", "cv", "predictive"}, default="bic"
        What decides. For "cv", the mean log-likelihood of held-out rows, larger is better;
        "predictive" is that of the posterior predictive (a mixture of Student t) of a
        `BayesianGaussianMixture` that begins at each fold's fit, and "cv" stands beside it in the
        table. For the others smaller is better.
    cv : int, default=5
        Folds; used if `criterion` is "cv" or "predictive".
    search : {"auto", "path", "separate"}, default="auto"
        "separate" makes `n_init` fits of every candidate. "path" finds where all candidates of a
        family begin in one search: from k to k - 1 by a merger, from k to k + 1 by a split, in
        competition with contests of starts; then each is fitted once. That is often faster,
        and mostly ends higher. "auto" is "path" for three numbers of components or more, unless
        `init_params` or another ``*_init`` says where to begin.
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
        criteria are compared at their optimum. A path makes `n_init` starts too, at least 3: by
        a merger, by a split, and contests.

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
    folds = _folds(cv, len(x)) if rule.held_out else 0
    predictive = rule.name == "predictive"
    seeds = random.randint(2**31 - 1, size=len(grid))
    way = _search(search, template, grid)
    common = _with_a_kernel(template, grid, *x.shape)
    beginnings = _SEARCHES[way](common, grid, x, weights, random, n_jobs or 1)
    tasks = (
        delayed(fit_candidate)(
            common, family, k, beginning, x, weights, folds, predictive, int(seed)
        )
        for (family, k), beginning, seed in zip(grid, beginnings, seeds, strict=True)
    )
    candidates = []
    for candidate in Parallel(n_jobs=n_jobs or 1, return_as="generator")(tasks):
        candidate.model.__dict__.update(_names(probe))
        candidate.model.set_params(engine=template.engine)
        candidates.append(candidate)
        if progress is not None:
            progress(len(candidates), len(grid), candidate)
    n_starts = starts_of_a_path(template) if way == "path" else template.n_init
    return Selection(candidates, rule.name, n_starts)


def _with_a_kernel(template: GaussianMixture, grid: Grid, n: int, d: int) -> GaussianMixture:
    """The same with the engine that suits all fits together: what one loads serves the others."""
    numbers = {k for _, k in grid}
    kernel = choose(template.engine, n, d, max(numbers), fits=len(numbers))
    return clone(template).set_params(engine=kernel.name)


def _separately(
    template: GaussianMixture,
    grid: Grid,
    x: np.ndarray,
    weights: np.ndarray | None,
    random: np.random.RandomState,
    n_jobs: int,
) -> list[None]:
    """Every candidate finds its own beginning."""
    return [None] * len(grid)


def _by_paths(
    template: GaussianMixture,
    grid: Grid,
    x: np.ndarray,
    weights: np.ndarray | None,
    random: np.random.RandomState,
    n_jobs: int,
) -> list[Beginning]:
    """Beginnings of all candidates, from one path a family."""
    families = list(dict.fromkeys(family for family, _ in grid))
    numbers = [k for family, k in grid if family == families[0]]
    tasks = (
        delayed(path)(clone(template).set_params(covariance_type=family), numbers, x, weights, seed)
        for family, seed in zip(
            families, random.randint(2**31 - 1, size=len(families)), strict=True
        )
    )
    found = dict(zip(families, Parallel(n_jobs=n_jobs)(tasks), strict=True))
    return [found[family][k] for family, k in grid]


_SEARCHES: dict[str, Callable[..., Sequence[Beginning | None]]] = {
    "path": _by_paths,
    "separate": _separately,
}


def _search(search: str, template: GaussianMixture, grid: Grid) -> str:
    """The name of a way to search; "auto" is a path where it can be had and pays."""
    names = ("auto", *_SEARCHES)
    if not isinstance(search, str) or search not in names:
        raise InvalidParameterError(
            f"`search` must be one of {sorted(names)}, got {search!r}; type search='auto'"
        )
    told = [name for name in _BEGINNINGS if getattr(template, name) is not None]
    if isinstance(template.init_params, str) and template.init_params == "auto":
        told.remove("init_params")
    if search == "path" and told:
        raise InvalidParameterError(
            f"`search` must be 'separate' if `{told[0]}` says where fits begin, got 'path'; "
            f"type search='separate' or leave `{told[0]}` out"
        )
    if search != "auto":
        return search
    few = len({k for _, k in grid}) < _WORTH_A_PATH
    return "separate" if told or few else "path"


def _template(settings: dict[str, Any]) -> GaussianMixture:
    known = set(GaussianMixture._get_param_names()) - _OF_ONE_FIT
    for name in settings:
        if name not in known:
            raise InvalidParameterError(
                f"`{name}` is not a parameter of `select`; besides its own it takes those of "
                f"GaussianMixture: {', '.join(sorted(known))}"
            )
    template = GaussianMixture(**{"n_init": 3, "tol": 1e-6, "max_iter": 1000, **settings})
    check_settings(template.get_params(deep=False))
    check_init(template.init_params)
    return template


def _families(covariance_types: Iterable[str] | str) -> list[str]:
    names = _listed(covariance_types, str, "covariance_types", "('full', 'tied')")
    for name in names:
        COVARIANCES.check(name, "covariance_types")
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
    if not isinstance(values, Iterable) or isinstance(values, str | bytes):
        raise InvalidParameterError(
            f"`{parameter}` must be one or several, got {values!r}; type {parameter}={instead}"
        )
    found = list(values)
    if not found:
        raise InvalidParameterError(f"`{parameter}` is empty; type {parameter}={instead}")
    return found


def _possible(grid: Grid, n: int) -> Grid:
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
