"""Rows in Spark: a frame, each partition of which is summed up where its executor is."""

from __future__ import annotations

import pickle
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import partial, reduce
from operator import add
from typing import Any

import numpy as np

from mixtura.exceptions import InvalidDataError, InvalidParameterError, MixturaError, import_extra
from mixtura.rows._partition import (
    Facts,
    Reading,
    facts,
    mapped,
    mean_weight,
    read,
    taken,
    totalled,
)
from mixtura.rows.memory import MemoryRows
from mixtura.rows.place import Place, Request
from mixtura.rows.store import Piece, Rows

__all__ = ["Spark", "SparkRows"]

# What an executor answers: of which partition, how many rows it has, and a pickled value.
_ANSWER = "number int, n long, value binary"
_ADVICE = "X.dropna(), and infinities: X.where('abs(COLUMN) < double(\"inf\")')"


class Spark(Place):
    """Frames of Spark's SQL."""

    def holds(self, X: Any) -> bool:
        return "pyspark.sql" in sys.modules and isinstance(X, spark("pyspark.sql").DataFrame)

    def open(self, X: Any, request: Request) -> SparkRows:
        if not isinstance(X, spark("pyspark.sql").DataFrame):
            raise InvalidDataError(
                f'`X` must be a pyspark.sql.DataFrame for rows="spark", got {type(X).__name__}; '
                'type session.read.parquet(path), or rows="auto"'
            )
        if request.weights is None:
            raise InvalidDataError(
                "`X` must not be a Spark frame where every row has a result, since its rows have "
                "no order; add a column: X.mapInPandas(lambda parts: (part.assign(label="
                "mixture.predict(part[names])) for part in parts), X.selectExpr('*', '0 AS label')"
                ".schema)"
            )
        frame, reading = _chosen(X, request.picked, request.sample_weight)
        request.columns(reading.names, len(reading.names or ()))
        return SparkRows(frame, reading, request.n_jobs)


class SparkRows(Rows):
    """Rows of a frame, counted and checked in a first pass.

    A pass sends the function to each executor, which applies it to its partitions, block by block
    on one thread; one sum a partition comes home, where they are added in the order of the
    partitions.

    Parameters
    ----------
    frame : pyspark.sql.DataFrame
        The features, in their order, and the weights.
    reading : Reading
    n_jobs : int
        Threads for rows that are taken here.
    """

    name = "spark"

    def __init__(self, frame: Any, reading: Reading, n_jobs: int):
        self._frame, self._reading, self._n_jobs = frame, reading, n_jobs
        self.d, self.dtype = len(reading.names or ()), reading.dtype
        self._facts: dict[int, Facts] = {}
        self._facts = dict(self._asked(facts))
        if not self._facts:
            raise InvalidDataError(
                "`X` must have rows, with a weight above 0, got none in the Spark frame; give at "
                "least two"
            )
        self.n = sum(one.n for one in self._facts.values())
        self.unit = mean_weight(list(self._facts.values()))

    def total(self, function: Callable, block_rows: int) -> Any:
        step = partial(totalled, function, block_rows, self.unit)
        return reduce(add, (one for _, one in self._asked(step)))

    def batches(self, count: int, block_rows: int) -> Iterator[Piece]:
        """One piece: a job for some of the partitions takes Spark as long as one for all."""
        yield lambda function: self.total(function, block_rows)

    def concatenate(self, function: Callable, block_rows: int) -> np.ndarray:
        return np.concatenate(list(self.each(function, block_rows)))

    def each(self, function: Callable, block_rows: int) -> Iterator[np.ndarray]:
        """Results a partition; all come home at once."""
        empty = function(np.zeros((1, self.d), self.dtype), None)[:0]
        for _, result in self._asked(partial(mapped, function, block_rows, empty)):
            yield result

    def take(self, chosen: np.ndarray) -> MemoryRows:
        ends = np.cumsum([one.n for one in self._facts.values()])
        pieces = np.split(chosen, np.searchsorted(chosen, ends)[:-1])
        wanted = {
            number: (piece - (end - one.n),)
            for (number, one), end, piece in zip(self._facts.items(), ends, pieces, strict=True)
            if len(piece)
        }
        x, weights = zip(*(found for _, found in self._asked(taken, wanted)), strict=True)
        scaled = None if weights[0] is None else np.concatenate(weights) / self.unit
        return MemoryRows(np.concatenate(x), scaled, self._n_jobs)

    def _asked(
        self, step: Callable, wanted: dict[int, tuple] | None = None
    ) -> list[tuple[int, Any]]:
        """``step(*wanted[number], partition)`` of the partitions wanted, or of all, in order."""
        answer = partial(_answer, self._reading, step, wanted)
        try:
            answers = self._frame.mapInArrow(answer, _ANSWER).collect()
        except spark("pyspark.errors").PythonException as error:
            raise InvalidDataError(
                "`X` must be a Spark frame whose executors can run Mixtura, of the driver's "
                f"version, got {_last_line(error)}; install it there"
            ) from error
        found = {each.number: (each.n, pickle.loads(each.value)) for each in answers}
        for number in sorted(found):
            if isinstance(found[number][1], MixturaError):
                raise found[number][1]
        expected = {number: self._facts[number].n for number in wanted or self._facts}
        if self._facts and {number: n for number, (n, _) in found.items()} != expected:
            raise InvalidDataError(
                "`X` must give the same rows in every pass, got other numbers of them in a "
                "partition of the Spark frame; type fit(X.persist())"
            )
        return [(number, found[number][1]) for number in sorted(found)]


