"""Held-out likelihood of a fitted mixture, from folds that share its statistics."""

from __future__ import annotations

from functools import partial, reduce
from operator import add
from typing import NamedTuple

import numpy as np
from sklearn.model_selection import KFold

from mixtura.covariance import Parameters
from mixtura.em import settled
from mixtura.estimators import BayesianGaussianMixture, GaussianMixture
from mixtura.estimators.problem import Problem, pose
from mixtura.model import density
from mixtura.rows import MemoryRows, Rows
from mixtura.stopping import STOPPING

__all__ = ["HeldOut", "held_out"]

# What a Bayesian mixture takes over from the candidate that it stands beside.
_SHARED = ("covariance_type", "tol", "reg_covar", "max_iter", "stopping", "engine", "n_jobs")


class HeldOut(NamedTuple):
    """Mean log-likelihoods of rows that were held out, in nats a row."""

    cv: float  # of the mixture fitted to the others
    predictive: float  # of the posterior predictive; nan if not asked for


def held_out(
    fitted: GaussianMixture,
    rows: Rows,
    folds: int,
    random: np.random.RandomState,
    predictive: bool = False,
) -> HeldOut:
    """What is said of rows that the parameters have not seen.

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
    predictive : bool, default=False
        Whether each fold's mixture is made Bayesian, too, for its posterior predictive.
    """
    problem = pose(fitted, rows)
    scored = density(problem.model.family, fitted._parameters)
    statistics = partial(problem.kernel.statistics, scored)
    block_rows = problem.kernel.block_rows(scored)
    splits = list(KFold(folds, shuffle=True, random_state=random).split(np.arange(rows.n)))
    tests = [rows.take(test) for _, test in splits]
    parts = [test.total(statistics, block_rows) for test in tests]
    total = reduce(add, parts)
    plugin = posterior = 0.0
    for (train, _), test, part in zip(splits, tests, parts, strict=True):
        start, others = problem.model.update(total - part), rows.take(train)
        trained = _go_on(problem, others, start, fitted, random)
        under = partial(problem.kernel.statistics, density(problem.model.family, trained))
        plugin += test.total(under, block_rows).log_likelihood
        if predictive:
            posterior += part.total * _predicted(fitted, trained, others, test, rows.unit)
    return HeldOut(plugin / total.total, posterior / total.total if predictive else float("nan"))


def _predicted(
    fitted: GaussianMixture, trained: Parameters, train: MemoryRows, test: MemoryRows, unit: float
) -> float:
    """Mean log density of `test` in what a Bayesian mixture of `train` predicts, in nats a row.

    It begins at the parameters of the mixture that stands for the fold.
    """
    shared = {name: getattr(fitted, name) for name in _SHARED}
    model = BayesianGaussianMixture(
        n_components=len(trained.weights),
        init_params=GaussianMixture.from_parameters(
            *trained[:3], covariance_type=fitted.covariance_type
        ),
        covariance_prior_type="conjugate",
        **shared,
    )
    model.fit(train.x, sample_weight=_weights(train, unit))
    return model.score(test.x, sample_weight=_weights(test, unit))


def _weights(rows: MemoryRows, unit: float) -> np.ndarray | None:
    """Row weights in the user's unit."""
    return None if rows.weights is None else unit * rows.weights


def _go_on(
    problem: Problem,
    rows: Rows,
    start: Parameters,
    fitted: GaussianMixture,
    random: np.random.RandomState,
) -> Parameters:
    model, kernel, _ = problem
    rule = STOPPING[fitted.stopping]
    step = settled(model, kernel, rows, start, random, fitted.tol, fitted.max_iter, rule)
    return step.parameters
