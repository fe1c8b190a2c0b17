"""How many components: one mixture of too many, merged step by step, each number judged by BIC."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from mixtura.contest import contest, first_guess, grown, rows_needed, sample_size
from mixtura.covariance import Parameters
from mixtura.em import Step, merit, settled, steps, until
from mixtura.evidence import worth
from mixtura.exceptions import import_extra
from mixtura.kernels import Kernel
from mixtura.model import Model
from mixtura.moves import centred, cheapest_merged
from mixtura.rows import Rows
from mixtura.starts import k_means, nearest
from mixtura.stopping import STOPPING

__all__ = ["Choice", "Tried", "count"]

# Components of the first mixture; twice as many while more than half of them are needed.
_FIRST = 16
# Fewest rows a component of it, in units of those that give a covariance its volume.
_ROWS_NEEDED = 2
# Rows of the sample, in all and for each of its parameters, if they are at most half of all.
_ROWS, _ROWS_EACH = 20_000, 10
# Of the components, the share that is merged away at a time, and the steps of EM after it.
_SHARE, _SHORT = 8, 6
# Tolerance of contests, in nats a row.
_COARSE = 1e-3
# Contests at every number that is fitted, where the sample is all rows; otherwise there is one.
_CONTESTS = 2
# Steps of EM that tell routes apart; at most so many for the best of them, or until less than
# this, in nats of the sum over rows, is to be gained.
_LONG, _MOST, _NATS = 20, 200, 0.2
# Nats a row that may be left to be gained on all rows where the search was on a sample of them.
_FINE = 1e-5
# Routes whose criteria differ by less have come to the same mixture.
_SAME = 2.0


class Tried(NamedTuple):
    """One number of components, and what it was worth."""

    n_components: int
    # summed over all rows, or an estimate of it: from a sample, or what a fit promised that was
    # given up since it could not become the best
    log_likelihood: float
    n_parameters: int
    bic: float
    stage: str  # "merged" on a sample, or "fitted" to all rows
    sound: bool  # no component has too few rows for a volume
    routes: int  # ways to this mixture
    agree: int  # of them, those that came to its criterion


class Choice(NamedTuple):
    """What the counting found: every number of components that was tried, and how sure it is."""

    tried: tuple[Tried, ...]

    @property
    def ranked(self) -> list[Tried]:
        """Those fitted to all rows, from best to worst; mixtures that are no find come last."""
        fitted = [each for each in self.tried if each.stage == "fitted"]
        return sorted(fitted, key=lambda each: (not each.sound, each.bic))

    @property
    def lead(self) -> float:
        """How far the best is ahead of the next in BIC; nan if it is alone."""
        best, *others = self.ranked
        rivals = [each for each in others if each.sound == best.sound]
        return rivals[0].bic - best.bic if rivals else math.nan

    @property
    def verdict(self) -> str:
        """What was chosen, by what lead, and how many routes came to it, in plain words."""
        best, *others = self.ranked
        text = f"BIC chooses {best.n_components} component{'s' * (best.n_components > 1)}"
        text = f"{text}: {best.bic:.2f}"
        if not math.isnan(self.lead):
            ahead = f"{self.lead:.2f} ahead of {others[0].n_components}"
            text = f"{text}, {ahead} ({worth(self.lead)})"
        numbers = [each.n_components for each in self.tried]
        return (
            f"{text}. {best.agree} of {best.routes} routes came to this mixture; "
            f"{min(numbers)} to {max(numbers)} were tried."
        )

    @property
    def table(self) -> Any:
        """All numbers that were tried as a pandas frame, one row each, the best marked.

        Raises
        ------
        MissingExtraError
            If pandas is not installed.
        """
        pandas = import_extra("pandas", extra="tables", purpose="`table`")
        frame = pandas.DataFrame(self.tried)
        frame["best"] = frame["n_components"] == self.ranked[0].n_components
        return frame


def count(
    model: Model,
    kernel: Kernel,
    rows: Rows,
    n_parameters: Callable[[int], int],
    random: np.random.RandomState,
) -> tuple[Parameters, tuple[Tried, ...]]:
    """The mixture whose number of components has the least BIC, and all that was tried.

    On a sample, a contest finds a mixture of too many components; those whose merger costs the
    least likelihood (Runnalls 2007) are merged, a few at a time, with a few steps of EM between,
    down to one. From the number that promises most, neighbours are fitted to all rows until none is
    better.

    Parameters
    ----------
    model, kernel, rows
        The problem.
    n_parameters : callable
        Free parameters of k components.
    random : RandomState
        Draws samples and starts.
    """
    search = _Search(model, kernel, rows, n_parameters, random)
    fitted = search.climb(search.descend())
    return fitted, tuple(sorted(search.tried.values(), key=lambda each: each.n_components))


class _Search:
    """All mixtures found so far, by their number of components."""

    def __init__(
        self,
        model: Model,
        kernel: Kernel,
        rows: Rows,
        n_parameters: Callable[[int], int],
        random: np.random.RandomState,
    ):
        self._model, self._kernel, self._rows = model, kernel, rows
        self._n_parameters = n_parameters
        self._random = random
        self._most = max(1, rows.n // (_ROWS_NEEDED * model.family.rows_needed(rows.d)))
        self._merged: dict[int, Step] = {}
        self._fitted: dict[int, Step] = {}
        self.tried: dict[int, Tried] = {}

    def descend(self) -> int:
        """Merge a mixture of too many components down to one; the number that promises most."""
        k = min(_FIRST, self._most)
        while True:
            d = self._rows.d
            told = min(max(_ROWS, _ROWS_EACH * self._n_parameters(k)), self._rows.n // 2)
            size = max(sample_size(d, k), rows_needed(self._model, d, k), told)
            self._sample = self._rows.sample(size, self._random).distinct()
            self._whole = size >= self._rows.n
            self._merged = {k: self._run(self._cells(k), _SHORT)}
            while (least := min(self._merged)) > 1:
                self._merge(least, max(1, least // _SHARE))
            best = min(self._merged, key=lambda j: self._cost(self._merged[j]))
            if best <= k // 2 or k == self._most:
                break
            k = min(2 * k, self._most)
        self.tried = {j: self._told(step, "merged") for j, step in self._merged.items()}
        return best

    def climb(self, k: int) -> Parameters:
        """Fit numbers about `k` to all rows until one less and two more than the best are."""
        self._fit(k)
        while True:
            best = min(self._fitted, key=lambda j: self._cost(self._fitted[j]))
            near = [j for j in (best + 1, best - 1, best + 2) if j not in self._fitted]
            fresh = [j for j in near if 1 <= j <= self._most]
            if not fresh:
                return self._fitted[best].parameters
            self._fit(fresh[0])

    def _fit(self, k: int) -> None:
        """Fit `k` components to all rows, from the better of two mixtures of the sample."""
        while k not in self._merged and k < max(self._merged):
            self._merge(min(j for j in self._merged if j > k), 1)
        starts = [self._merged[k].parameters] if k in self._merged else []
        contests = _CONTESTS if k > 1 and self._whole else 1
        starts += [self._contest(k) for _ in range(contests)]
        found = [self._run(start, _LONG) for start in starts]
        costs = [self._cost(step)[1] for step in found]
        best = min(found, key=self._cost)
        last = self._run(best.parameters, _MOST) if self._whole else self._judged(best.parameters)
        step = self._fitted[k] = last
        agree = sum(cost <= min(costs) + _SAME for cost in costs)
        self.tried[k] = self._told(step, "fitted", len(found), agree)

    def _judged(self, start: Parameters) -> Step:
        """On samples that grow, then on all rows, until it is settled or cannot be the best.

        What it would come to is what the last steps promise (Aitken), and as much again. The
        log-likelihood of one that cannot be the best is what was promised.
        """
        rows, size = self._rows, self._sample.n
        start = grown(self._model, self._kernel, rows, start, size, self._random, _FINE)
        least = min((self._cost(step) for step in self._fitted.values()), default=None)
        loop = steps(self._model, self._kernel, rows, start, self._random)
        tol = max(_FINE, _NATS / rows.weight)
        reached: deque[float] = deque(maxlen=3)
        for step in until(loop, tol, _MOST, rule=STOPPING["aitken"]):
            reached.append(step.log_likelihood)
            if least is not None and len(reached) == 3:
                promised = step._replace(log_likelihood=_promised(*reached))
                if self._cost(promised) > least:
                    return promised
        return step

    def _merge(self, k: int, many: int) -> None:
        """From the mixture of `k`, merge `many` pairs, and go on with EM for a few steps."""
        model = self._model
        stats = cheapest_merged(model, centred(model.family.form, self._merged[k].stats), many)
        self._merged[len(stats.counts)] = self._run(model.update(stats), _SHORT)

    def _cells(self, k: int) -> Parameters:
        """A start that is good enough for a mixture of too many: cells of k-means."""
        spread, sample = self._model.spread, self._sample
        z = (sample.x - spread.mean) / np.sqrt(spread.variances)
        labels = nearest(z, k_means(z, sample.weights, k, self._random))
        return first_guess(self._model, sample.x, sample.weights, labels, k)

    def _contest(self, k: int) -> Parameters:
        return contest(self._model, self._kernel, self._sample, k, self._random, _COARSE)

    def _run(self, start: Parameters, most: int) -> Step:
        rows = self._sample
        problem = self._model, self._kernel, rows
        return settled(*problem, start, self._random, _NATS / rows.weight, most, STOPPING["aitken"])

    def _cost(self, step: Step) -> tuple[bool, float]:
        """Mixtures that are no find come last; then BIC."""
        told = self._told(step, "")
        return not told.sound, told.bic

    def _told(self, step: Step, stage: str, routes: int = 1, agree: int = 1) -> Tried:
        """BIC of all rows; where a step saw a sample, its log-likelihood is an estimate.

        That of p parameters fitted to m rows of n is p / 2m a row too high for others; fitted to
        all, it will be p / 2n too high (Akaike 1974).
        """
        k, rows = len(step.parameters.weights), self._rows
        p = self._n_parameters(k)
        optimism = 0.5 * p * (rows.n / step.stats.total - 1.0)
        log_likelihood = rows.weight * step.log_likelihood - optimism
        bic = p * math.log(rows.weight) - 2.0 * log_likelihood
        sound, _ = merit(self._model, step)
        return Tried(k, log_likelihood, p, bic, stage, sound, routes, agree)


def _promised(first: float, second: float, third: float) -> float:
    """Where a log-likelihood comes to, by the gains of its last steps, and as much again."""
    gain, before = third - second, second - first
    left = gain * gain / (before - gain) if 0.0 < gain < before else math.inf
    return third + 2.0 * left
