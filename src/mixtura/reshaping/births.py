"""Components that several explain better: each fitted anew on a sample of its own rows."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from typing import NamedTuple

import numpy as np

from mixtura.contest import first_guess
from mixtura.em import steps
from mixtura.kernels import KERNELS
from mixtura.rows import MemoryRows
from mixtura.starts import k_means, nearest
from mixtura.variational import Variational, holds_rows
from mixtura.variational.moments import Moments, moments

__all__ = ["Litter", "litter"]

Array = np.ndarray

# Rows of a sample, steps on it, and how few rows are not looked at.
_SAMPLE, _STEPS, _FEWEST = 1000, 15, 4
# Cells that it is tried with: how many, and whether in units of the component.
_TRIES = ((2, False), (2, True), (6, False))
# The least variance in which rows are measured, of the largest, and of any.
_THIN, _TINY = 1e-10, 1e-300


class Litter(NamedTuple):
    """Components in the place of one."""

    parent: int
    parts: Moments
    gain: float  # of the bound on all rows of the parent, estimated, nats


def litter(
    rule: Variational,
    held: Moments,
    parent: int,
    most: int,
    x: Array,
    shares: Array,
    random: np.random.RandomState,
) -> Litter | None:
    """The best that was found of several ways to make some components of one; None if none gains.

    Parameters
    ----------
    rule : Variational
    held : Moments
        Of all components.
    parent : int
        The one that is looked at.
    most : int
        Components that there is room for, the parent's own place included.
    x : ndarray of shape (m, d)
        Rows.
    shares : ndarray of shape (m,)
        What of them is the parent's.
    """
    size = min(_SAMPLE, round(_worth(shares)))
    if size < _FEWEST:
        return None
    drawn = random.choice(len(x), size, replace=False, p=shares / np.sum(shares))
    x = x[np.sort(drawn)].astype(np.float64)
    scale = held.counts[parent] / size
    local = replace(rule, unit=rule.unit * scale, total=float(size))
    views = {False: x, True: _white(x, held.matrices[parent])}
    found = [_fitted(local, parent, x, views[white], k, random) for k, white in _TRIES if k <= most]
    best = max((each for each in found if each), key=lambda each: each.gain, default=None)
    if best is None or best.gain <= 0.0 or len(best.parts.counts) < 2:
        return None
    return best._replace(parts=best.parts._replace(counts=scale * best.parts.counts))


def _worth(shares: Array) -> float:
    """How many rows of equal shares these are worth (Kish 1965); rows of others are worth none."""
    return float(np.sum(shares) ** 2 / max(np.sum(np.square(shares)), _TINY))


def _fitted(
    local: Variational, parent: int, x: Array, view: Array, k: int, random: np.random.RandomState
) -> Litter | None:
    """A mixture of k components fitted to the rows, and what it gains over one."""
    points = k_means(view, None, k, random)
    if len(points) < k:
        return None
    together = first_guess(local, x, None, np.zeros(len(x), dtype=int), k)
    start = first_guess(local, x, None, nearest(view, points), k)
    loop = steps(local, KERNELS["numpy"], MemoryRows(x), start, random)
    *_, last = islice(loop, _STEPS)
    gain = last.objective - local.bound(0.0, together, len(x))
    gain = local.unit * len(x) * gain - _optimism(local, k, x.shape[1])
    parts = moments(local.family, last.stats)
    there = holds_rows(local.unit * parts.counts)
    return Litter(parent, Moments(*(each[there] for each in parts)), gain)


def _optimism(local: Variational, k: int, d: int) -> float:
    """What k components gain over one on a sample, and not on the rows that it stands for.

    A sample gains p / 2 by p parameters that are fitted to it, and others lose as much by them
    (Akaike 1974): p, as often as the sample's rows stand for others.
    """
    parameters = (k - 1) * (d + 1) + local.family.n_parameters(k, d)
    parameters -= local.family.n_parameters(1, d)
    return parameters * max(0.0, local.unit - 1.0)


def _white(x: Array, matrix: Array) -> Array:
    """Rows in units of a covariance matrix."""
    values, vectors = np.linalg.eigh(matrix)
    return x @ (vectors / np.sqrt(np.maximum(values, _THIN * np.max(values) + _TINY)))
