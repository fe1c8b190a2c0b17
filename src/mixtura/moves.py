"""Moves from k components to k - 1 or k + 1, on statistics alone: two merged, some split."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from mixtura.density import Form
from mixtura.determinants import log_dets
from mixtura.model import Model
from mixtura.scatter import squares
from mixtura.stats import Stats

__all__ = [
    "centred",
    "cheapest_merged",
    "cheapest_pairs",
    "halved",
    "merged",
    "merger_costs",
    "principal_axes",
    "split",
]

# The share of a component's variance along an axis that becomes the distance of its halves.
_SHARE = 0.5
_POWER_ROUNDS = 6
_NUMBERS = 2**16  # of the covariances of pairs that are looked at together
_TINY = np.finfo(float).tiny

Array = np.ndarray


def centred(form: Form, stats: Stats) -> Stats:
    """The same statistics about the components' own means, so that `shift` is 0."""
    counts = stats.safe_counts
    return replace(
        stats,
        centres=stats.centres + stats.shift / counts[:, None],
        shift=np.zeros_like(stats.shift),
        scatter=stats.scatter - squares(form, stats.shift, 1.0 / counts),
    )


def merged(form: Form, stats: Stats, one: int, other: int) -> Stats:
    """Component `one` takes over the rows of `other`, whose place is closed.

    Parameters
    ----------
    form : Form
        That of `stats.scatter`.
    stats : Stats
        Of k components, centred.
    one, other : int
        Two different components.

    Returns
    -------
    stats : Stats
        Of k - 1 components, centred. Count, mean and scatter of the new one are those of the
        rows of both.
    """
    count = stats.counts[one] + stats.counts[other]
    share = stats.counts[other] / max(count, _TINY)
    between = stats.centres[other] - stats.centres[one]
    counts, centres = stats.counts.copy(), stats.centres.copy()
    counts[one] = count
    centres[one] += share * between
    spread = squares(form, between[None], np.array([share * stats.counts[one]]))
    left = np.delete(np.arange(len(counts)), other)
    return replace(
        stats,
        counts=counts[left],
        centres=centres[left],
        shift=stats.shift[left],
        scatter=_MERGED[form](stats.scatter, spread, one, other),
    )


def cheapest_merged(model: Model, stats: Stats, many: int) -> Stats:
    """Up to so many pairs merged at once: the cheapest of which no two share a component.

    Parameters
    ----------
    model : Model
    stats : Stats
        Of k components, centred.
    many : int
        Pairs.
    """
    for one, other in cheapest_pairs(model, stats, many):
        stats = merged(model.family.form, stats, one, other)
    return stats


def cheapest_pairs(model: Model, stats: Stats, many: int) -> list[tuple[int, int]]:
    """Those that `cheapest_merged` merges, the largest second one first."""
    costs = merger_costs(model, stats)
    chosen: list[tuple[int, int]] = []
    taken: set[int] = set()
    for pair in np.argsort(costs, axis=None):
        one, other = map(int, np.unravel_index(pair, costs.shape))
        if len(chosen) == many or not one < other:
            break
        if not taken & {one, other}:
            chosen.append((one, other))
            taken |= {one, other}
    return sorted(chosen, key=lambda pair: -pair[1])


def split(model: Model, stats: Stats, which: Array, axes: Array) -> Stats:
    """Components in two equal halves each, apart along an axis.

    The first half keeps the component's place, the second halves follow at the end. What the
    halves are apart is taken from their scatter, so that count, mean and scatter of both
    together stay those of the component.

    Parameters
    ----------
    model : Model
    stats : Stats
        Of k components, centred.
    which : ndarray of shape (m,), int
        Components to split.
    axes : ndarray of shape (m, d)
        Their directions, of any length but 0.
    """
    form = model.family.form
    counts, centres = stats.counts.copy(), stats.centres.copy()
    counts[which] *= 0.5
    offsets = np.sqrt(_SHARE * _widths(model, stats, which, axes))[:, None] * axes
    centres[which] -= offsets
    spread = squares(form, offsets, stats.counts[which])
    return replace(
        stats,
        counts=np.concatenate([counts, counts[which]]),
        centres=np.concatenate([centres, stats.centres[which] + offsets]),
        shift=np.concatenate([stats.shift, stats.shift[which]]),
        scatter=_SPLIT[form](stats.scatter, spread, which),
    )


def halved(form: Form, stats: Stats, halves: Stats, one: int) -> Stats:
    """One component replaced by its two halves, taken from where all were split.

    Parameters
    ----------
    form : Form
        That of `stats.scatter`.
    stats : Stats
        Of k components, centred.
    halves : Stats
        Of 2 k components, centred: `stats` after `split` and steps of EM, say.
    one : int
        The component.
    """
    halves_of_one = [one, len(stats.counts) + one]
    counts, centres = (
        _replaced(old, new[halves_of_one], one)
        for old, new in ((stats.counts, halves.counts), (stats.centres, halves.centres))
    )
    scatter = _HALVED[form](stats.scatter, halves.scatter, one)
    return replace(
        stats, counts=counts, centres=centres, shift=np.zeros_like(centres), scatter=scatter
    )


def merger_costs(model: Model, stats: Stats) -> Array:
    """Bound on the log-likelihood that is lost if two components become one, (k, k), in nats.

    Runnalls (2007), equation 21: ``(n log|S| - n_i log|S_i| - n_j log|S_j|) / 2`` with S the
    covariance of both together, in the model's family. Infinite on and under the diagonal.

    Parameters
    ----------
    model : Model
    stats : Stats
        Of k components, centred.
    """
    costs = _COSTS[model.family.form](model, stats)
    costs[np.tril_indices_from(costs)] = np.inf
    return costs


