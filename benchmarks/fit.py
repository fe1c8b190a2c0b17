"""How long a default fit takes, and where it ends."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from statistics import median
from typing import Any

from benchmarks.evaluate import mean_log_likelihood
from benchmarks.peers import MIXTURA, SKLEARN
from benchmarks.tables import Figure, number, ratio, table
from benchmarks.timing import geometric_mean, in_turns, timed
from benchmarks.workloads import OVERLAPPING, REAL, SEPARATED, Workload

__all__ = ["figures", "measured", "rows", "tables"]

_PEERS = (SKLEARN, MIXTURA)


def rows(quick: bool) -> Iterator[dict[str, Any]]:
    """One row a workload; real data, which are small, from three seeds."""
    for workload in (*SEPARATED, *OVERLAPPING, *REAL):
        seeds = range(3 if workload in REAL and not quick else 1)
        yield measured(workload.small() if quick else workload, seeds)


def measured(workload: Workload, seeds: Sequence[int]) -> dict[str, Any]:
    """Wall seconds, iterations and final mean log-likelihood of every seed."""
    x, drawn = workload.rows(seeds[0]), seeds[0]
    for peer in _PEERS:  # untimed: compiles, wakes thread pools
        peer.fit(x, workload.k, workload.covariance_type, seeds[0], max_iter=1)
    runs: dict[str, list[dict[str, float]]] = {peer.name: [] for peer in _PEERS}
    for seed, peer in in_turns(_PEERS, seeds):
        if seed != drawn:
            x, drawn = workload.rows(seed), seed
        cost, found = timed(
            lambda x=x, peer=peer, seed=seed: peer.fit(
                x, workload.k, workload.covariance_type, seed
            )
        )
        runs[peer.name].append(
            {
                "wall": cost.wall,
                "cpu": cost.cpu,
                "iterations": found.iterations,
                "log_likelihood": mean_log_likelihood(x, found.parameters),
            }
        )
    return {
        "workload": workload.label,
        "weight": 0 if workload in REAL else 2 if workload.overlapping else 1,
        "wall": {name: median(run["wall"] for run in all_) for name, all_ in runs.items()},
        "gain": [  # nats a row that Mixtura ends higher, by seed
            ours["log_likelihood"] - theirs["log_likelihood"]
            for ours, theirs in zip(runs[MIXTURA.name], runs[SKLEARN.name], strict=True)
        ],
        "seeds": runs,
    }


def figures(rows: Sequence[dict[str, Any]]) -> list[Figure]:
    """Ratio of wall times, the overlapping workloads counted twice, and likelihoods."""
    ratios = [row["wall"][SKLEARN.name] / row["wall"][MIXTURA.name] for row in rows]
    weights = [row["weight"] for row in rows]
    small = [each for each, weight in zip(ratios, weights, strict=True) if not weight]
    return [
        Figure(
            "scikit-learn / Mixtura, W1-W8: geometric mean", geometric_mean(ratios, weights), 30
        ),
        Figure("scikit-learn / Mixtura, real data: geometric mean", geometric_mean(small), 1),
        Figure("scikit-learn / Mixtura: least", min(ratios)),
        Figure("nats that Mixtura ends higher: least", min(min(r["gain"]) for r in rows), -1e-3),
        Figure("nats that Mixtura ends higher: median", median(g for r in rows for g in r["gain"])),
    ]


def tables(rows: Sequence[dict[str, Any]]) -> str:
    """Seconds, iterations and nats by workload, medians over the seeds."""
    header = (
        *("", "scikit-learn, s", "Mixtura, s", "scikit-learn / Mixtura"),
        *("iterations", "nats higher: median", "least"),
    )
    return table(
        header,
        (
            (
                row["workload"],
                *(number(row["wall"][peer.name]) for peer in _PEERS),
                ratio(*(row["wall"][peer.name] for peer in _PEERS)),
                ", ".join(
                    number(median(run["iterations"] for run in row["seeds"][peer.name]))
                    for peer in _PEERS
                ),
                f"{median(row['gain']):+.4f}",
                f"{min(row['gain']):+.4f}",
            )
            for row in rows
        ),
    )
