"""What more worker processes bring to a pass, and the bytes that cross between them."""

from __future__ import annotations

import pickle
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils._testing import ignore_warnings

from benchmarks.evaluate import Parameters, mean_log_likelihood
from benchmarks.tables import Figure, number, ratio, table
from benchmarks.timing import geometric_mean, in_turns, medians
from benchmarks.workloads import SEPARATED, Workload, starting_parameters
from mixtura import GaussianMixture

__all__ = ["figures", "measured", "rows", "tables"]

MEMORY, ONE, TWO = "in memory, 1 thread", "1 worker", "2 workers"
_WORKERS = {ONE: 1, TWO: 2}
_COSTS = {"wall": "wall time", "busiest": "CPU of the busiest worker"}
_PARTITIONS = 8
_HERE = "here"
_sent = [0]  # bytes, by this process
_EQUAL = 1e-6  # relative difference of likelihoods that equal work may leave


class Cost(NamedTuple):
    """On the clock; CPU of the busiest worker, or of this process; bytes that all sent."""

    wall: float
    busiest: float
    crossed: float


class Counted(NamedTuple):
    """What one process has used and sent so far."""

    cpu: float
    sent: int


def rows(quick: bool) -> Iterator[dict[str, Any]]:
    """One row a workload: little work a row, then much."""
    for workload, times in ((SEPARATED[4], 4), (SEPARATED[1], 10), (SEPARATED[2], 2)):
        large = workload._replace(n=times * workload.n, passes=10)
        yield measured(large.small() if quick else large, repeats=1 if quick else 3)


def measured(workload: Workload, repeats: int) -> dict[str, Any]:
    """Median seconds and bytes a pass: (1 + m iterations, less 1 iteration) / m.

    The workers have one thread each, and read their rows from a file. Bytes are those that Dask
    writes to its sockets, in every process, as Dask counts them.

    Raises
    ------
    ArithmeticError
        If the fits end at different likelihoods: it was other work.
    """
    from distributed import Client, LocalCluster

    x = workload.rows(seed=0)
    start = starting_parameters(x, workload.k, workload.covariance_type, seed=0)
    with ExitStack() as stack:
        path = Path(stack.enter_context(tempfile.TemporaryDirectory())) / "rows.npy"
        np.save(path, x)
        data: dict[str, tuple[Any, Any]] = {MEMORY: (x, None)}
        for name, workers in _WORKERS.items():
            cluster = LocalCluster(n_workers=workers, threads_per_worker=1, dashboard_address=":0")
            client = stack.enter_context(Client(stack.enter_context(cluster)))
            data[name] = _array(path, x.shape), client
            client.run(_count_writes)
        _count_writes()
        found = {name: _fit(*each, start, 1 + workload.passes) for name, each in data.items()}
        likelihoods = {name: _likelihood(x, model) for name, model in found.items()}
        if not np.allclose(list(likelihoods.values()), likelihoods[MEMORY], _EQUAL, 0):
            raise ArithmeticError(f"not the same work on {workload.label}: {likelihoods}")
        costs: dict[str, list[Cost]] = {name: [] for name in data}
        for _, name in in_turns(list(data), range(repeats)):
            costs[name].append(_pass(*data[name], start, workload.passes))
    return {
        "workload": workload.label,
        "data": x.nbytes,
        "log_likelihood": likelihoods,
        **medians(costs),
        "parameters": len(pickle.dumps(start)),
        "repeats": costs,
    }


def _array(path: Path, shape: tuple[int, int]) -> Any:
    """The rows as a dask array whose blocks the workers read."""
    import dask.array as da
    from dask import delayed

    n, d = shape
    cuts = np.linspace(0, n, _PARTITIONS + 1).astype(int)
    return da.concatenate(
        [
            da.from_delayed(delayed(_load)(str(path), start, end), (end - start, d), float)
            for start, end in pairwise(cuts)
        ]
    )


def _load(path: str, start: int, end: int) -> np.ndarray:
    return np.array(np.load(path, mmap_mode="r")[start:end])


