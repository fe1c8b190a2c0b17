"""The rows a command works on: files, standard input or a bundled set, as its model wants them."""

from __future__ import annotations

import contextlib
import glob
import re
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any, NamedTuple

from mixtura.cli.failures import Failure
from mixtura.cli.options import Source
from mixtura.cli.render import bytes_in_words, integer
from mixtura.cli.streams import Stream, found
from mixtura.cli.wording import reworded
from mixtura.exceptions import InvalidParameterError

__all__ = ["Rows", "check_held", "read", "read_for"]

Array = Any

_BLOCK = 65_536  # rows
_COUNTED = "with `columns`; mixtura describe DATA counts such cells"
_GENERIC = re.compile(r"x\d+")  # what a column is called in a file without names


class Rows(NamedTuple):
    """Rows, what their columns are called, and what each row counts."""

    values: Any  # (n, d), or what `fit` takes of rows in a stream
    columns: tuple[str, ...]  # d names
    source: str
    skipped: tuple[str, ...]  # columns that do not hold numbers
    weights: Array | None = None  # (n,)
    classes: Array | None = None  # (n,) known classes of a bundled set
    stream: Stream | None = None  # where they are not in memory

    @property
    def n(self) -> int:
        """How many there are."""
        return len(self.values) if self.stream is None else self.stream.store.n

    @property
    def named(self) -> bool:
        """Whether the file had names; else they are x1, x2, ..."""
        return not all(_GENERIC.fullmatch(name) for name in self.columns)

    def facts(self) -> dict[str, Any]:
        """What they are, for JSON."""
        return {
            "source": self.source,
            "rows": self.n,
            "columns": self.columns,
            "skipped": self.skipped,
        }

    def line(self) -> str:
        """What they are, for people."""
        d = len(self.columns)
        some = ", ".join(self.columns[:6]) + (", …" if d > 6 else "")
        left = f"; left out, not numbers: {_listed(self.skipped)}" if self.skipped else ""
        size = "" if self.stream is None else f"; {bytes_in_words(self.stream.size)}, in a stream"
        return (
            f"{self.source}: {integer(self.n)} rows, {d} column{'s' * (d > 1)} ({some}){left}{size}"
        )

    def blocks(self) -> Iterator[Array]:
        """All of them, (b, d) at a time."""
        if self.stream is not None:
            yield from self.stream.blocks()
            return
        for start in range(0, len(self.values), _BLOCK):
            yield self.values[start : start + _BLOCK]

    def pick(self, names: Sequence[str]) -> Rows:
        """Only the columns `names`, in that order."""
        positions = [self.columns.index(name) for name in names]
        return self._replace(values=self.values[:, positions], columns=tuple(names))


def read(
    source: Source,
    weights: str | int | None = None,
    memory: int | None = None,
    finite: bool = True,
) -> Rows:
    """The rows of `source`; the column `weights`, if any, is taken out as what each row counts.

    Rows that would take more than `memory` bytes are not read but left in a stream, except those
    of text; None for all of them in memory. Unless `finite`, bad cells are NaN.
    """
    path = _resolve(source.data)
    stream = found(str(path), source.columns, weights, memory)
    if stream is None:
        return _of_table(source, path, weights, finite)
    if memory is not None and stream.size > memory:
        stream = stream.holding(memory)
        values, own, held = stream.x, stream.weights, stream
    else:
        (values, own), held = stream.loaded(finite), None
    return Rows(values, stream.columns, source.data, stream.skipped, own, stream=held)


def _of_table(source: Source, path: str | Path, weights: str | int | None, finite: bool) -> Rows:
    """The rows of one file, or of standard input, in memory."""
    from mixtura import datasets, tables

    columns = source.columns
    if weights is not None and columns is not None:
        columns = (*columns, weights)
    words = {"`path`": "`DATA`", str(path): source.data, "with `columns`": _COUNTED}
    with reworded(words):
        table = tables.read(
            path, columns, delimiter=source.delimiter, decimal=source.decimal, finite=finite
        )
    rows = Rows(table.values, table.columns, table.source, table.skipped)
    if isinstance(path, Path):
        rows = rows._replace(source=source.data, classes=datasets.load(source.data).labels)
    if weights is None:
        return rows
    weight = rows.columns[-1] if columns is not None else _named(rows, weights)
    features = [name for name in rows.columns if name != weight]
    if not features:
        raise Failure("`--weights` takes the only column; give DATA with one more")
    return rows.pick(features)._replace(weights=rows.pick([weight]).values[:, 0])


def read_for(source: Source, model: Any, memory: int | None = None) -> Rows:
    """The rows of `source` with the columns that `model` was fitted to, in its order.

    As `read` does, in a stream where they take more than `memory` bytes. Columns are matched by
    name, and by position where either side has no names.

    Raises
    ------
    Failure
        If columns that the model knows are missing, or their number differs.
    """
    names = [str(name) for name in getattr(model, "feature_names_in_", ())]
    by_name = bool(names) and source.columns is None
    if by_name and source.data != "-":  # other columns may hold anything
        with contextlib.suppress(InvalidParameterError):
            return read(source._replace(columns=tuple(names)), memory=memory)
    rows = read(source, memory=memory)
    if by_name and set(names) <= set(rows.columns):
        return rows.pick(names)
    missing = [name for name in names if name not in rows.columns]
    if by_name and rows.named:
        raise Failure(
            f"{rows.source} has no column of numbers named {_listed(missing)}, which the model "
            f"was fitted to; its columns are {_listed(rows.columns)}: rename them, or say which "
            "to take with --columns"
        )
    if len(rows.columns) != model.n_features_in_:
        raise Failure(
            f"{rows.source} must have {model.n_features_in_} columns as the model has, got "
            f"{len(rows.columns)} ({_listed(rows.columns)}); say which to take with --columns"
        )
    return rows


def check_held(rows: Rows, output: str | None) -> None:
    """Refuse a document of every row of a stream, unless the file `output` takes them instead."""
    if rows.stream is not None and output is None:
        raise Failure(
            f"`--json` cannot hold {integer(rows.n)} rows that are read in a stream; type --output "
            "FILE, for which the document leaves them out, or a larger --memory"
        )


def _resolve(data: str) -> str | Path:
    """The file that `data` names: itself, ``-``, or a bundled set where there is no such file.

    Raises
    ------
    Failure
        If it is none of these.
    """
    if data == "-" or Path(data).exists() or glob.has_magic(data):
        return data
    from mixtura import datasets

    names = datasets.names()
    if data in names:
        return datasets.path(data)
    close = get_close_matches(data, names, n=1)
    hint = f"did you mean {close[0]}?" if close else f"bundled sets are {', '.join(names)}"
    raise Failure(f"`DATA` must be a file, - or a bundled data set, got {data!r}; {hint}")


def _named(rows: Rows, column: str | int) -> str:
    """The name of a column given by name or, from 1, by number."""
    if str(column) in rows.columns:
        return str(column)
    if isinstance(column, int) and 1 <= column <= len(rows.columns) and not rows.skipped:
        return rows.columns[column - 1]
    raise Failure(
        f"`--weights` must name a column of numbers of {rows.source}, got {column!r}; "
        f"they are {_listed(rows.columns)}"
    )


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:12]) + (", …" if len(names) > 12 else "")
