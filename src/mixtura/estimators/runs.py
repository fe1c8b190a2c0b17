"""Several runs of EM from different starts; the best one is the fit."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from mixtura.collapse import Repair
from mixtura.contest import merit
from mixtura.covariance import Parameters
from mixtura.em import Step, steps, stopped, until
from mixtura.estimators.callbacks import Listener
from mixtura.estimators.problem import Problem
from mixtura.estimators.progress import Printer
from mixtura.stopping import StoppingRule

__all__ = ["Run", "best_run"]


class Run(NamedTuple):
    """One run of EM from one start."""

    last: Step
    history: np.ndarray  # (n_iter + 1,) mean log-likelihood, that of the start first
    repairs: tuple[Repair, ...]


def best_run(
    problem: Problem,
    starts: Iterator[Parameters],
    random: np.random.RandomState,
    tol: float,
    max_iter: int,
    previous: float,
    rule: StoppingRule,
    listener: Listener,
    printer: Printer,
) -> tuple[Run, list[np.ndarray]]:
    """The run of most merit, and every run's history with that of the best last."""
    runs = []
    for number, start in enumerate(starts):
        printer.start(number)
        listener.start_begins(max_iter)
        loop = until(steps(*problem, start, random), tol, max_iter, previous, rule)
        history: list[float] = []
        repairs: list[Repair] = []
        for step in loop:
            history.append(step.log_likelihood)
            repairs.extend(step.repairs)
            printer.step(step)
            if listener.step_ends(step):
                step = stopped(step)
                break
        listener.start_ends()
        runs.append(Run(step, np.array(history), tuple(repairs)))
    best = max(runs, key=lambda run: merit(problem.model, run.last))
    listener.fit_ends(best.last)
    return best, [run.history for run in runs if run is not best] + [best.history]
