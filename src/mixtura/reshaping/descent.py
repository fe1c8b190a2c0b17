"""From too many components down to one by mergers and a little EM: the best on the way."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from typing import Any, NamedTuple

import numpy as np

from mixtura.em import Step, scored, steps
from mixtura.kernels import Kernel
from mixtura.moves import centred, cheapest_pairs, merged
from mixtura.rows import Rows
from mixtura.variational import Variational, holds_rows
from mixtura.variational.moments import Moments, moments

__all__ = ["Descent", "descended"]

# Of the components, the share that is merged away at a time, and the steps of EM after it.
_SHARE, _STEPS = 8, 6


class Descent(NamedTuple):
    """Where mergers lead to."""

    held: Moments  # of as many components as before, the largest first
    groups: tuple[tuple[int, ...], ...]  # those that became one, as numbered before


class _Place(NamedTuple):
    step: Step
    groups: Sequence[tuple[int, ...]]  # what each component is made of


def descended(
    rule: Variational, kernel: Kernel, rows: Rows, start: Any, random: np.random.RandomState
) -> Descent | None:
    """The best that mergers lead to, one after the other, or None if they lead to nothing better.

    Components that share a crowd without being alike lose by any one merger, and gain by several
    with EM between. So mergers go on though the bound falls, the cheapest first (Runnalls 2007),
    until the price of all components that are left could not make up for it.
    """
    first = scored(rule, kernel, rows, 0, start)
    there = holds_rows(rule.unit * first.stats.counts)
    held = Moments(*(values[there] for values in moments(rule.family, first.stats)))
    alone = [(int(j),) for j in np.flatnonzero(there)]
    before = best = place = _Place(_run(rule, kernel, rows, rule.after(held), random), alone)
    price = _price(rule, rows)
    while (left := len(place.groups)) > 1:
        if rows.weight * (best.step.objective - place.step.objective) > left * price:
            break
        place = _down(rule, kernel, rows, place, random)
        best = max(best, place, key=lambda each: each.step.objective)
    if best is before:
        return None
    held = _widened(moments(rule.family, best.step.stats), len(there))
    return Descent(held, tuple(each for each in best.groups if len(each) > 1))


def _down(
    rule: Variational, kernel: Kernel, rows: Rows, place: _Place, random: np.random.RandomState
) -> _Place:
    """A share of the components merged away, and a few steps of EM."""
    form, groups = rule.family.form, list(place.groups)
    stats = centred(form, place.step.stats)
    for one, other in cheapest_pairs(rule, stats, max(1, len(groups) // _SHARE)):
        stats = merged(form, stats, one, other)
        groups[one] += groups[other]
        del groups[other]
    return _Place(_run(rule, kernel, rows, rule.update(stats), random), groups)


def _run(
    rule: Variational, kernel: Kernel, rows: Rows, start: Any, random: np.random.RandomState
) -> Step:
    *_, last = islice(steps(rule, kernel, rows, start, random), _STEPS)
    return last


def _price(rule: Variational, rows: Rows) -> float:
    """What a merger gains at most, about: a component as BIC prices it, in nats."""
    parameters = 1 + rows.d + rule.family.n_parameters(1, rows.d)
    return 0.5 * parameters * float(np.log1p(rows.weight))


def _widened(held: Moments, k: int) -> Moments:
    """As k components, the largest first; those that are added hold nothing."""
    order = np.argsort(-held.counts, kind="stable")
    places = np.append(order, np.zeros(k - len(order), dtype=int))
    wide = Moments(*(values[places] for values in held))
    wide.counts[len(order) :] = 0.0
    return wide
