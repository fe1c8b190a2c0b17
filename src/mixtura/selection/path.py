"""All numbers of components from one search: mergers on the way down, splits on the way up."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

import numpy as np
from sklearn.base import clone

from mixtura.contest import contest, grown, held, rows_needed, sample_size
from mixtura.covariance import Parameters, side_by_side
from mixtura.em import Step, merit, settled
from mixtura.estimators import GaussianMixture
from mixtura.estimators.opening import open_rows
from mixtura.estimators.problem import Problem, pose
from mixtura.moves import centred, halved, merged, merger_costs, split
from mixtura.rows import one_blas_thread
from mixtura.split_merge import axes_of

__all__ = ["Beginning", "path", "stability", "starts_of_a_path"]

# Moves that are tried at each k, steps of EM to tell them apart and for the best of them.
_TRIALS, _SHORT, _LONG = 3, 4, 12
# The rounds in which the ends of all routes are told apart: steps, and ends left.
_ENDS = ((10, 2), (30, 1))
_SWEEPS = 2  # times that all k are gone down and up
# Tolerance on the sample, in units of `tol`.
_COARSE = 10.0
# Routes end at the same optimum if they agree to this, in nats a row: at the optimum, and on a
# sample after a few steps.
_SAME, _SAME_ON_A_SAMPLE = 1e-3, 1e-2


class Beginning(NamedTuple):
    """Where the fit of one k begins."""

    parameters: Parameters
    stability: float  # share of the routes to this k that reached the best likelihood
    seconds: float  # that the routes to this k and the growing took


def path(
    template: GaussianMixture,
    numbers: Iterable[int],
    x: np.ndarray,
    weights: np.ndarray | None,
    seed: int,
) -> dict[int, Beginning]:
    """Beginnings for all `numbers` of components in the family of `template`.

    On a sample of the rows, contests are held at every k. Then, from the largest k downwards,
    the two components are merged whose merger costs the least likelihood (Runnalls 2007), and
    from the smallest upwards the component is split whose halves would cost the most to merge
    again, each time from the best mixture that any route has found so far. EM makes a few steps
    after every move. At last, the ends of all routes to a k go on side by side, and the best
    of them over larger samples.

    Parameters
    ----------
    template : GaussianMixture
        Checked constructor parameters.
    numbers : iterable of int
        Numbers of components.
    x : ndarray of shape (n, d)
    weights : ndarray of shape (n,) or None
        Positive row weights.
    seed : int
        Of samples and starts.
    """
    random = np.random.RandomState(seed)
    n_starts = starts_of_a_path(template)
    numbers = sorted(set(numbers))
    with one_blas_thread(), np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        largest = clone(template).set_params(n_components=numbers[-1])
        search = _Search(
            pose(largest, open_rows(largest, x, weights)), template, numbers[-1], random
        )
        for k in numbers:
            ways = (k != numbers[0]) + (k != numbers[-1])
            for number in range(n_starts - ways if k > 1 else 1):
                search.hold_contest(k, number)
        for _ in range(_SWEEPS):
            for k in range(numbers[-1], numbers[0], -1):
                search.go_down(k)
            for k in range(numbers[0], numbers[-1]):
                search.go_up(k)
        return {k: search.beginning(k) for k in numbers}


def starts_of_a_path(template: GaussianMixture) -> int:
    """Routes to every k: from above, from below, and at least one contest."""
    return max(3, template.n_init)


def stability(ends: Sequence[float], best: float, same: float = _SAME) -> float:
    """Share of the likelihoods that are the best one, but for `same` nats a row."""
    return float(np.mean(np.asarray(ends) >= best - same))


class _Search:
    """The routes of one family; remembers every mixture they came to."""

    def __init__(
        self,
        problem: Problem,
        template: GaussianMixture,
        most: int,
        random: np.random.RandomState,
    ):
        self._problem = problem._replace(kernel=problem.kernel.searcher)
        self._random = random
        self._tol = template.tol
        self._found: dict[int, dict[str, Step]] = defaultdict(dict)
        self._gone: dict[tuple[int, str], Step] = {}
        self._seconds: dict[int, float] = defaultdict(float)
        model, _, rows = problem
        self._size = max(sample_size(rows.d, most), rows_needed(model, rows.d, most))
        self._sample = rows.sample(self._size, random).distinct()

    def hold_contest(self, k: int, number: int) -> None:
        """A route to k from nowhere."""
        model, kernel, _ = self._problem

        def route() -> Step:
            start = contest(model, kernel, self._sample, k, self._random, np.inf)  # no further
            return self._run(start, _LONG)

        self._offer(k, f"contest {number}", route)

    def go_down(self, k: int) -> None:
        """A route to k - 1 from the best mixture of k, unless it has been gone."""
        self._move(k, "down", k - 1, self._mergers)

    def go_up(self, k: int) -> None:
        """A route to k + 1 from the best mixture of k, unless it has been gone."""
        self._move(k, "up", k + 1, self._splits)

    def beginning(self, k: int) -> Beginning:
        """The best mixture of k, grown, and what the routes to it say."""
        begin = time.perf_counter()
        ends = [step.log_likelihood for step in self._found[k].values()]
        found = self._held([step.parameters for step in self._found[k].values()], _ENDS)
        grows = _COARSE * self._tol
        parameters = grown(*self._problem, found, self._size, self._random, grows)
        seconds = self._seconds[k] + time.perf_counter() - begin
        reached = stability(ends, self._best(k).log_likelihood, _SAME_ON_A_SAMPLE)
        return Beginning(parameters, reached, seconds)

    def _move(
        self, k: int, way: str, to: int, moves: Callable[[Step], Iterable[Parameters]]
    ) -> None:
        best = self._best(k)
        if self._gone.get((k, way)) is not best:
            self._gone[k, way] = best
            self._offer(to, way, lambda: self._best_of(moves(best)))

    def _offer(self, k: int, way: str, route: Callable[[], Step]) -> None:
        """Go a route; of two of the same kind the better one counts."""
        begin = time.perf_counter()
        step = route()
        self._found[k][way] = self._better(step, self._found[k].get(way, step))
        self._seconds[k] += time.perf_counter() - begin

    def _best(self, k: int) -> Step:
        return self._better(*self._found[k].values())

    def _better(self, *found: Step) -> Step:
        return max(found, key=lambda step: merit(self._problem.model, step))

    def _best_of(self, starts: Iterable[Parameters]) -> Step:
        return self._run(self._held(starts, ((_SHORT, 1),)), _LONG)

    def _held(
        self, starts: Iterable[Parameters], rounds: tuple[tuple[int, int], ...]
    ) -> Parameters:
        """The best of several after all rounds."""
        model, kernel, _ = self._problem
        runs = side_by_side(list(starts))
        return held(model, kernel, self._sample, runs, rounds, self._random)[0]

    def _run(self, start: Parameters, most: int) -> Step:
        model, kernel, _ = self._problem
        tol = _COARSE * self._tol
        return settled(model, kernel, self._sample, start, self._random, tol, most)

    def _mergers(self, step: Step) -> Iterable[Parameters]:
        """Parameters after the mergers that cost least."""
        model = self._problem.model
        stats = centred(model.family.form, step.stats)
        costs = merger_costs(model, stats)
        pairs = np.argsort(costs, axis=None)[: min(_TRIALS, len(costs) * (len(costs) - 1) // 2)]
        for one, other in zip(*np.unravel_index(pairs, costs.shape), strict=True):
            yield model.update(merged(model.family.form, stats, int(one), int(other)))

    def _splits(self, step: Step) -> Iterable[Parameters]:
        """Parameters after the splits that gain most: of all made together, as EM moves them."""
        (model, kernel, _), k = self._problem, len(step.stats.counts)
        stats = centred(model.family.form, step.stats)
        axes = axes_of(model, kernel, self._sample, step.parameters, self._random)
        every = self._run(model.update(split(model, stats, np.arange(k), axes)), _SHORT)
        halves = centred(model.family.form, every.stats)
        gains = merger_costs(model, halves)[np.arange(k), np.arange(k, 2 * k)]
        for which in np.argsort(-gains)[:_TRIALS]:
            yield model.update(halved(model.family.form, stats, halves, int(which)))
