"""What reading rows anew in every pass costs, and how much memory that takes (Linux)."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils._testing import ignore_warnings

from benchmarks.evaluate import Parameters, mean_log_likelihood
from benchmarks.fresh import number_from
from benchmarks.tables import Figure, number, ratio, table
from benchmarks.timing import Cost, in_turns, medians, timed
from benchmarks.workloads import SEPARATED, Workload, starting_parameters
from mixtura import GaussianMixture, scan

__all__ = ["figures", "limited", "measured", "rows", "tables"]

MEMORY, PARQUET, HELD, NPY = "in memory", "Parquet", "Parquet, half held", "NPY"
ALONE = "Parquet, read alone"
_GOALS = {PARQUET: 0.7, NPY: 0.7}
_EQUAL = 1e-6  # relative difference of likelihoods that equal work may leave
_LIMIT = 500_000_000
_FILES = 4
_GROUP = 250_000  # rows of a row group

# The high-water mark of the command, in bytes.
_SCRIPT = """
import re, sys
from mixtura.cli import main
try:
    main(sys.argv[1:])
finally:
    print(1024 * int(re.search(r"VmHWM:\\s*(\\d+)", open("/proc/self/status").read())[1]))
"""


def rows(quick: bool) -> Iterator[dict[str, Any]]:
    """One row a workload: little work a row, then more; the last, what the commands take."""
    for workload, times in ((SEPARATED[4], 4), (SEPARATED[1], 20), (SEPARATED[2], 1)):
        large = workload._replace(n=times * workload.n, passes=4)
        yield measured(large.small() if quick else large, repeats=1 if quick else 3)
    yield limited(SEPARATED[1]._replace(k=8), _LIMIT // 100 if quick else _LIMIT)


def measured(workload: Workload, repeats: int) -> dict[str, Any]:
    """Median seconds a pass by place: (1 + m iterations, less 1 iteration) / m.

    And of reading the Parquet as pyarrow does, with nothing done to it.

    Raises
    ------
    ArithmeticError
        If the fits end at different likelihoods: it was other work.
    """
    x = workload.rows(seed=0)
    start = starting_parameters(x, workload.k, workload.covariance_type, seed=0)
    with tempfile.TemporaryDirectory() as folder:
        places: dict[str, Any] = {MEMORY: x, **_written(x, Path(folder))}
        likelihoods = {
            name: _likelihood(x, _fit(place, start, 1 + workload.passes))
            for name, place in places.items()
        }
        if not np.allclose(list(likelihoods.values()), likelihoods[MEMORY], _EQUAL, 0):
            raise ArithmeticError(f"not the same work on {workload.label}: {likelihoods}")
        costs: dict[str, list[Cost]] = {name: [] for name in [*places, ALONE]}
        for _, name in in_turns(list(costs), range(repeats)):
            if name == ALONE:
                costs[name].append(timed(partial(_scan, places[PARQUET]))[0])
            else:
                costs[name].append(_pass(places[name], start, workload.passes))
    return {
        "workload": workload.label,
        "data": x.nbytes,
        "log_likelihood": likelihoods,
        **medians(costs),
        "repeats": costs,
    }


def limited(workload: Workload, limit: int) -> dict[str, Any]:
    """Most resident memory of commands on Parquet of four times `limit` bytes."""
    parts = 40
    cut = workload._replace(n=4 * limit // (8 * workload.d * parts))
    x = cut.rows(seed=0)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "rows"
        folder.mkdir()
        _write(folder / "part.parquet", (x for _ in range(parts)))
        model, out = Path(name) / "m.safetensors", Path(name) / "out.parquet"
        memory = ("--memory", limit)
        fit = ("-k", cut.k, "--max-iter", 3, "-q", "--output", model)
        return {
            "workload": f"{workload.name} {parts * cut.n // 1000}k,{cut.d},{cut.k} full",
            "data": parts * x.nbytes,
            "limit": limit,
            "bytes": {
                "fit": number_from(_SCRIPT, "fit", folder, *fit, *memory),
                "predict": number_from(_SCRIPT, "predict", model, folder, *memory, "-o", out),
                "score": number_from(_SCRIPT, "score", model, folder, *memory),
            },
        }


def _written(x: np.ndarray, folder: Path) -> dict[str, Any]:
    """The rows in files, and as a scan that may hold half of them."""
    np.save(folder / "rows.npy", x)
    (folder / "rows").mkdir()
    for number_, part in enumerate(np.array_split(x, _FILES)):
        _write(
            folder / "rows" / f"{number_}.parquet", np.array_split(part, 1 + len(part) // _GROUP)
        )
    parquet = str(folder / "rows")
    half = scan(parquet, memory=int(0.55 * x.nbytes))  # with the marks of what is missing
    return {PARQUET: parquet, HELD: half, NPY: str(folder / "rows.npy")}


def _scan(folder: str) -> None:
    """Every column decoded, on one thread."""
    from pyarrow import parquet

    for path in sorted(Path(folder).iterdir()):
        with parquet.ParquetFile(path, pre_buffer=False, buffer_size=2**20) as file:
            for _ in file.iter_batches(2**14, use_threads=False):
                pass


def _write(path: Path, groups: Any) -> None:
    """Rows as Parquet, a row group each; pyarrow's defaults, but no dictionary of floats."""
    import pyarrow
    from pyarrow import parquet

    def as_table(x: np.ndarray) -> Any:
        return pyarrow.table({f"x{j}": column for j, column in enumerate(x.T)})

    groups = map(as_table, groups)
    first = next(groups)
    with parquet.ParquetWriter(path, first.schema, use_dictionary=False) as writer:
        writer.write_table(first)
        for group in groups:
            writer.write_table(group)


