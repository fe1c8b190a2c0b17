"""The loop: expectation-maximisation as a generator of steps."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from functools import partial
from typing import NamedTuple

import numpy as np

from mixtura.collapse import Repair, Repairer
from mixtura.covariance import Parameters
from mixtura.exceptions import InvalidDataError
from mixtura.kernels import Kernel
from mixtura.model import Model, density
from mixtura.rows import Rows
from mixtura.stats import Stats

__all__ = ["Step", "steps", "until"]


class Step(NamedTuple):
    """One turn of the loop. The log-likelihood is that of these very parameters."""

    iteration: int  # number of M-steps behind the parameters
    parameters: Parameters
    log_likelihood: float  # nats per unit of row weight
    stats: Stats
    repairs: tuple[Repair, ...] = ()  # made on the way to these parameters
    converged: bool = False


def steps(
    model: Model,
    kernel: Kernel,
    rows: Rows,
    start: Parameters,
    random: np.random.RandomState,
) -> Iterator[Step]:
    """Endless steps of EM (Dempster, Laird and Rubin 1977) from `start`.

    The likelihood never falls from one step to the next, except across a repair.
    """
    repairer = Repairer(model, kernel, rows, random)
    parameters = start
    repairs: tuple[Repair, ...] = ()
    for iteration in itertools.count():
        scored = density(model.family, parameters)
        statistics = partial(kernel.statistics, scored)
        stats = rows.total(statistics, kernel.block_rows(scored))
        _check_within_reach(stats)
        yield Step(iteration, parameters, stats.mean_log_likelihood, stats, repairs)
        parameters, repairs = model.update(stats), ()
        collapsed = model.collapsed(stats)
        if collapsed.any():
            parameters, repairs = repairer.repair(parameters, collapsed)


def _check_within_reach(stats: Stats) -> None:
    if not math.isfinite(stats.log_likelihood):
        raise InvalidDataError(
            "`X` must have a positive density in the mixture that a run of EM begins with or comes "
            "to, got rows so far away that it underflows; leave outliers out of `X`, standardise "
            'its columns, or begin elsewhere: type init_params="auto", warm_start=False, '
            "means_init=None"
        )


def until(
    loop: Iterator[Step], tol: float, max_iter: int, previous: float = -np.inf
) -> Iterator[Step]:
    """The steps of `loop` up to convergence or `max_iter` M-steps.

    Scikit-learn's rule: when a step has moved the mean log-likelihood by less than `tol`, one
    more M-step is made and the loop ends. `previous` is the likelihood before the first step.
    """
    close = False
    for step in loop:
        yield step._replace(converged=close)
        if close or step.iteration >= max_iter:
            return
        close = abs(step.log_likelihood - previous) < tol and not step.repairs
        previous = step.log_likelihood
