"""What one E+M pass costs, every library from the same parameters to the same likelihood."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from statistics import median
from typing import Any

import numpy as np

from benchmarks.evaluate import mean_log_likelihood
from benchmarks.peers import MIXTURA, ONE_THREAD, ONEDAL, SKLEARN, Peer
from benchmarks.tables import Figure, number, ratio, table
from benchmarks.timing import Cost, geometric_mean, in_turns, timed
from benchmarks.workloads import SEPARATED, Workload, starting_parameters

__all__ = ["figures", "measured", "rows", "tables"]

_PEERS = (SKLEARN, ONEDAL, MIXTURA, ONE_THREAD)
_EQUAL = 1e-6  # relative difference of likelihoods that equal work may leave


def rows(quick: bool) -> Iterator[dict[str, Any]]:
    """One row a workload."""
    peers = [peer for peer in _PEERS if peer.installed]
    rate = _matrix_product_rate()
    for workload in SEPARATED:
        workload = workload.small() if quick else workload
        row = measured(workload, peers, repeats=2 if quick else 5)
        yield row | {"roof": _share_of_roof(workload, row, rate)}


def measured(workload: Workload, peers: Sequence[Peer], repeats: int) -> dict[str, Any]:
    """Median seconds a pass of every peer: (1 + m iterations, less 1 iteration) / m.

    The difference takes away what is not a pass: checking input, the set-up, and the last
    E-step that scikit-learn and Mixtura make to score what they return.

    Raises
    ------
    ArithmeticError
        If a peer ends at another likelihood or stops early: it did other work.
    """
    x = workload.rows(seed=0)
    start = starting_parameters(x, workload.k, workload.covariance_type, seed=0)
    likelihoods = {}
    for peer in peers:  # untimed: compiles, wakes thread pools
        found = peer.fit_from(x, start, 1 + workload.passes)
        likelihoods[peer.name] = mean_log_likelihood(x, found.parameters)
        if found.iterations != 1 + workload.passes:
            raise ArithmeticError(f"{peer.name} stopped early on {workload.label}")
    if not np.allclose(list(likelihoods.values()), likelihoods[peers[0].name], _EQUAL, 0):
        raise ArithmeticError(f"not the same work on {workload.label}: {likelihoods}")
    costs: dict[str, list[Cost]] = {peer.name: [] for peer in peers}
    for _, peer in in_turns(peers, range(repeats)):
        costs[peer.name].append(_pass(peer, x, start, workload.passes))
    return {
        "workload": workload.label,
        "passes": workload.passes,
        "log_likelihood": likelihoods,
        "cpu": {name: median(cost.cpu for cost in all_) for name, all_ in costs.items()},
        "wall": {name: median(cost.wall for cost in all_) for name, all_ in costs.items()},
        "repeats": costs,
    }


def _pass(peer: Peer, x: np.ndarray, start: Any, passes: int) -> Cost:
    one, _ = timed(lambda: peer.fit_from(x, start, 1))
    more, _ = timed(lambda: peer.fit_from(x, start, 1 + passes))
    return Cost(*((b - a) / passes for a, b in zip(one, more, strict=True)))


def _matrix_product_rate() -> float:
    """Flop per second of a large float64 matrix product, all threads."""
    a = np.random.default_rng(0).standard_normal((2048, 2048))
    return 2 * len(a) ** 3 / median(timed(lambda: a @ a)[0].wall for _ in range(5))


def _share_of_roof(workload: Workload, row: dict[str, Any], rate: float) -> float | None:
    """2 n k d^2 flop over the pass time, over the rate of a matrix product (full, d >= 16)."""
    if workload.covariance_type != "full" or workload.d < 16:
        return None
    flop = 2 * workload.n * workload.k * workload.d**2
    return flop / row["wall"][MIXTURA.name] / rate


def figures(rows: Sequence[dict[str, Any]]) -> list[Figure]:
    """The ratios in CPU seconds, then on the clock."""
    found = []
    for cost, words in (("cpu", "CPU seconds"), ("wall", "wall time")):
        for peer, mean, least in ((SKLEARN.name, 20, 4), (ONEDAL.name, 2, None)):
            ratios = [
                row[cost][peer] / row[cost][MIXTURA.name] for row in rows if peer in row[cost]
            ]
            if not ratios:
                continue
            pair = f"{peer} / Mixtura, {words}"
            found += [
                Figure(f"{pair}: geometric mean", geometric_mean(ratios), mean),
                Figure(f"{pair}: least", min(ratios), least),
                Figure(
                    f"{pair}: workloads where Mixtura is ahead",
                    sum(each > 1 for each in ratios),
                    len(ratios),
                ),
            ]
    roofs = [row["roof"] for row in rows if row["roof"] is not None]
    return [*found, Figure("share of the matrix product's rate: least", min(roofs), 0.5)]


def tables(rows: Sequence[dict[str, Any]]) -> str:
    """CPU and wall milliseconds a pass."""
    peers = list(rows[0]["cpu"])
    others = [peer for peer in peers if peer in (SKLEARN.name, ONEDAL.name)]
    header = ["", *peers, *(f"{peer} / Mixtura" for peer in others)]
    parts = []
    for cost, words in (("cpu", "CPU"), ("wall", "Wall")):
        body = [
            [
                row["workload"],
                *(number(1e3 * row[cost][peer]) for peer in peers),
                *(ratio(row[cost][peer], row[cost][MIXTURA.name]) for peer in others),
            ]
            for row in rows
        ]
        parts.append(f"{words} milliseconds a pass:\n\n{table(header, body)}")
    roofs = [[row["workload"], number(row["roof"])] for row in rows if row["roof"] is not None]
    parts.append(table(["", "share of the matrix product's rate"], roofs))
    return "\n\n".join(parts)