def principal_axes(x: Array, responsibilities: Array, random: np.random.RandomState) -> Array:
    """Direction of nearly the largest variance of every component's rows, (k, d), of length 1.

    Power iteration on the rows themselves: families without a covariance of their own for every
    component have an axis too, and no d x d matrix is made.

    Parameters
    ----------
    x : ndarray of shape (n, d)
    responsibilities : ndarray of shape (n, k)
        Row weights included.
    random : RandomState
        Draws the first directions.
    """
    counts = np.maximum(np.sum(responsibilities, axis=0), _TINY)[:, None]
    means = responsibilities.T @ x / counts
    axes = random.standard_normal(means.shape)
    for _ in range(_POWER_ROUNDS):
        along = responsibilities * (x @ axes.T - np.sum(means * axes, axis=1))
        axes = along.T @ x - np.sum(along, axis=0)[:, None] * means
        axes /= np.maximum(np.linalg.norm(axes, axis=1, keepdims=True), _TINY)
    return axes


def _widths(model: Model, stats: Stats, which: Array, axes: Array) -> Array:
    """Variance along the axes (m, d) given all other directions, (m,).

    It may be taken away without leaving a covariance that is not positive.
    """
    scale = model.family.scale(model.update(stats).cholesky, axes.shape[1])
    white = _WHITE[model.family.form](scale, which, axes)
    return 1.0 / np.maximum(np.sum(np.square(white), axis=1), _TINY)


def _own_costs(model: Model, stats: Stats) -> Array:
    """Of families in which every component has a covariance of its own."""
    form, k = model.family.form, len(stats.counts)
    alone = 0.5 * stats.counts * _log_dets(model, stats)
    costs = np.full((k, k), np.inf)
    at_once = max(k, _NUMBERS // stats.scatter[0].size)
    one, other = np.triu_indices(k, 1)
    for start in range(0, len(one), at_once):
        i, j = one[start : start + at_once], other[start : start + at_once]
        counts = stats.counts[i] + stats.counts[j]
        reduced = stats.counts[i] * stats.counts[j] / np.maximum(counts, _TINY)
        between = squares(form, stats.centres[j] - stats.centres[i], reduced)
        scatter = stats.scatter[i] + stats.scatter[j] + between
        pairs = replace(
            stats, counts=counts, centres=stats.centres[j], shift=stats.shift[j], scatter=scatter
        )
        costs[i, j] = 0.5 * counts * _log_dets(model, pairs) - alone[i] - alone[j]
    return costs


def _shared_costs(model: Model, stats: Stats) -> Array:
    """Of families with one covariance, that of n rows: ``n log(1 + distance / n) / 2``."""
    white = stats.centres @ model.update(stats).cholesky
    norms = np.sum(np.square(white), axis=1)
    distances = np.maximum(norms[:, None] + norms - 2.0 * white @ white.T, 0.0)
    sums = np.maximum(stats.counts[:, None] + stats.counts, _TINY)
    reduced = stats.counts[:, None] * stats.counts / sums
    return 0.5 * stats.total * np.log1p(reduced * distances / stats.total)


def _log_dets(model: Model, stats: Stats) -> Array:
    """Of the covariances that the statistics lead to."""
    scale = model.family.scale(model.update(stats).cholesky, stats.centres.shape[1])
    return -2.0 * log_dets(model.family.form, scale)


def _merged_own(scatter: Array, spread: Array, one: int, other: int) -> Array:
    scatter = scatter.copy()
    scatter[one] += scatter[other] + spread[0]
    return np.delete(scatter, other, axis=0)


def _replaced(values: Array, two: Array, one: int) -> Array:
    """The values (k, ...) with the first of `two` in the place of `one`, the second at the end."""
    values = np.concatenate([values, two[1:]])
    values[one] = two[0]
    return values


def _split_own(scatter: Array, spread: Array, which: Array) -> Array:
    scatter = scatter.copy()
    scatter[which] = 0.5 * (scatter[which] - spread)
    return np.concatenate([scatter, scatter[which]])


# By form: the scatter after a merger, after splits, with two halves taken
# over; axes in units of the covariances; what mergers cost.
_MERGED: dict[Form, Callable[[Array, Array, int, int], Array]] = {
    Form.DENSE: _merged_own,
    Form.SHARED: lambda scatter, spread, one, other: scatter + spread,
    Form.DIAGONAL: _merged_own,
}
_SPLIT: dict[Form, Callable[[Array, Array, Array], Array]] = {
    Form.DENSE: _split_own,
    Form.SHARED: lambda scatter, spread, which: scatter - spread,
    Form.DIAGONAL: _split_own,
}
_HALVED: dict[Form, Callable[[Array, Array, int], Array]] = {
    Form.DENSE: lambda old, new, one: _replaced(old, new[[one, len(old) + one]], one),
    Form.SHARED: lambda old, new, one: old,
    Form.DIAGONAL: lambda old, new, one: _replaced(old, new[[one, len(old) + one]], one),
}
_WHITE: dict[Form, Callable[[Array, Array, Array], Array]] = {
    Form.DENSE: lambda scale, which, axes: np.einsum("md,mde->me", axes, scale[which]),
    Form.SHARED: lambda scale, which, axes: axes @ scale,
    Form.DIAGONAL: lambda scale, which, axes: axes * scale[which],
}
_COSTS: dict[Form, Callable[[Model, Stats], Array]] = {
    Form.DENSE: _own_costs,
    Form.SHARED: _shared_costs,
    Form.DIAGONAL: _own_costs,
}
