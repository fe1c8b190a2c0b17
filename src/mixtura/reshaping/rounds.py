"""Rounds of moves: thought of on sums and a sample, kept only if the exact bound rises."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from itertools import islice
from typing import NamedTuple

import numpy as np

from mixtura.em import Move, Step, scored, steps
from mixtura.kernels import Kernel
from mixtura.mixture import responsibilities
from mixtura.reshaping.births import litter
from mixtura.reshaping.descent import descended
from mixtura.rows import MemoryRows, Rows
from mixtura.variational import Variational, holds_rows
from mixtura.variational.moments import Moments, born, merged, moments, without
from mixtura.variational.screening import deletion_gains, merger_gains, order_gain

__all__ = ["reshaped"]

Array = np.ndarray

# Rows whose responsibilities say which moves to try.
_SAMPLE = 10_000
# Most numbers of such a sample.
_MOST_NUMBERS = 2**21
# Rows on which mergers are tried one after the other.
_DESCENT_ROWS = 20_000
# Steps that a move is given to raise the bound.
_STEPS = {"sorted": 1, "merged": 4, "deleted": 4, "born": 12}
# Nats under which a gain of the bound is nothing.
_LEAST = 0.1
# Deletions that are tried after one another; and nats that each row of a component may seem to
# lose by its deletion, since the others, which the estimate holds still, come to take its place.
_DELETIONS, _SEEMING = 4, 1.0


class _Proposal(NamedTuple):
    kind: str
    components: tuple[tuple[int, ...], ...]
    gain: float  # estimated, nats
    apply: Callable[[Moments], Moments]


class _Look(NamedTuple):
    """What is known when moves are thought of."""

    held: Moments
    alive: Array  # components with rows
    vacant: Array  # and those without
    sample: MemoryRows
    shares: Array  # (m, k), responsibilities that stand for all rows
    drift: float  # what one more step gains without any move, nats


def reshaped(
    rule: Variational, kernel: Kernel, rows: Rows, step: Step, random: np.random.RandomState
) -> Step | None:
    """The step with other components that has a higher bound, or None if none is found.

    Hughes and Sudderth (2013): a move is thought of from cached sums and a sample of rows, made on
    the sums, and kept if passes over all rows show that the exact bound has risen, by more than it
    would have without; several at once where they do not touch each other.
    """
    look = _look(rule, kernel, rows, step, random)
    descents = partial(_descents, kernel, rows, step)
    for proposals in (_mergers, _deletions, descents, _births, _orders):
        found = _best(rule, kernel, rows, step, random, proposals(rule, look, random), look)
        if found is not None:
            return found
    return None


def _look(
    rule: Variational, kernel: Kernel, rows: Rows, step: Step, random: np.random.RandomState
) -> _Look:
    k = len(step.stats.counts)
    plain = scored(rule, kernel, rows, step.iteration + 1, rule.update(step.stats))
    sample = rows.sample(min(_SAMPLE, _MOST_NUMBERS // k), random)
    shares = responsibilities(rule.density(step.parameters), kernel, sample)
    weights = np.ones(sample.n) if sample.weights is None else sample.weights
    weights = weights * (rule.unit * step.stats.total / np.sum(weights))
    there = holds_rows(rule.unit * step.stats.counts)
    return _Look(
        moments(rule.family, step.stats),
        np.flatnonzero(there),
        np.flatnonzero(~there),
        sample,
        shares * weights[:, None],
        rule.unit * step.stats.total * (plain.objective - step.objective),
    )


def _best(
    rule: Variational,
    kernel: Kernel,
    rows: Rows,
    step: Step,
    random: np.random.RandomState,
    proposals: list[_Proposal],
    look: _Look,
) -> Step | None:
    """The step after as many of the proposals, the best first, as raise the bound together."""
    weight = rule.unit * step.stats.total
    drift = look.drift
    while proposals:
        after = look.held
        for proposal in proposals:
            after = proposal.apply(after)
        kind = proposals[0].kind
        loop = steps(rule, kernel, rows, rule.after(_in_order(after)), random)
        before = -math.inf
        for number, tried in enumerate(islice(loop, _STEPS[kind]), start=1):
            gain = weight * (tried.objective - step.objective)
            if gain > number * drift + _LEAST:
                iteration = step.iteration + 1
                components = tuple(group for each in proposals for group in each.components)
                move = Move(iteration, kind, components, float(gain))
                return tried._replace(iteration=iteration, moves=(move,))
            if gain + (_STEPS[kind] - number) * (gain - before) < _LEAST:
                break  # steps gain less and less, so that those left would not make up for it
            before = gain
        proposals = proposals[: len(proposals) // 2]
    return None


def _orders(rule: Variational, look: _Look, random: np.random.RandomState) -> list[_Proposal]:
    """Components in the order of their counts, where the prior cares."""
    gain = order_gain(rule, look.held.counts)
    return [_Proposal("sorted", ((),), gain, lambda held: held)] if gain > _LEAST else []


def _in_order(held: Moments) -> Moments:
    """The largest component first, as a stick is broken best."""
    order = np.argsort(-held.counts, kind="stable")
    return Moments(*(values[order] for values in held))


def _mergers(rule: Variational, look: _Look, random: np.random.RandomState) -> list[_Proposal]:
    """Pairs that do not touch each other, the best first."""
    gains = merger_gains(rule, look.held, look.alive, look.shares)
    proposals: list[_Proposal] = []
    while gains.size and (gain := float(np.max(gains))) > 0.0:
        one, other = map(int, np.unravel_index(np.argmax(gains), gains.shape))
        proposals.append(_Proposal("merged", ((one, other),), gain, _merger(one, other)))
        gains[[one, other]] = gains[:, [one, other]] = -np.inf
    return proposals


def _merger(one: int, other: int) -> Callable[[Moments], Moments]:
    return lambda held: merged(held, one, other)


def _deletions(rule: Variational, look: _Look, random: np.random.RandomState) -> list[_Proposal]:
    """The components that are missed least."""
    if len(look.alive) < 2:
        return []
    gains = deletion_gains(rule, look.held, look.alive, look.shares)
    least = -_SEEMING * rule.unit * look.held.counts
    order = [int(j) for j in np.argsort(-gains)[:_DELETIONS] if gains[j] > least[j]]
    return [_Proposal("deleted", ((j,),), float(gains[j]), _deletion(j)) for j in order]


def _deletion(component: int) -> Callable[[Moments], Moments]:
    return lambda held: without(held, component)


def _descents(
    kernel: Kernel,
    rows: Rows,
    step: Step,
    rule: Variational,
    look: _Look,
    random: np.random.RandomState,
) -> list[_Proposal]:
    """Many mergers of which none pays alone."""
    few = rows if rows.n <= _DESCENT_ROWS else rows.sample(_DESCENT_ROWS, random)
    found = descended(rule, kernel, few, step.parameters, random)
    if found is None:
        return []
    counts = found.held.counts * (step.stats.total / np.sum(found.held.counts))
    after = found.held._replace(counts=counts)
    return [_Proposal("merged", found.groups, 0.0, lambda held: after)]


def _births(rule: Variational, look: _Look, random: np.random.RandomState) -> list[_Proposal]:
    """Components that several explain better on a sample of their rows, as many as there is room.

    The best first.
    """
    vacant = list(map(int, look.vacant))
    if not vacant:
        return []
    most = len(vacant) + 1
    x, shares = look.sample.x, look.shares
    tried = [
        litter(rule, look.held, j, most, x, shares[:, j], random) for j in map(int, look.alive)
    ]
    proposals = []
    for found in sorted(filter(None, tried), key=lambda each: -each.gain):
        others = len(found.parts.counts) - 1
        if found.gain > _LEAST and others <= len(vacant):
            places = (found.parent, *vacant[:others])
            del vacant[:others]
            proposals.append(_Proposal("born", (places,), found.gain, _birth(places, found.parts)))
    return proposals


def _birth(places: tuple[int, ...], parts: Moments) -> Callable[[Moments], Moments]:
    return lambda held: born(held, places, parts)
