"""Where a default fit begins: many short runs on a sample of rows, the best one grown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import reduce
from itertools import islice
from operator import add
from typing import NamedTuple

import numpy as np

from mixtura.collapse import Repairers
from mixtura.covariance import COVARIANCES, Parameters, side_by_side
from mixtura.density import Form
from mixtura.em import apart, beside, merit, scored, settled, steps_after
from mixtura.kernels import Kernel
from mixtura.model import Model
from mixtura.rows import MemoryRows, Rows
from mixtura.split_merge import resettled
from mixtura.starts import k_means, nearest, random_rows, seeds, statistics_given
from mixtura.stats import Stats

__all__ = ["contest", "first_guess", "grown", "held", "rows_needed", "sample_size"]


class _Rules(NamedTuple):
    """Small EM (Biernacki, Celeux and Govaert 2003): steps of each round, runs left after it."""

    cells: tuple[Callable[..., np.ndarray], ...]  # how a guess finds its cells, in turn
    runs: int
    rounds: tuple[tuple[int, int], ...]
    # the same where rows are few: with a tied covariance, and then with their own
    tied: tuple[tuple[int, int], ...]
    last: tuple[tuple[int, int], ...]
    moves: int = 0  # times that components of the best runs are split and merged


_LONG = _Rules(
    cells=(k_means, random_rows, seeds, k_means),
    runs=8,
    rounds=((4, 4), (6, 2), (10, 1)),
    tied=((4, 4), (16, 2)),
    last=((6, 1),),
)
# Of all rows, where the winner goes on until it has settled on the very same ones.
_SHORT = _Rules(
    cells=(k_means, random_rows, seeds, seeds),
    runs=8,
    rounds=((5, 4), (9, 1)),
    tied=((5, 3), (7, 2)),
    last=((4, 1),),
)
_PAIR = _SHORT._replace(runs=4, rounds=((5, 2), (5, 1)))
# Where components are split and merged, which mends more than other starts would; and of all
# rows, of three components and of more.
_MOVING = _LONG._replace(runs=4, rounds=((4, 2), (6, 1)), moves=2)
_BRIEF = _SHORT._replace(moves=1)
_THOROUGH = _MOVING._replace(runs=6, rounds=((4, 4), (6, 4)))
_FEW = 2  # components that runs alone find; of each one more, a run more is worth split and merge
# By components beyond one, 3 or more as 3 (0 where none may be split and merged), and whether the
# sample is all rows.
_RULES = {
    (0, False): _LONG,
    (0, True): _SHORT,
    (1, False): _LONG,
    (1, True): _PAIR,
    (2, False): _LONG,
    (2, True): _BRIEF,
    (3, False): _MOVING,
    (3, True): _THOROUGH,
}
# Rows of the contest, per component, and per component and feature; most rows of its k-means.
_ROWS, _ROWS_EACH, _ROWS_PER_FEATURE = 4000, 100, 4
_CELL_ROWS = 10_000
# Runs, and times as many rows, where the contest is a tied one, whose passes cost little.
_TIED_RUNS, _MORE_TIED = 8, 2
# Times as many rows of a sample on which they are split and merged once more.
_MORE = 3
# Rows per component and feature under which a component's own covariance is not estimated.
_ROWS_NEEDED = 8
# The winner goes on with samples that grow by this factor, to this share of the rows.
_GROWTH, _LARGEST = 8, 4
_MOST_STEPS = 100
_MOST_BYTES = 2**23  # of such a sample, which is in memory even if the rows are not
_SETTLED = 1e-4  # nats a row; the fit itself goes on from there
_CHUNK = 4096


def contest(
    model: Model,
    kernel: Kernel,
    rows: Rows,
    k: int,
    random: np.random.RandomState,
    tol: float,
    *,
    resettle: bool = False,
) -> Parameters:
    """Parameters of the best of several runs on a sample of `rows`.

    They are compared by likelihood, those with a component too small to have a volume behind
    all others. With `resettle`, components of the best are split and merged.
    """
    kernel = kernel.searcher
    size = sample_size(rows.d, k)
    whole = rows.n <= size
    rules = _RULES[min(k - 1, 3) if resettle else 0, whole]
    sample = rows.sample(size, random).distinct()  # a row twice is a row of weight 2
    if _enough(model, sample, k) or _wide(model, sample):
        best = _winner(model, kernel, sample, k, rules, random)
    else:
        size *= _MORE_TIED
        sample = rows.sample(size, random).distinct()
        best = _winner_by_tied(model, kernel, sample, k, rules, random)
    if whole:
        tol = max(0.1 * tol, _SETTLED)
        return settled(model, kernel, sample, best, random, tol, _MOST_STEPS).parameters
    if rules.moves and size < rows.n:
        wider = rows.sample(_MORE * size, random)
        if _enough(model, wider, k):
            size *= _MORE
            best = resettled(model, kernel, wider, [best], random, 1)[0].parameters
    return grown(model, kernel, rows, best, size, random, 0.1 * tol)


def _winner(
    model: Model,
    kernel: Kernel,
    sample: MemoryRows,
    k: int,
    rules: _Rules,
    random: np.random.RandomState,
) -> Parameters:
    """The best of runs side by side, after split and merge of those that are left."""
    guesses = _guesses(model, sample, k, rules.cells, rules.runs, random)
    found = held(model, kernel, sample, guesses, rules.rounds, random)
    return _moved(model, kernel, sample, found, rules.moves, random)[0]


def _winner_by_tied(
    model: Model,
    kernel: Kernel,
    sample: MemoryRows,
    k: int,
    rules: _Rules,
    random: np.random.RandomState,
) -> Parameters:
    """The same by runs with one covariance for all, the best of which go on with their own."""
    tied = _tied(model)
    guesses = _guesses(tied, sample, k, rules.cells, _TIED_RUNS, random)
    found = held(tied, kernel, sample, guesses, rules.tied, random)
    found = _moved(tied, kernel, sample, found, rules.moves, random)
    if model.family is tied.family:
        return found[0]
    adopted = side_by_side([model.adopt(tied.family, *run[:3]) for run in found])
    return held(model, kernel, sample, adopted, rules.last, random)[0]


def _moved(
    model: Model,
    kernel: Kernel,
    sample: MemoryRows,
    found: list[Parameters],
    moves: int,
    random: np.random.RandomState,
) -> list[Parameters]:
    """The runs after split and merge of the first, the best first."""
    if not moves:
        return found
    ends = resettled(model, kernel, sample, found[: len(found[0].weights) - _FEW], random, moves)
    best = sorted(ends, key=lambda step: merit(model, step), reverse=True)
    return [step.parameters for step in best] + found[len(best) :]


def sample_size(d: int, k: int) -> int:
    """Rows on which starts of k components are compared."""
    return max(_ROWS, k * max(_ROWS_EACH, _ROWS_PER_FEATURE * d))


def rows_needed(model: Model, d: int, k: int) -> int:
    """Rows that can tell every component's own covariance."""
    return _ROWS_NEEDED * k * (model.family.rows_needed(d) - 1)


