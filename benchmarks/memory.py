"""How much memory a fit takes beyond the data, each in a process of its own (Linux)."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.fresh import number_from
from benchmarks.peers import MIXTURA, SKLEARN, Peer
from benchmarks.tables import Figure, number, ratio, table
from benchmarks.workloads import SEPARATED, Workload

__all__ = ["figures", "measured", "rows", "tables"]

_PEERS = (SKLEARN, MIXTURA)
_FIRST = 50_000  # rows of a fit that loads what a library imports and compiles when it fits

# The high-water mark is VmHWM: ru_maxrss would be that of the process that started this one,
# if that is larger.
_SCRIPT = """
import importlib, re, sys, numpy
module, path, k, covariance_type, first = sys.argv[1:]
mixture = importlib.import_module(module).GaussianMixture
x = numpy.load(path)
kilobytes = lambda name: int(re.search(name + r":\\s*(\\d+)", open("/proc/self/status").read())[1])
fit = mixture(int(k), covariance_type=covariance_type, max_iter=2, random_state=0).fit
if int(first):
    fit(x[: int(first)])
    open("/proc/self/clear_refs", "w").write("5")  # the high-water mark starts again from here
before = kilobytes("VmRSS")
fit(x)
print(1024 * (kilobytes("VmHWM") - before))
"""


def rows(quick: bool) -> Iterator[dict[str, Any]]:
    """One row a workload; the last one is W5 four times over, to see what grows with n."""
    _, _, w3, _, w5, _, w7, w8 = SEPARATED
    for workload in (w3, w7, w8, w5, w5._replace(n=4 * w5.n)):
        yield measured(workload.small() if quick else workload)


def measured(workload: Workload) -> dict[str, Any]:
    """Peak bytes beyond the imported library and the loaded data, of two iterations."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows.npy"
        x = workload.rows(seed=0)
        np.save(path, x)
        _bytes(path, workload, first=0, peers=(MIXTURA,))  # unmeasured: compiles what is not yet
        return {
            "workload": workload.label,
            "data": x.nbytes,
            "bytes": _bytes(path, workload, first=0),
            "later": _bytes(path, workload, first=_FIRST),
        }


def _bytes(
    path: Path, workload: Workload, first: int, peers: Sequence[Peer] = _PEERS
) -> dict[str, float]:
    """Of every peer, after a fit of the `first` rows."""
    return {
        peer.name: number_from(
            _SCRIPT, peer.module, path, workload.k, workload.covariance_type, first
        )
        for peer in peers
    }


def figures(rows: Sequence[dict[str, Any]]) -> list[Figure]:
    """The most that any workload takes."""
    return [
        Figure(
            f"megabytes beyond the data, {words}{peer.name}: most",
            max(row[fit][peer.name] for row in rows) / 1e6,
            100 if peer is MIXTURA else None,
            at_most=peer is MIXTURA,
        )
        for fit, words in (("bytes", ""), ("later", "a later fit, "))
        for peer in (MIXTURA, SKLEARN)
    ]


def tables(rows: Sequence[dict[str, Any]]) -> str:
    """Megabytes by workload."""
    return table(
        (
            "",
            "data, MB",
            "scikit-learn, MB",
            "Mixtura, MB",
            "scikit-learn / Mixtura",
            "a later fit: scikit-learn, MB",
            "Mixtura, MB",
        ),
        (
            (
                row["workload"],
                number(row["data"] / 1e6),
                *(number(row["bytes"][peer.name] / 1e6) for peer in _PEERS),
                ratio(*(row["bytes"][peer.name] for peer in _PEERS)),
                *(number(row["later"][peer.name] / 1e6) for peer in _PEERS),
            )
            for row in rows
        ),
    )
