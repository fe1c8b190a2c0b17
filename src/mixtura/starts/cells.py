"""K-means for a contest of starts: seeds, Lloyd's rounds, and clusters split and merged."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from mixtura.starts.nearest import nearest

__all__ = ["k_means", "random_rows", "seeds"]

# Rounds of Lloyd's algorithm at first, after every exchange, and inside a split.
_ROUNDS, _ROUNDS_AFTER, _ROUNDS_OF_SPLIT = 20, 4, 3
_EXCHANGES = 6
_FEW = 3  # clusters that its seeds tell apart


class _Cells(NamedTuple):
    points: np.ndarray  # (k, d), the means of their rows
    labels: np.ndarray  # (n,)
    counts: np.ndarray  # (k,), row weights summed
    loss: float  # sum of weighted squared distances


def seeds(
    x: np.ndarray, weights: np.ndarray | None, k: int, random: np.random.RandomState
) -> np.ndarray:
    """Rows (k, d) far from each other: greedy k-means++ (Arthur and Vassilvitskii 2007).

    Of a few rows, each as likely as its squared distance from those chosen, the one that leaves
    the least distance to all. (Scikit-learn's takes a third of a small fit to check its input.)
    """
    w = np.ones(len(x)) if weights is None else weights
    norms = np.sum(np.square(x), axis=1)
    chosen = [int(random.choice(len(x), p=w / np.sum(w)))]
    left = _distances(x, norms, chosen)[0]
    for _ in range(min(k, len(x)) - 1):
        mass = np.cumsum(w * left)
        drawn = mass[-1] * random.random_sample(2 + int(np.log(k)))
        tried = np.minimum(np.searchsorted(mass, drawn, side="right"), len(x) - 1)
        distances = np.minimum(left, _distances(x, norms, tried))
        best = int(np.argmin(distances @ w))
        left = distances[best]
        chosen.append(int(tried[best]))
    return x[chosen]


def _distances(x: np.ndarray, norms: np.ndarray, chosen: Sequence[int] | np.ndarray) -> np.ndarray:
    """Squared distances of all rows from the chosen ones, (len(chosen), n)."""
    distances = norms[chosen][:, None] + norms - 2.0 * (x[chosen] @ x.T)
    return np.maximum(distances, 0.0)


def random_rows(
    x: np.ndarray, weights: np.ndarray | None, k: int, random: np.random.RandomState
) -> np.ndarray:
    """Different rows (k, d), none likelier than another."""
    return x[random.choice(len(x), size=min(k, len(x)), replace=False)]


def k_means(
    x: np.ndarray, weights: np.ndarray | None, k: int, random: np.random.RandomState
) -> np.ndarray:
    """Points (k, d) of k-means, helped out of poor optima.

    Lloyd's algorithm cannot move a point from where two share one crowd to where one serves two
    crowds. So, after it, clusters, unless they are few, whose split gains more than some other
    pair's merger costs are exchanged for those, as long as the loss falls. The start "kmeans" is
    scikit-learn's own.
    """
    w = np.ones(len(x)) if weights is None else weights
    cells = _lloyd(x, w, seeds(x, weights, k, random), _ROUNDS)
    most = k // 2
    for _ in range(_EXCHANGES if k > _FEW else 0):
        points = _exchange(x, w, cells, most)
        if points is None:
            break
        changed = _lloyd(x, w, points, _ROUNDS_AFTER)
        if changed.loss < cells.loss:
            cells = changed
        elif most > 1:
            most = 1  # too many at once; the best one may still pay
        else:
            break
    return cells.points


def _lloyd(x: np.ndarray, w: np.ndarray, points: np.ndarray, rounds: int) -> _Cells:
    columns = np.ascontiguousarray((w[:, None] * x).T)
    labels = nearest(x, points)
    for _ in range(rounds):
        counts, points = _means(columns, w, labels, points)
        before, labels = labels, nearest(x, points)
        if np.array_equal(labels, before):
            break
    else:
        counts, points = _means(columns, w, labels, points)
    loss = float(w @ np.sum(np.square(x - points[labels]), axis=1))
    return _Cells(points, labels, counts, loss)


def _means(
    columns: np.ndarray, w: np.ndarray, labels: np.ndarray, points: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Weights and means of clusters, from weighted rows (d, n); an empty one keeps its point."""
    k = len(points)
    counts = np.bincount(labels, w, minlength=k)
    sums = np.stack([np.bincount(labels, column, minlength=k) for column in columns], axis=1)
    filled = counts > 0.0
    return counts, np.where(filled[:, None], sums / np.where(filled, counts, 1.0)[:, None], points)


def _exchange(x: np.ndarray, w: np.ndarray, cells: _Cells, most: int) -> np.ndarray | None:
    """Points after the exchanges that pay, at most so many, or None if none does."""
    gains, halves = _splits(x, w, cells)
    costs = _mergers(cells)
    points, touched, done = cells.points.copy(), set(), 0
    pairs = np.unravel_index(np.argsort(costs, axis=None), costs.shape)
    mergers = zip(*(side.tolist() for side in pairs), strict=True)
    for split in np.argsort(-gains).tolist():
        if split in touched:
            continue
        touched.add(split)
        pair = next(((a, b) for a, b in mergers if not {a, b} & touched), None)
        if done == most or pair is None or gains[split] <= costs[pair]:
            break
        touched.update(pair)
        kept, freed = pair
        share = cells.counts[freed] / (cells.counts[kept] + cells.counts[freed])
        points[kept] += share * (cells.points[freed] - cells.points[kept])
        points[split], points[freed] = halves[split]
        done += 1
    return points if done else None


def _mergers(cells: _Cells) -> np.ndarray:
    """How much the loss rises if two clusters become one, (k, k); inf at and under the diagonal."""
    norms = np.sum(np.square(cells.points), axis=1)
    distances = norms[:, None] + norms - 2.0 * cells.points @ cells.points.T
    total = cells.counts[:, None] + cells.counts
    costs = cells.counts[:, None] * cells.counts / np.maximum(total, 1e-300) * distances
    costs[np.tril_indices_from(costs)] = np.inf
    return np.maximum(costs, 0.0)


def _splits(x: np.ndarray, w: np.ndarray, cells: _Cells) -> tuple[np.ndarray, np.ndarray]:
    """How much the loss falls if a cluster becomes two, (k,), and the two points, (k, 2, d)."""
    k = len(cells.points)
    gains, halves = np.zeros(k), np.repeat(cells.points[:, None], 2, axis=1)
    order = np.argsort(cells.labels, kind="stable")
    bounds = np.searchsorted(cells.labels[order], np.arange(k + 1))
    for j in range(k):
        members = order[bounds[j] : bounds[j + 1]]
        if len(members) > 1:
            gains[j], halves[j] = _halve(x[members] - cells.points[j], w[members])
            halves[j] += cells.points[j]
    return gains, halves


def _halve(z: np.ndarray, w: np.ndarray) -> tuple[float, np.ndarray]:
    """2-means of centred rows `z`, begun across the widest feature: gain and points (2, d)."""
    upper = z[:, np.argmax(w @ np.square(z))] > 0.0
    total = np.sum(w)
    for _ in range(_ROUNDS_OF_SPLIT):
        above = np.sum(w[upper])
        if not 0.0 < above < total:
            return 0.0, np.zeros((2, z.shape[1]))
        high = (w[upper] @ z[upper]) / above
        low = -high * above / (total - above)  # the rows are centred
        upper = z @ (high - low) > 0.5 * (high @ high - low @ low)
    return float(above * (high @ high) + (total - above) * (low @ low)), np.stack([high, low])
