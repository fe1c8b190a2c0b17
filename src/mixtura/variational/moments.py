"""Components as what they hold: merged, left out and born without a look at the rows."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from mixtura.covariance import CovarianceFamily
from mixtura.stats import Stats

__all__ = ["Moments", "born", "merged", "moments", "pairs", "without"]

Array = np.ndarray


class Moments(NamedTuple):
    """Counts, means and covariances of the rows that components hold."""

    counts: Array  # (k,), in the rows' unit of weight
    means: Array  # (k, d)
    matrices: Array  # (k, d, d)


def moments(family: CovarianceFamily, stats: Stats) -> Moments:
    """What the components of a pass hold."""
    means = stats.centres + stats.shift / stats.safe_counts[:, None]
    matrices = family.matrices(family.estimate(stats), *means.shape)
    return Moments(stats.counts, means, np.array(matrices))


def pairs(of: Moments, one: int, others: Array) -> Moments:
    """Component `one` with each of `others` (m,), as m components."""
    counts = of.counts[one] + of.counts[others]
    share = (of.counts[others] / counts)[:, None]
    between = of.means[others] - of.means[one]
    apart = (share * (1.0 - share))[:, :, None] * between[:, :, None] * between[:, None, :]
    kept, taken = of.matrices[one], of.matrices[others]
    matrices = kept + share[:, :, None] * (taken - kept) + apart
    return Moments(counts, of.means[one] + share * between, matrices)


def merged(of: Moments, one: int, other: int) -> Moments:
    """Component `one` takes over the rows of `other`, which is left without."""
    return without(born(of, (one,), pairs(of, one, np.array([other]))), other)


def without(of: Moments, component: int) -> Moments:
    """The component without rows, wherever they go."""
    counts = of.counts.copy()
    counts[component] = 0.0
    return of._replace(counts=counts)


def born(of: Moments, places: tuple[int, ...], parts: Moments) -> Moments:
    """Components in the `places` of others."""
    arrays = [values.copy() for values in of]
    for values, new in zip(arrays, parts, strict=True):
        values[list(places)] = new
    return Moments(*arrays)
