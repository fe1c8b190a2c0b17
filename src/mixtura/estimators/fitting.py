"""A fit from checked rows to fitted attributes; values in, values out."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from contextlib import nullcontext
from functools import partial
from typing import Any

import numpy as np
from sklearn.exceptions import ConvergenceWarning

from mixtura.checkpoint import Run, State
from mixtura.collapse import Repair
from mixtura.covariance import Parameters
from mixtura.em import Step
from mixtura.estimators.beginning import Beginning
from mixtura.estimators.callbacks import Listener
from mixtura.estimators.checks import check_seed
from mixtura.estimators.parameters import (
    check_means,
    check_precisions,
    check_weights,
    fitted_parameters,
)
from mixtura.estimators.problem import Problem, pose
from mixtura.estimators.progress import watches
from mixtura.estimators.resuming import open_checkpoint
from mixtura.estimators.runs import Plan, all_runs
from mixtura.exceptions import (
    CollapsedComponentWarning,
    InvalidDataError,
    InvalidParameterError,
)
from mixtura.model import Model
from mixtura.rows import Rows, one_blas_thread
from mixtura.stopping import STOPPING

__all__ = ["begin", "fit_attributes"]

# From here up to the line that called `fit`.
_CALLER = 5


def fit_attributes(estimator: Any, X: Any, rows: Rows) -> dict[str, Any]:
    """Fitted attributes of a mixture, by name.

    Parameters
    ----------
    estimator : GaussianMixture
        Its constructor parameters, checked; a warm start reads its fitted attributes too.
    X : array-like
        Rows as the user gave them, for callbacks.
    rows : Rows
        The same, checked.
    """
    _check_enough(estimator, rows.n)
    with one_blas_thread(), np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        problem = pose(estimator, rows)
        state = _fit(estimator, X, problem)
    best = state.best
    assert best is not None
    others = [each for place, each in enumerate(state.histories) if place != state.number]
    _warn(best, rows.kept, estimator.max_iter)
    return {
        **_attributes(problem.model, best.last),
        "lower_bounds_": best.history[1:].tolist(),
        "history_": [*others, best.history],
        "kernel_": problem.kernel.name,
        "rows_": rows.name,
    }


def _fit(estimator: Any, X: Any, problem: Problem) -> State:
    random = check_seed(estimator.random_state)
    goes_on = _goes_on(estimator)
    checkpoint = None
    if estimator.checkpoint is not None:
        checkpoint, random = open_checkpoint(estimator, problem, random)
    plan = Plan(
        problem,
        _start(estimator, problem, random),
        random,
        1 if goes_on else estimator.n_init,
        estimator.tol,
        estimator.max_iter,
        _previous_likelihood(estimator),
        STOPPING[estimator.stopping],
    )
    state = State() if checkpoint is None else checkpoint.begin()
    listener = Listener(estimator, X, estimator.n_init, partial(_attributes, problem.model))
    with checkpoint or nullcontext():
        state = all_runs(
            plan,
            state,
            listener,
            watches(estimator.verbose, estimator.verbose_interval),
            checkpoint,
        )
    assert state.best is not None
    listener.fit_ends(state.best.last)
    return state


def _attributes(model: Model, step: Step) -> dict[str, Any]:
    weights, means, covariances, cholesky = step.parameters
    return {
        "weights_": weights,
        "means_": means,
        "covariances_": covariances,
        "precisions_cholesky_": cholesky,
        "precisions_": model.family.precisions(cholesky),
        "degenerate_components_": np.flatnonzero(model.degenerate(step.stats)),
        "converged_": step.reason == "converged",
        "stop_reason_": step.reason,
        "n_iter_": step.iteration,
        "lower_bound_": step.objective,
        "log_likelihood_": step.log_likelihood,
    }


def _check_enough(estimator: Any, n: int) -> None:
    if n < estimator.n_components:
        raise InvalidDataError(
            f"Expected n_samples >= n_components but got n_components = {estimator.n_components}, "
            f"n_samples = {n}; type n_components={n} or fewer"
        )


def _start(
    estimator: Any, problem: Problem, random: np.random.RandomState
) -> Callable[[], Parameters]:
    """Starting parameters of a run, made when its turn comes."""
    if _goes_on(estimator):
        return partial(_last_parameters, estimator, problem)
    return partial(begin(estimator, problem).parameters, problem, random, estimator.tol)


def begin(estimator: Any, problem: Problem) -> Beginning:
    """Where an estimator's runs begin, as its parameters, checked here, say."""
    k, d, family = estimator.n_components, problem.rows.d, problem.model.family
    init, kept = estimator.init_params, problem.rows.kept
    if kept is not None and not isinstance(init, str) and hasattr(init, "__len__"):
        init = np.asarray(init)[kept]
    weights, means, precisions = (
        estimator.weights_init,
        estimator.means_init,
        estimator.precisions_init,
    )
    return Beginning(
        init,
        k,
        None if weights is None else check_weights(weights, k, "weights_init"),
        None if means is None else check_means(means, k, d, "means_init"),
        None
        if precisions is None
        else check_precisions(precisions, family, k, d, "precisions_init"),
    )


def _goes_on(estimator: Any) -> bool:
    return bool(estimator.warm_start) and hasattr(estimator, "converged_")


def _last_parameters(estimator: Any, problem: Problem) -> Parameters:
    k, d = estimator.n_components, problem.rows.d
    shape = problem.model.family.shape(k, d)
    if estimator.means_.shape != (k, d) or estimator.covariances_.shape != shape:
        raise InvalidParameterError(
            f"`warm_start` needs the last fit to have n_components={k}, {d} features and the same "
            f"`covariance_type`, but its means have shape {estimator.means_.shape} and its "
            f"covariances {estimator.covariances_.shape}; type set_params(warm_start=False)"
        )
    last = fitted_parameters(estimator, problem.model.family)
    if not np.allclose(problem.model.family.cholesky(last.covariances), last.cholesky, rtol=1e-3):
        raise InvalidParameterError(
            "`warm_start` needs a last fit whose covariances_ and precisions_cholesky_ belong "
            "together, but `covariance_type` or one of them has changed since; type "
            "set_params(warm_start=False)"
        )
    return last


def _previous_likelihood(estimator: Any) -> float:
    """Likelihood a step before the parameters that a warm start goes on from."""
    history = estimator.history_[-1:] if _goes_on(estimator) else []
    return float(history[0][-2]) if history and len(history[0]) > 1 else -math.inf


def _warn(best: Run, kept: np.ndarray | None, max_iter: int) -> None:
    last = {repair.component: repair for _, repair in best.repairs}
    for repair in last.values():
        warnings.warn(_describe(repair, kept), CollapsedComponentWarning, stacklevel=_CALLER)
    if best.last.reason != "converged" and max_iter > 0:
        warnings.warn(
            "Best performing initialization did not converge. Try different init parameters, "
            "or increase max_iter, tol, or check for degenerate data.",
            ConvergenceWarning,
            stacklevel=_CALLER,
        )


def _describe(repair: Repair, kept: np.ndarray | None) -> str:
    rows = list(map(str, repair.rows if kept is None else kept[list(repair.rows)]))
    named = ", ".join(rows + ["..."] * (len(rows) < repair.held))
    onto = f"onto {repair.held} row{'s' * (repair.held > 1)} ({named})"
    return (
        f"component {repair.component} collapsed {onto if rows else 'and held no rows'} and was "
        f"{repair.action}; "
        'try a smaller `n_components`, a larger `reg_covar`, or covariance_type="diag"'
    )