def _pass(data: Any, client: Any, start: Parameters, passes: int) -> Cost:
    few, many = (_cost(data, client, start, iterations) for iterations in (1, 1 + passes))
    return Cost(*((b - a) / passes for a, b in zip(few, many, strict=True)))


def _cost(data: Any, client: Any, start: Parameters, iterations: int) -> Cost:
    before, begin = _counted(client), time.perf_counter()
    _fit(data, client, start, iterations)
    wall, after = time.perf_counter() - begin, _counted(client)
    used = {name: after[name].cpu - before[name].cpu for name in after}
    sent = sum(after[name].sent - before[name].sent for name in after)
    return Cost(wall, max(used[name] for name in used if client is None or name != _HERE), sent)


def _counted(client: Any) -> dict[str, Counted]:
    """Of this process, where the scheduler is too, and of every worker by its address."""
    workers = {} if client is None else client.run(_so_far)
    return {_HERE: _so_far(), **workers}


def _so_far() -> Counted:
    return Counted(time.process_time(), _sent[0])


def _count_writes() -> None:
    """Have this process count what Dask writes to its sockets; `write` returns it."""
    from distributed.comm.tcp import TCP

    write = TCP.write

    async def counting(self: Any, *arguments: Any, **options: Any) -> int:
        written = await write(self, *arguments, **options)
        _sent[0] += written
        return written

    TCP.write = counting


@ignore_warnings(category=ConvergenceWarning)
def _fit(data: Any, client: Any, start: Parameters, iterations: int) -> GaussianMixture:
    diagonal = start.covariances.ndim == 2
    precisions = 1.0 / start.covariances if diagonal else np.linalg.inv(start.covariances)
    model = GaussianMixture(
        len(start.weights),
        covariance_type="diag" if diagonal else "full",
        weights_init=start.weights,
        means_init=start.means,
        precisions_init=precisions,
        max_iter=iterations,
        tol=0.0,
        engine="numba",
        n_jobs=1,
    )
    with ExitStack() as stack:
        if client is not None:
            stack.enter_context(client.as_current())
        return model.fit(data)


def _likelihood(x: np.ndarray, model: GaussianMixture) -> float:
    return mean_log_likelihood(x, Parameters(model.weights_, model.means_, model.covariances_))


def figures(rows: Sequence[dict[str, Any]]) -> list[Figure]:
    """What the second worker brings, what Dask costs, and how little crosses."""
    return [
        *(
            Figure(
                f"{ONE} / {TWO}, {words}: geometric mean",
                geometric_mean([row[cost][ONE] / row[cost][TWO] for row in rows]),
            )
            for cost, words in _COSTS.items()
        ),
        Figure(
            "CPU seconds, in memory / 1 worker: least",
            min(row["busiest"][MEMORY] / row["busiest"][ONE] for row in rows),
        ),
        Figure(
            "kilobytes that cross a pass, 2 workers: most",
            max(row["crossed"][TWO] for row in rows) / 1e3,
        ),
    ]


def tables(rows: Sequence[dict[str, Any]]) -> str:
    """Milliseconds and kilobytes a pass."""
    parts = []
    for cost, words in _COSTS.items():
        body = [
            [
                row["workload"],
                *(number(1e3 * seconds) for seconds in row[cost].values()),
                ratio(row[cost][ONE], row[cost][TWO]),
            ]
            for row in rows
        ]
        header = ["", *rows[0][cost], f"{ONE} / {TWO}"]
        parts.append(f"Milliseconds a pass, {words}:\n\n{table(header, body)}")
    header = [
        "",
        "the rows, kB",
        "the parameters, kB",
        *(f"crossing, {name}, kB" for name in _WORKERS),
    ]
    body = [
        [
            row["workload"],
            *(number(row[name] / 1e3) for name in ("data", "parameters")),
            *(number(row["crossed"][name] / 1e3) for name in _WORKERS),
        ]
        for row in rows
    ]
    return "\n\n".join([*parts, table(header, body)])