def held(
    model: Model,
    kernel: Kernel,
    sample: Rows,
    runs: Parameters,
    rounds: tuple[tuple[int, int], ...],
    random: np.random.RandomState,
) -> list[Parameters]:
    """Parameters of the runs, side by side, that are left after all rounds, the best first."""
    if len(runs.weights) == 1:
        return [Parameters(*run) for run in zip(*runs, strict=True)]
    repairers = Repairers.of(len(runs.weights), model, kernel, sample, random)
    step = scored(model, kernel, sample, 0, runs)
    for count, left in rounds:
        *_, step = islice(steps_after(model, kernel, sample, step, repairers), count)
        ends = apart(step)
        best = sorted(range(len(ends)), key=lambda run: merit(model, ends[run]), reverse=True)
        step, repairers = beside([ends[run] for run in best[:left]]), repairers[best[:left]]
    return [run.parameters for run in apart(step)]


def first_guess(
    model: Model, x: np.ndarray, weights: np.ndarray | None, guess: np.ndarray, k: int
) -> Parameters:
    """Parameters of one M-step from labels (n,) or responsibilities (n, k) of rows `x`."""
    return model.update(_sums(model, x, weights, guess, k))


def _sums(
    model: Model, x: np.ndarray, weights: np.ndarray | None, guess: np.ndarray, k: int
) -> Stats:
    def stats(part: slice) -> Stats:
        shares = np.eye(k)[guess[part]] if guess.ndim == 1 else guess[part]
        if weights is not None:
            shares = shares * weights[part, None]
        return statistics_given(model.family.form, model.spread.mean, x[part], shares)

    parts = [slice(start, start + _CHUNK) for start in range(0, len(x), _CHUNK)]
    return reduce(add, map(stats, parts))


def grown(
    model: Model,
    kernel: Kernel,
    rows: Rows,
    parameters: Parameters,
    size: int,
    random: np.random.RandomState,
    tol: float,
) -> Parameters:
    """Parameters from a sample of `size` rows after going on with larger and larger ones."""
    most = min(rows.n // _LARGEST, _MOST_BYTES // (rows.d * rows.dtype.itemsize))
    while 2 * size <= most:
        size = min(_GROWTH * size, most)
        sample = rows.sample(size, random)
        if _enough(model, sample, len(parameters.weights)):
            step = settled(model, kernel, sample, parameters, random, tol, _MOST_STEPS)
            parameters = step.parameters
    return parameters


def _enough(model: Model, rows: Rows, k: int) -> bool:
    return rows.n >= rows_needed(model, rows.d, k)


def _wide(model: Model, rows: Rows) -> bool:
    """Whether a tied covariance would be singular, and larger than the model's own are."""
    return model.family.form is Form.DIAGONAL and rows.n <= rows.d


def _tied(model: Model) -> Model:
    """The same problem with one covariance for all, which few rows can tell."""
    family = COVARIANCES["tied"]
    d = len(model.spread.mean)
    matrices = model.family.matrices(model.spread.covariances, 1, d)
    covariances = family.project(matrices, np.ones(1))
    return replace(model, family=family, spread=replace(model.spread, covariances=covariances))


def _guesses(
    model: Model,
    sample: MemoryRows,
    k: int,
    cells: tuple[Callable[..., np.ndarray], ...],
    runs: int,
    random: np.random.RandomState,
) -> Parameters:
    """Runs side by side from cells of several kinds.

    In units of the features' standard deviations and in their own; k-means, its
    seeds alone, or rows at random.
    """
    scale = np.sqrt(model.spread.variances)
    sums = []
    for number in range(min(runs, k + 3) if k > 1 else 1):
        unit = scale if number % 2 == 0 else np.ones_like(scale)
        few = sample.sample(_CELL_ROWS, random)
        view = (few.x - model.spread.mean) / unit
        points = cells[number % len(cells)](view, few.weights, k, random)
        labels = nearest((sample.x - model.spread.mean) / unit, points)
        sums.append(_sums(model, sample.x, sample.weights, labels, k))
    return model.update(Stats.side_by_side(sums))
