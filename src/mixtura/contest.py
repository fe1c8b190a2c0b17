"""Where a default fit begins: many short runs on a sample of rows, the best one kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from itertools import cycle, islice

import numpy as np

from mixtura.covariance import Parameters
from mixtura.em import Step, steps, until
from mixtura.kernels import Kernel
from mixtura.kernels.numpy import statistics_given
from mixtura.model import Model
from mixtura.rows import MemoryRows, Rows
from mixtura.starts import STARTS
from mixtura.stats import Stats

__all__ = ["contest", "first_guess", "merit"]

# Small EM (Biernacki, Celeux and Govaert 2003): short runs, of which the best go on.
_RUNS = 8
_SHORT = 12
_LONG = 200
_FINALISTS = 2
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

    Guesses of several kinds compete: k-means and random cells, in the features' own units and
    in units of their standard deviation. They are compared by likelihood, those with a
    component too small to have a volume behind all others.
    """
    sample = rows.sample(_sample_size(rows, model, k), random)
    run = partial(_last, model, kernel, sample, random=random)
    short = [run(start, tol, _SHORT) for start in _guesses(model, sample, k, random)]
    finalists = sorted(short, key=partial(merit, model), reverse=True)[:_FINALISTS]
    ended = [run(step.parameters, 0.1 * tol, _LONG) for step in finalists]
    return max(ended, key=partial(merit, model)).parameters


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
    scaled = (rows.x - model.spread.mean) / np.sqrt(model.spread.variances)
    kinds: list[Callable[[], np.ndarray]] = [
        partial(STARTS[name].assign, view, rows.weights, k, random)
        for name in ("kmeans", "random_from_data")
        for view in (scaled, rows.x)
    ]
    for assign in islice(cycle(kinds), 1 if k == 1 else _RUNS):
        yield first_guess(model, rows.x, rows.weights, assign(), k)


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
    d = step.parameters.means.shape[1]
    collapsed = model.collapsed(step.stats, step.parameters).any()
    spurious = np.any(step.stats.counts < d + 1)
    return not (collapsed or spurious), step.log_likelihood


def _sample_size(rows: Rows, model: Model, k: int) -> int:
    parameters = model.family.n_parameters(k, rows.d) + k * rows.d
    return min(rows.n, max(5000, 2 * parameters))