def spark(module: str) -> Any:
    """Spark, imported when it is needed."""
    return import_extra(module, extra="spark", purpose="Rows in Spark, which needs Java 17 too,")


def _chosen(X: Any, picked: tuple[str, ...] | None, weight: Any) -> tuple[Any, Reading]:
    """The columns to fit to and of weights, as floating-point numbers."""
    if not (weight is None or isinstance(weight, str)):
        raise InvalidParameterError(
            "`sample_weight` must be the name of a column where `X` is a Spark frame, got "
            f"{type(weight).__name__}; type fit(X, sample_weight='weight')"
        )
    own = () if weight is None else (weight,)
    offered = list(X.columns)
    for name in (*(picked or ()), *own):
        if offered.count(name) != 1:
            raise InvalidDataError(
                f"`X` must have one column {name!r}, got columns {offered}; give a frame that has "
                "it, or name another"
            )
    names = picked or tuple(name for name in offered if name != weight)
    types = spark("pyspark.sql.types")
    kinds = {field.name: field.dataType for field in X.schema.fields}
    numeric = {
        name
        for name, kind in kinds.items()
        if isinstance(kind, (types.NumericType, types.BooleanType))
    }
    wrong = {name: kinds[name].simpleString() for name in (*names, *own) if name not in numeric}
    if wrong or not names or len(set(names)) < len(names):
        rest = [name for name in dict.fromkeys(names) if name in numeric]
        raise InvalidDataError(
            "`X` must have columns of real numbers only, with different names, got "
            f"{wrong or offered}; leave them out: X.select({rest})"
        )
    narrow = all(isinstance(kinds[name], types.FloatType) for name in names)
    casts = ["float" if narrow else "double"] * len(names) + ["double"] * len(own)
    columns = zip((*names, *own), casts, strict=True)
    frame = X.select(*(_as(X, name, kind, j) for j, (name, kind) in enumerate(columns)))
    dtype = np.dtype(np.float32 if narrow else np.float64)
    return frame, Reading(names, dtype, _ADVICE, weight)


def _as(X: Any, name: str, kind: str, number: int) -> Any:
    """The column of this name as numbers, under a name that `mapInArrow` can take."""
    quoted = name.replace("`", "``")
    return X[f"`{quoted}`"].cast(kind).alias(f"x{number}")


def _answer(
    reading: Reading, step: Callable, wanted: dict[int, tuple] | None, batches: Iterable[Any]
) -> Iterator[Any]:
    """What an executor does with a partition: the user's errors travel as values, not as stacks."""
    import pyarrow

    number = spark("pyspark").TaskContext.get().partitionId()
    parts = list(batches)  # all of them, or Spark would start another Python for the next
    if not parts or (wanted is not None and number not in wanted):
        return
    own = () if reading.weight is None else (reading.weight,)
    table = pyarrow.Table.from_batches(parts).rename_columns([*(reading.names or ()), *own])
    n, value = 0, None
    try:
        partition = read(reading, number, table.to_pandas())
        if not (n := len(partition.x)):
            return
        value = step(*(wanted or {}).get(number, ()), partition)
    except MixturaError as error:
        value = error
    columns = {"number": ([number], "int32"), "n": ([n], "int64")}
    columns["value"] = ([pickle.dumps(value)], "binary")
    yield pyarrow.RecordBatch.from_pydict(
        {name: pyarrow.array(*column) for name, column in columns.items()}
    )


def _last_line(error: Exception) -> str:
    """Of the traceback in an executor, the error itself."""
    lines = [line for line in str(error).splitlines() if line and not line[0].isspace()]
    return next((line for line in reversed(lines) if "Error" in line), lines[-1])
