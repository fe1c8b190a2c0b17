"""Where a run with moves begins if rows are many: at what moves find on samples that grow."""

from __future__ import annotations

import math

from mixtura.covariance import Parameters
from mixtura.estimators.problem import Problem
from mixtura.estimators.runs import Plan, one_run
from mixtura.reshaping import descended
from mixtura.variational import Variational

__all__ = ["rehearsed"]

# Rows of the first sample, in all and for each parameter; the next one has so many times as many.
_ROWS, _EACH, _GROWTH = 20_000, 5, 4
# A sample is worth its while if it has at most this share of the rows, and so many numbers.
_SHARE, _MOST_NUMBERS = 0.5, 2**22
# Nats of the sum over a sample under which a step is at rest, and steps at most.
_NATS, _STEPS = 0.5, 500


def rehearsed(plan: Plan) -> Parameters:
    """The start of `plan`, and from there on what mergers and moves come to on samples.

    What a move gains is a few nats for every parameter, however many the rows are; what a step
    still gains where too many components share a crowd grows with the rows. So they come apart on
    few rows, where a pass costs little too. What only all rows tell is born on all rows.
    """
    found, (model, kernel, rows) = plan.start(), plan.problem
    plan = plan._replace(max_iter=_STEPS, memo=None, previous=-math.inf)
    assert isinstance(model, Variational)
    k, d = found.means.shape
    size = max(_ROWS, _EACH * (model.family.n_parameters(k, d) + k * (d + 1)))
    while size <= min(_SHARE * rows.n, _MOST_NUMBERS // d):
        sample = rows.sample(size, plan.random)
        better = descended(model, kernel, sample, found, plan.random)
        found = found if better is None else model.after(better.held)
        problem = Problem(model, kernel, sample)
        found = one_run(plan, problem, found, max(plan.tol, _NATS / size))
        size *= _GROWTH
    return found