def _pass(place: Any, start: Parameters, passes: int) -> Cost:
    def cost(iterations: int) -> Cost:
        return timed(partial(_fit, place, start, iterations))[0]

    few, many = cost(1), cost(1 + passes)
    return Cost(*((b - a) / passes for a, b in zip(few, many, strict=True)))


@ignore_warnings(category=ConvergenceWarning)
def _fit(place: Any, start: Parameters, iterations: int) -> GaussianMixture:
    return GaussianMixture(
        len(start.weights),
        weights_init=start.weights,
        means_init=start.means,
        precisions_init=np.linalg.inv(start.covariances),
        max_iter=iterations,
        tol=0.0,
        engine="numba",
    ).fit(place)


def _likelihood(x: np.ndarray, model: GaussianMixture) -> float:
    return mean_log_likelihood(x, Parameters(model.weights_, model.means_, model.covariances_))


def figures(rows: Sequence[dict[str, Any]]) -> list[Figure]:
    """The pass rate of streams, and what commands take of the memory they were given."""
    passes, commands = [row for row in rows if "cpu" in row], rows[-1]
    return [
        *(
            Figure(
                f"{MEMORY} / {place}, wall time a pass: least",
                min(row["wall"][MEMORY] / row["wall"][place] for row in passes),
                _GOALS.get(place),
            )
            for place in _read(passes)
        ),
        *(
            Figure(
                f"{MEMORY} / {MEMORY} and {name}, CPU seconds: least",
                min(row["cpu"][MEMORY] / (row["cpu"][MEMORY] + row["cpu"][name]) for row in passes),
            )
            for name in passes[0]["cpu"]
            if name == ALONE
        ),
        Figure(
            f"megabytes of `mixtura fit` on {number(commands['data'] / 1e6)} MB of rows",
            commands["bytes"]["fit"] / 1e6,
            commands["limit"] / 1e6,
            at_most=True,
        ),
    ]


def _read(passes: Sequence[dict[str, Any]]) -> list[str]:
    """The places that are read anew."""
    return [place for place in passes[0]["wall"] if place not in (MEMORY, ALONE)]


def tables(rows: Sequence[dict[str, Any]]) -> str:
    """Milliseconds a pass, megabytes of data a second, and megabytes resident."""
    passes, commands = [row for row in rows if "cpu" in row], rows[-1]
    parts = []
    for cost, words in (("wall", "wall"), ("cpu", "CPU")):
        body = [
            [
                row["workload"],
                number(row["data"] / 1e6),
                *(number(1e3 * seconds) for seconds in row[cost].values()),
                *(ratio(row[cost][MEMORY], row[cost][place]) for place in _read(passes)),
                number(row["data"] / 1e6 / row[cost][PARQUET]),
            ]
            for row in passes
        ]
        header = [
            "",
            "data, MB",
            *passes[0][cost],
            *(f"memory / {place}" for place in _read(passes)),
        ]
        parts.append(f"Milliseconds a pass, {words}:\n\n{table([*header, 'Parquet, MB/s'], body)}")
    resident = [number(each / 1e6) for each in commands["bytes"].values()]
    sizes = [number(commands[name] / 1e6) for name in ("data", "limit")]
    header = ["", "data, MB", "--memory, MB", *(f"{name}, MB" for name in commands["bytes"])]
    parts.append(table(header, [[commands["workload"], *sizes, *resident]]))
    return "\n\n".join(parts)
