"""The loop: expectation-maximisation as a generator of steps."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any, Literal, NamedTuple

import numpy as np

from mixtura.collapse import Repair, Repairer, Repairers
from mixtura.covariance import Parameters, side_by_side
from mixtura.exceptions import InvalidDataError
from mixtura.kernels import Kernel
from mixtura.model import Model
from mixtura.rows import Rows
from mixtura.stats import Stats
from mixtura.stopping import STOPPING, StoppingRule

__all__ = [
    "Batch",
    "Move",
    "Reason",
    "Step",
    "apart",
    "beside",
    "merit",
    "of_one_pass",
    "scored",
    "settled",
    "steps",
    "steps_after",
    "stopped",
    "until",
]

# Why a run ended where it did; of a step that is not its last, that it goes on.
Reason = Literal["running", "converged", "max_iter", "callback"]


class Move(NamedTuple):
    """Components that were merged, deleted or born, or put in order, and what the bound gained."""

    iteration: int
    kind: str
    components: tuple[tuple[int, ...], ...]  # each with its partner or place, as numbered then
    gain: float  # nats, summed over rows


class Batch(NamedTuple):
    """What a memoized batch of the rows had when it was visited last."""

    stats: Stats
    uncertain: float  # entropy of the responsibilities, nats


class Step(NamedTuple):
    """One turn of the loop. Objective and log-likelihood are of these very parameters.

    Runs may go side by side on the same rows: then all but the iteration have a leading axis.
    """

    iteration: int  # number of M-steps behind the parameters
    parameters: Parameters
    objective: Any  # what the model climbs, in nats per unit of row weight
    log_likelihood: Any  # of its density, likewise; the same where there is no prior
    stats: Stats
    repairs: tuple[Repair, ...] = ()  # made on the way to these parameters
    reason: Reason = "running"
    moves: tuple[Move, ...] = ()  # likewise
    batches: tuple[Batch, ...] = ()  # of which the stats are the sum, where they are memoized


def steps(
    model: Model,
    kernel: Kernel,
    rows: Rows,
    start: Parameters,
    random: np.random.RandomState,
) -> Iterator[Step]:
    """Endless steps of EM (Dempster, Laird and Rubin 1977) from `start`.

    The objective never falls from one step to the next, except across a repair. Runs may go
    side by side.
    """
    first = scored(model, kernel, rows, 0, start)
    yield first
    problem = model, kernel, rows, random
    alone = start.weights.ndim == 1
    repairer = Repairer(*problem) if alone else Repairers.of(len(start.weights), *problem)
    yield from steps_after(model, kernel, rows, first, repairer)


def steps_after(
    model: Model,
    kernel: Kernel,
    rows: Rows,
    step: Step,
    repairer: Repairer | Repairers,
) -> Iterator[Step]:
    """The steps that come after `step`."""
    while True:
        parameters = model.update(step.stats)
        repairs: tuple[Repair, ...] = ()
        collapsed = model.collapsed(step.stats)
        if collapsed.any():
            parameters, repairs = repairer.repair(parameters, collapsed)
        step = scored(model, kernel, rows, step.iteration + 1, parameters, repairs)
        yield step


def scored(
    model: Model,
    kernel: Kernel,
    rows: Rows,
    iteration: int,
    parameters: Parameters,
    repairs: tuple[Repair, ...] = (),
) -> Step:
    """A pass over the rows: the step with these parameters."""
    density = model.density(parameters)
    stats = rows.total(partial(kernel.statistics, density), kernel.block_rows(density))
    _check_within_reach(stats)
    objective = model.objective(parameters, stats)
    return Step(iteration, parameters, objective, stats.mean_log_likelihood, stats, repairs)


def of_one_pass(model: Model, kernel: Kernel, rows: Rows, step: Step) -> Step:
    """The step as one pass with its parameters has it, which memoized batches never make."""
    if not step.batches:
        return step
    whole = scored(model, kernel, rows, step.iteration, step.parameters)
    return whole._replace(reason=step.reason)


def _check_within_reach(stats: Stats) -> None:
    if not np.isfinite(stats.log_likelihood).all():
        raise InvalidDataError(
            "`X` must have a positive density in the mixture that a run of EM begins with or comes "
            "to, got rows so far away that it underflows; leave outliers out of `X`, standardise "
            'its columns, or begin elsewhere: type init_params="auto", warm_start=False, '
            "means_init=None"
        )


def until(
    loop: Iterator[Step],
    tol: float,
    max_iter: int,
    previous: float = -np.inf,
    rule: StoppingRule = STOPPING["gain"],
) -> Iterator[Step]:
    """The steps of `loop` up to convergence or `max_iter` M-steps.

    When `rule` says that a step is close to the end, one more M-step is made and the loop ends,
    as scikit-learn's does. `previous` is the objective before the first step.
    """
    objectives = deque([previous] if math.isfinite(previous) else [], maxlen=3)
    close = False
    for step in loop:
        if close or step.iteration >= max_iter:
            yield step._replace(reason="converged" if close else "max_iter")
            return
        yield step
        if step.repairs:
            objectives.clear()
        objectives.append(step.objective)
        close = rule.close(objectives, tol)


def settled(
    model: Model,
    kernel: Kernel,
    rows: Rows,
    start: Parameters,
    random: np.random.RandomState,
    tol: float,
    max_iter: int,
    rule: StoppingRule = STOPPING["gain"],
) -> Step:
    """The last step of a run from `start`."""
    *_, last = until(steps(model, kernel, rows, start, random), tol, max_iter, rule=rule)
    return last


def stopped(step: Step) -> Step:
    """The step as the last one of a run that a callback ends, unless it is the last anyway."""
    return step if step.reason != "running" else step._replace(reason="callback")


def merit(model: Model, step: Step) -> tuple[bool, float]:
    """Objective, but any run without a spurious component before any run with one.

    Rounded, so that of runs to the same optimum the first one wins.
    """
    return not model.spurious(step.stats).any(), round(float(step.objective), 9)


def apart(step: Step) -> list[Step]:
    """The steps of runs side by side."""
    return [
        Step(
            step.iteration,
            Parameters(*(values[run] for values in step.parameters)),
            step.objective[run],
            step.log_likelihood[run],
            step.stats[run],
        )
        for run in range(len(step.objective))
    ]


def beside(each: Sequence[Step]) -> Step:
    """The steps of runs on the same rows as the one of all, with a leading axis."""
    return Step(
        each[0].iteration,
        side_by_side([step.parameters for step in each]),
        np.stack([step.objective for step in each]),
        np.stack([step.log_likelihood for step in each]),
        Stats.side_by_side([step.stats for step in each]),
    )
