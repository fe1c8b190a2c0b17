"""Whether a default fit ends at least as high as the best of ten of scikit-learn's."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from statistics import median
from typing import Any

from benchmarks.evaluate import mean_log_likelihood
from benchmarks.peers import MIXTURA, SKLEARN
from benchmarks.tables import Figure, number, table
from benchmarks.timing import timed
from benchmarks.workloads import OVERLAPPING, PEERS_OWN, REAL, SEPARATED, Workload

__all__ = ["figures", "measured", "rows", "tables"]

_ROWS = 5_000  # ten fits of scikit-learn's to all rows would take an hour
_CONTEST = ((SKLEARN, {"n_init": 10}), (MIXTURA, {}))


def rows(quick: bool) -> Iterator[dict[str, Any]]:
    """One row a data set, over three seeds of data and fit."""
    for workload in (*SEPARATED, *OVERLAPPING, *REAL, *PEERS_OWN):
        workload = workload.small().cut(1_000) if quick else workload.cut(_ROWS)
        yield measured(workload, range(1 if quick else 3))


def measured(workload: Workload, seeds: Sequence[int]) -> dict[str, Any]:
    """Final mean log-likelihoods and seconds of every seed."""
    runs: dict[str, list[dict[str, float]]] = {peer.name: [] for peer, _ in _CONTEST}
    for seed in seeds:
        x = workload.rows(seed)
        for peer, options in _CONTEST:
            cost, found = timed(
                lambda x=x, peer=peer, seed=seed, options=options: peer.fit(
                    x, workload.k, workload.covariance_type, seed, **options
                )
            )
            likelihood = mean_log_likelihood(x, found.parameters)
            runs[peer.name].append({"wall": cost.wall, "log_likelihood": likelihood})
    return {
        "workload": workload.label,
        "gain": [
            ours["log_likelihood"] - theirs["log_likelihood"]
            for ours, theirs in zip(runs[MIXTURA.name], runs[SKLEARN.name], strict=True)
        ],
        "seeds": runs,
    }


def figures(rows: Sequence[dict[str, Any]]) -> list[Figure]:
    """Share of (data, seed) where Mixtura is at least equal."""
    gains = [gain for row in rows for gain in row["gain"]]
    return [
        Figure("share of (data, seed) at least equal, to 1e-3 nat", _share(gains, 1e-3), 0.95),
        Figure("share of (data, seed) at least equal, to 1e-6 nat", _share(gains, 1e-6)),
        Figure("nats that Mixtura ends higher: least", min(gains)),
        Figure("nats that Mixtura ends higher: median", median(gains)),
    ]


def _share(gains: Sequence[float], tolerance: float) -> float:
    return sum(gain >= -tolerance for gain in gains) / len(gains)


def tables(rows: Sequence[dict[str, Any]]) -> str:
    """Nats by data set, and what they cost."""
    return table(
        ("", "at least equal", "nats higher: median", "least", "scikit-learn, s", "Mixtura, s"),
        (
            (
                row["workload"],
                f"{sum(gain >= -1e-3 for gain in row['gain'])} of {len(row['gain'])}",
                f"{median(row['gain']):+.4f}",
                f"{min(row['gain']):+.4f}",
                *(
                    number(median(run["wall"] for run in row["seeds"][peer.name]))
                    for peer, _ in _CONTEST
                ),
            )
            for row in rows
        ),
    )
