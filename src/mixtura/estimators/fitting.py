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
from mixtura.em import Step, of_one_pass
from mixtura.estimators.beginning import Beginning
from mixtura.estimators.callbacks import Listener
from mixtura.estimators.checks import check_seed
from mixtura.estimators.problem import Problem
from mixtura.estimators.progress import watches
from mixtura.estimators.rehearsal import rehearsed
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

__all__ = ["begin", "check_enough", "fit_attributes", "last_parameters"]

# From here up to the line that called `fit`.
_CALLER = 5


def fit_attributes(estimator: Any, X: Any, rows: Rows) -> dict[str, Any]:
    """Fitted attributes of a mixture, by name.

    Parameters
    ----------
    estimator : FittableMixture
        Its constructor parameters, checked; a warm start reads its fitted attributes too.
    X : array-like
        Rows as the user gave them, for callbacks.
    rows : Rows
        The same, checked.
    """
    check_enough(estimator, rows.n)
    with one_blas_thread(), np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        problem = estimator._pose(rows)
        state = _fit(estimator, X, problem)
    best = state.best
    assert best is not None
    others = [each for place, each in enumerate(state.histories) if place != state.number]
    _warn(best, rows.kept, estimator.max_iter)
    return {
        **_attributes(problem.model, best.last),
        **estimator._told(best),
        "lower_bounds_": best.history[1:].tolist(),
        "history_": [*others, best.history],
        "statistics_": best.last.stats.scaled(rows.unit),
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
        estimator._tol(problem.rows),
        estimator.max_iter,
        _previous_likelihood(estimator),
        STOPPING[estimator.stopping],
        estimator._mover(random),
        estimator._memo(problem),
    )
    if plan.mover is not None and not goes_on:
        plan = plan._replace(start=partial(rehearsed, plan))
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
    best = _with_a_pass(problem, state.best)
    listener.fit_ends(best.last)
    return state._replace(best=best)


def _with_a_pass(problem: Problem, run: Run) -> Run:
    """The run with a last step that is a pass of its own."""
    last = of_one_pass(*problem, run.last)
    return run._replace(last=last, history=np.append(run.history[:-1], last.objective))


def _attributes(model: Model, step: Step) -> dict[str, Any]:
    fitted = step.parameters._asdict() | model.facts(step.stats, step.objective)
    fitted["precisions_cholesky"] = cholesky = fitted.pop("cholesky")
    return {
        **{f"{name}_": value for name, value in fitted.items()},
        "precisions_": model.family.precisions(cholesky),
        "converged_": step.reason == "converged",
        "stop_reason_": step.reason,
        "n_iter_": step.iteration,
        "lower_bound_": step.objective,
        "log_likelihood_": step.log_likelihood,
    }


def check_enough(estimator: Any, n: int) -> None:
    """Raise InvalidDataError if there are fewer rows than components."""
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
        return partial(
            last_parameters, estimator, problem, "`warm_start`", "set_params(warm_start=False)"
        )
    beginning = begin(estimator, problem)
    return partial(beginning.parameters, problem, random, estimator._tol(problem.rows))


def begin(estimator: Any, problem: Problem) -> Beginning:
    """Where an estimator's runs begin, as its parameters, checked here, say."""
    beginning: Beginning = estimator._beginning(problem)
    return beginning


def _goes_on(estimator: Any) -> bool:
    return bool(estimator.warm_start) and hasattr(estimator, "converged_")


def last_parameters(estimator: Any, problem: Problem, asker: str, instead: str) -> Parameters:
    """The fitted parameters, for `asker` to go on from; `instead` is what to type otherwise.

    Raises
    ------
    InvalidParameterError
        If they are not of the estimator's `n_components` and `covariance_type`.
    """
    k, d = estimator.n_components, problem.rows.d
    shape = problem.model.family.shape(k, d)
    if estimator.means_.shape != (k, d) or estimator.covariances_.shape != shape:
        raise InvalidParameterError(
            f"{asker} needs the last fit to have n_components={k}, {d} features and the same "
            f"`covariance_type`, but its means have shape {estimator.means_.shape} and its "
            f"covariances {estimator.covariances_.shape}; type {instead}"
        )
    last: Parameters = estimator._parameters
    if not np.allclose(problem.model.family.cholesky(last.covariances), last.cholesky, rtol=1e-3):
        raise InvalidParameterError(
            f"{asker} needs a last fit whose covariances_ and precisions_cholesky_ belong "
            f"together, but `covariance_type` or one of them has changed since; type {instead}"
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
