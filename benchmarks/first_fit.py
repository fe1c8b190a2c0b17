"""How long a fresh process takes to import the library and fit once."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from benchmarks.fresh import number_from
from benchmarks.peers import MIXTURA, SKLEARN
from benchmarks.tables import Figure, number, ratio, table
from benchmarks.timing import in_turns
from benchmarks.workloads import REAL, SEPARATED, Workload

__all__ = ["figures", "measured", "rows", "tables"]

_PEERS = (SKLEARN, MIXTURA)

_SCRIPT = """
import time
begin = time.perf_counter()
import importlib, sys, numpy
module, path, k = sys.argv[1:]
mixture = importlib.import_module(module).GaussianMixture
mixture(int(k), random_state=0).fit(numpy.load(path))
print(time.perf_counter() - begin)
"""


def rows(quick: bool) -> Iterator[dict[str, Any]]:
    """Small data, where nothing is compiled; then large data, compiled before or not yet."""
    repeats = 1 if quick else 9
    yield measured("faithful 272,2,3", REAL[0], repeats)
    yield measured("W1 100k,2,3, compiled before", SEPARATED[0], repeats)
    with tempfile.TemporaryDirectory() as empty:
        once = {"NUMBA_CACHE_DIR": empty}
        yield measured("W1 100k,2,3, nothing compiled yet", SEPARATED[0], 1, once)


def measured(
    case: str, workload: Workload, repeats: int, env: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """Seconds of import plus fit, in turns; the first of each wakes the disk, unmeasured.

    With an `env`, as it is the first time that is asked for, nothing is run before.
    """
    seconds: dict[str, list[float]] = {peer.name: [] for peer in _PEERS}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows.npy"
        np.save(path, workload.rows(seed=0))
        if env is None:
            for peer in _PEERS:
                number_from(_SCRIPT, peer.module, path, workload.k)
        for _, peer in in_turns(_PEERS, range(repeats)):
            seconds[peer.name].append(number_from(_SCRIPT, peer.module, path, workload.k, env=env))
    return {
        "case": case,
        "wall": {name: median(all_) for name, all_ in seconds.items()},
        "repeats": seconds,
    }


def figures(rows: Sequence[dict[str, Any]]) -> list[Figure]:
    """On small data alone."""
    wall = rows[0]["wall"]
    return [
        Figure("scikit-learn / Mixtura, 272 x 2", wall[SKLEARN.name] / wall[MIXTURA.name], 1),
    ]


def tables(rows: Sequence[dict[str, Any]]) -> str:
    """Seconds by case."""
    return table(
        ("", "scikit-learn, s", "Mixtura, s", "scikit-learn / Mixtura"),
        (
            (
                row["case"],
                *(number(row["wall"][peer.name]) for peer in _PEERS),
                ratio(*(row["wall"][peer.name] for peer in _PEERS)),
            )
            for row in rows
        ),
    )
