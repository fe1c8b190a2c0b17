"""Several runs of EM from different starts; the best one is the fit."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import chain, islice
from typing import NamedTuple, TypeAlias

import numpy as np

from mixtura.checkpoint import Checkpoint, Run, State
from mixtura.collapse import Repair, Repairer
from mixtura.covariance import Parameters
from mixtura.em import Step, merit, scored, steps_after, stopped, until
from mixtura.estimators.callbacks import Listener
from mixtura.estimators.problem import Problem
from mixtura.estimators.progress import Watch
from mixtura.kernels import Kernel
from mixtura.model import Model
from mixtura.rows import Rows
from mixtura.stopping import StoppingRule

__all__ = ["Memo", "Mover", "Plan", "all_runs", "one_run"]

# Of a model, a kernel, rows and a step: a better step with other components, or None.
Mover: TypeAlias = Callable[[Model, Kernel, Rows, Step], Step | None]
# The steps that come after one, by memoized batches.
Memo: TypeAlias = Callable[[Step], Iterator[Step]]

# A run has come far enough for moves when a step gains less, in nats a row.
_BETWEEN_MOVES = 1e-3


class Plan(NamedTuple):
    """How many runs to make, from where, and when to end each."""

    problem: Problem
    start: Callable[[], Parameters]
    random: np.random.RandomState
    n_init: int
    tol: float
    max_iter: int
    previous: float  # the objective before the first step
    rule: StoppingRule
    mover: Mover | None = None  # a better step with other components
    memo: Memo | None = None  # the steps after one, where batches are memoized
    rest: float = _BETWEEN_MOVES  # moves are tried as soon as a step gains less, in nats a row


def all_runs(
    plan: Plan,
    state: State,
    listener: Listener,
    watches: tuple[Watch, ...],
    checkpoint: Checkpoint | None,
) -> State:
    """Make the runs that `state` lacks, the one that it is in first."""
    for number in range(len(state.histories), plan.n_init):
        for watch in watches:
            watch.start(number, state.current and state.current.last)
        listener.start_begins(plan.max_iter)
        loop = _begin(plan) if state.current is None else _go_on(plan, state.current)
        for watch in watches:
            watch.found()
        for step in loop:
            run = _add(state.current, step)
            state = state._replace(current=run)
            if checkpoint is not None:
                checkpoint.note(state)
            for watch in watches:
                watch.step(step)
            if listener.step_ends(step):
                state = state._replace(current=run._replace(last=stopped(step)))
                break
        listener.start_ends()
        state = _filed(plan.problem.model, state)
        if checkpoint is not None:
            checkpoint.note(state)
    return state


def one_run(plan: Plan, problem: Problem, start: Parameters, tol: float) -> Parameters:
    """What a run with moves comes to on other rows, which nobody watches."""
    *_, last = _begin(plan._replace(problem=problem, start=lambda: start, tol=tol, rest=tol))
    return last.parameters


def _begin(plan: Plan) -> Iterator[Step]:
    first = scored(*plan.problem, 0, plan.start())
    return _ended(plan, chain([first], _after(plan, first)), plan.previous)


def _after(plan: Plan, step: Step, repaired: Sequence[Repair] = ()) -> Iterator[Step]:
    if plan.memo is not None:
        return plan.memo(step)
    repairer = Repairer(*plan.problem, plan.random, repaired)
    return steps_after(*plan.problem, step, repairer)


def _go_on(plan: Plan, run: Run) -> Iterator[Step]:
    """The steps after the last one of `run`; the rule that ends a run hears of all of them.

    Of all since the last move, that is, with which convergence begins anew.
    """
    since = run.moves[-1].iteration if run.moves else 0
    past = [
        run.last._replace(
            iteration=place,
            objective=float(value),
            repairs=tuple(repair for where, repair in run.repairs if where == place),
            reason="running",
        )
        for place, value in enumerate(run.history)
        if place >= since
    ]
    future = _after(plan, run.last, [repair for _, repair in run.repairs])
    previous = -np.inf if since else plan.previous
    loop = _ended(plan, chain(past, future), previous, past[-1].iteration)
    return islice(loop, len(past), None)


def _ended(
    plan: Plan, loop: Iterator[Step], previous: float = -np.inf, seen: int = 0
) -> Iterator[Step]:
    """The steps of `loop` up to their end, and where there are moves, those after each.

    Moves are tried as soon as a run has come to rest by a tolerance that is coarse; when none is
    found, it goes on to `tol`. At steps before `seen` none was found.
    """
    if plan.mover is None:
        yield from until(loop, plan.tol, plan.max_iter, previous, plan.rule)
        return
    coarse = max(plan.tol, plan.rest)
    for step in until(loop, coarse, plan.max_iter, previous, plan.rule):
        if step.reason != "converged":
            yield step
        elif step.iteration >= plan.max_iter:  # no move has been tried
            yield step._replace(reason="max_iter")
        else:
            yield step._replace(reason="running")
            moved = None if step.iteration < seen else plan.mover(*plan.problem, step)
            if moved is None:
                rest = until(chain([step], loop), plan.tol, plan.max_iter, rule=plan.rule)
                yield from islice(rest, 1, None)
            else:
                yield from _ended(plan, chain([moved], _after(plan, moved)))


def _add(run: Run | None, step: Step) -> Run:
    history = np.empty(0) if run is None else run.history
    repairs = () if run is None else run.repairs
    made = tuple((len(history), repair) for repair in step.repairs)
    moves = () if run is None else run.moves
    return Run(step, np.append(history, step.objective), repairs + made, moves + step.moves)


def _filed(model: Model, state: State) -> State:
    """The current run is over: it is the best so far, or but a history."""
    run, best = state.current, state.best
    assert run is not None  # every run makes a step
    filed = state._replace(histories=(*state.histories, run.history), current=None)
    if best is not None and merit(model, run.last) <= merit(model, best.last):
        return filed
    return filed._replace(number=len(state.histories), best=run)
