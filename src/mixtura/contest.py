"""Where a default fit begins: many short runs on a sample of rows, the best one kept."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import numpy as np

from mixtura.covariance import Parameters
from mixtura.em import Step, steps, until
from mixtura.kernels import Kernel
from mixtura.kernels.numpy import statistics_given
from mixtura.model import Model
from mixtura.rows import MemoryRows, Rows
from mixtura.starts import cells
from mixtura.stats import Stats

__all__ = ["contest", "first_guess", "merit"]

# Small EM (Biernacki, Celeux and Govaert 2003): short runs, of which the best go on.
_RUNS = 8
_SHORT = 12
_LONG = 200
_FINALISTS = 2
_LLOYD = (5, 0)  # rounds of k-means behind a guess
_CHUNK = 4096


def contest(
    model: Model,
    kernel: Kernel,
    rows: Rows,
    k: int,
    random: np.random.RandomState,
    tol: float,
) -> Parameters:
    """Parameters of the best of several runs on a sample of `rows`.

    Guesses of several kinds compete: seeds of k-means++ alone and after a few rounds of Lloyd's
    algorithm, in units of the features' standard deviations and in their own. They are compared by likelihood, those with a
    component too small to have a volume behind all others.
    """
    sample = rows.sample(_sample_size(rows, model, k), random)
    run = partial(_last, model, kernel, sample, random=random)
    short = [run(start, tol, _SHORT) for start in _guesses(model, sample, k, random)]
    finalists = sorted(short, key=partial(merit, model), reverse=True)[:_FINALISTS]
    ended = [run(step.parameters, 0.1 * tol, _LONG) for step in finalists]
    best = max(range(len(ended)), key=lambda i: merit(model, ended[i]))
    on_all_rows = sample.n == rows.n  # then the fit itself shall show the way from the start
    return (finalists if on_all_rows else ended)[best].parameters


def first_guess(
    model: Model, x: np.ndarray, weights: np.ndarray | None, guess: np.ndarray, k: int
) -> Parameters:
    """Parameters of one M-step from labels (n,) or responsibilities (n, k) of rows `x`."""

    def stats(part: slice) -> Stats:
        shares = np.eye(k)[guess[part]] if guess.ndim == 1 else guess[part]
        if weights is not None:
            shares = shares * weights[part, None]
        return statistics_given(model.family.form, model.spread.mean, x[part], shares)

    parts = [slice(start, start + _CHUNK) for start in range(0, len(x), _CHUNK)]
    total = stats(parts[0])
    for part in parts[1:]:
        total = total + stats(part)
    return model.update(total)


def _guesses(
    model: Model, rows: MemoryRows, k: int, random: np.random.RandomState
) -> Iterator[Parameters]:
    centred = rows.x - model.spread.mean
    views = (centred / np.sqrt(model.spread.variances), centred)
    for number in range(1 if k == 1 else _RUNS):
        rounds = _LLOYD[number // len(views) % len(_LLOYD)]
        guess = cells(views[number % len(views)], rows.weights, k, random, rounds)
        yield first_guess(model, rows.x, rows.weights, guess, k)


def _last(
    model: Model,
    kernel: Kernel,
    rows: Rows,
    start: Parameters,
    tol: float,
    max_iter: int,
    random: np.random.RandomState,
) -> Step:
    *_, last = until(steps(model, kernel, rows, start, random), tol, max_iter)
    return last


def merit(model: Model, step: Step) -> tuple[bool, float]:
    """Likelihood, but any run without a degenerate component before any run with one."""
    return not model.degenerate(step.stats, step.parameters).any(), step.log_likelihood


def _sample_size(rows: Rows, model: Model, k: int) -> int:
    parameters = model.family.n_parameters(k, rows.d) + k * rows.d
    return min(rows.n, max(5000, 2 * parameters))
