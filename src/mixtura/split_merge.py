"""Split and merge: components that share one crowd go to where one component serves two."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mixtura.covariance import Parameters, side_by_side
from mixtura.em import Step, apart, beside, merit, settled
from mixtura.kernels import Kernel
from mixtura.mixture import responsibilities
from mixtura.model import Model
from mixtura.moves import centred, cheapest_merged, principal_axes, split
from mixtura.rows import MemoryRows
from mixtura.stats import Stats

__all__ = ["axes_of", "resettled"]

# Steps of EM for a mixture that is to be judged, after all splits, and after some mergers.
_LONG, _SPLIT, _MERGED = 15, 3, 2
# Nats a row: gains of a step under which it is judged, and of a round that is worth another.
_TOL, _WORTH = 1e-4, 1e-3
# Of the components, the share that is merged away at a time.
_SHARE = 4
# Numbers of a table of responsibilities that tells axes.
_NUMBERS = 2**21


def resettled(
    model: Model,
    kernel: Kernel,
    sample: MemoryRows,
    starts: Sequence[Parameters],
    random: np.random.RandomState,
    rounds: int,
) -> list[Step]:
    """Steps at least as good as the ones that EM leads to from `starts`.

    EM cannot move a component from where two share one crowd to where one serves two crowds
    (Ueda, Nakano, Ghahramani and Hinton 2000). So all are split, and after a few steps those
    are merged, many at a time, whose merger costs the least likelihood (Runnalls 2007), until
    there are as many as before. What comes of it is kept if it is better. Runs go side by side.

    Parameters
    ----------
    model, kernel
        The problem.
    sample : MemoryRows
        Rows that tell.
    starts : sequence of Parameters
        Of k components each.
    random : RandomState
        Draws directions of splits, and where collapsed components begin again.
    rounds : int
        At most; a round in which no run gains more than hardly anything is the last one.
    """
    step = settled(model, kernel, sample, side_by_side(starts), random, _TOL, _LONG)
    for _ in range(rounds):
        doubled = _split(model, kernel, sample, step, random)
        fewer = _merged_down(model, kernel, sample, doubled, step.stats.counts.shape[1], random)
        moved = settled(model, kernel, sample, fewer.parameters, random, _TOL, _LONG)
        gains = moved.objective - step.objective
        pairs = zip(apart(step), apart(moved), strict=True)
        step = beside([max(pair, key=lambda one: merit(model, one)) for pair in pairs])
        if np.max(gains) < _WORTH:
            break
    return apart(step)


def axes_of(
    model: Model,
    kernel: Kernel,
    sample: MemoryRows,
    parameters: Parameters,
    random: np.random.RandomState,
) -> np.ndarray:
    """Principal axes of the components' rows (k, d), in units of the features' spreads."""
    few = sample.sample(max(1, _NUMBERS // len(parameters.weights)), random)
    shares = responsibilities(model.density(parameters), kernel, few)
    if few.weights is not None:
        shares *= few.weights[:, None]
    scale = np.sqrt(model.spread.variances)
    z = (few.x - model.spread.mean) / scale
    return principal_axes(z, shares, random) * scale


def _split(
    model: Model, kernel: Kernel, sample: MemoryRows, step: Step, random: np.random.RandomState
) -> Step:
    """Every component of every run as two, as EM moves them."""
    halves = []
    for run in apart(step):
        axes = axes_of(model, kernel, sample, run.parameters, random)
        stats = centred(model.family.form, run.stats)
        halves.append(split(model, stats, np.arange(len(axes)), axes))
    start = model.update(Stats.side_by_side(halves))
    return settled(model, kernel, sample, start, random, _TOL, _SPLIT)


def _merged_down(
    model: Model,
    kernel: Kernel,
    sample: MemoryRows,
    step: Step,
    k: int,
    random: np.random.RandomState,
) -> Step:
    """The mixtures of k components that mergers, with a little EM between, lead to."""
    while (have := step.stats.counts.shape[1]) > k:
        many = min(have - k, max(1, have // _SHARE))
        fewer = [
            cheapest_merged(model, centred(model.family.form, run.stats), many)
            for run in apart(step)
        ]
        start = model.update(Stats.side_by_side(fewer))
        step = settled(model, kernel, sample, start, random, _TOL, _MERGED)
    return step
