"""Held-out likelihood of a fitted mixture, from folds that share its statistics."""

from __future__ import annotations

from functools import partial, reduce
from operator import add

import numpy as np
from sklearn.model_selection import KFold

from mixtura.covariance import Parameters
from mixtura.em import steps, until
from mixtura.estimators import GaussianMixture
from mixtura.estimators.problem import Problem, pose
from mixtura.model import density
from mixtura.rows import Rows
from mixtura.stopping import STOPPING

__all__ = ["held_out"]


def held_out(
    fitted: GaussianMixture,
    rows: Rows,
    folds: int,
    random: np.random.RandomState,
) -> float:
    """Mean log-likelihood of rows that the parameters have not seen, in nats a row.

    One pass over the rows gives every fold's statistics under the full fit. A training set's
    first M-step needs the others' sum only, and EM goes on from there: a few passes instead of
    a new search for a start.

    Parameters
    ----------
    fitted : GaussianMixture
        The mixture fitted to all rows; where every fold goes on from.
    rows : Rows
    folds : int
        Number of folds, 2 or more.
    random : RandomState
        Shuffles the rows.
    """
    problem = pose(fitted, rows)
    scored = density(problem.model.family, fitted._parameters)
    statistics = partial(problem.kernel.statistics, scored)
    block_rows = problem.kernel.block_rows(scored)
    splits = list(KFold(folds, shuffle=True, random_state=random).split(np.arange(rows.n)))
    tests = [rows.take(test) for _, test in splits]
    parts = [test.total(statistics, block_rows) for test in tests]
    total = reduce(add, parts)
    log_likelihood = 0.0
    for (train, _), test, part in zip(splits, tests, parts, strict=True):
        start = problem.model.update(total - part)
        trained = _go_on(problem, rows.take(train), start, fitted, random)
        under = partial(problem.kernel.statistics, density(problem.model.family, trained))
        log_likelihood += test.total(under, block_rows).log_likelihood
    return log_likelihood / total.total


def _go_on(
    problem: Problem,
    rows: Rows,
    start: Parameters,
    fitted: GaussianMixture,
    random: np.random.RandomState,
) -> Parameters:
    loop = steps(problem.model, problem.kernel, rows, start, random)
    *_, last = until(loop, fitted.tol, fitted.max_iter, rule=STOPPING[fitted.stopping])
    return last.parameters
