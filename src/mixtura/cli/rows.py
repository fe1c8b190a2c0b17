"""The rows a command works on: a file, standard input or a bundled set, as its model wants them."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any, NamedTuple

from mixtura.cli.failures import Failure
from mixtura.cli.options import Source
from mixtura.cli.render import integer
from mixtura.cli.wording import reworded
from mixtura.exceptions import InvalidParameterError

__all__ = ["Rows", "read", "read_for"]

Array = Any

_GENERIC = re.compile(r"x\d+")  # what a column is called in a file without names


class Rows(NamedTuple):
    """Rows, what their columns are called, and what each row counts."""

    values: Array  # (n, d)
    columns: tuple[str, ...]  # d names
    source: str
    skipped: tuple[str, ...]  # columns that do not hold numbers
    weights: Array | None = None  # (n,)
    classes: Array | None = None  # (n,) known classes of a bundled set

    @property
    def named(self) -> bool:
        """Whether the file had names; else they are x1, x2, ..."""
        return not all(_GENERIC.fullmatch(name) for name in self.columns)

    def facts(self) -> dict[str, Any]:
        """What they are, for JSON."""
        return {
            "source": self.source,
            "rows": len(self.values),
            "columns": self.columns,
            "skipped": self.skipped,
        }

    def line(self) -> str:
        """What they are, for people."""
        n, d = self.values.shape
        some = ", ".join(self.columns[:6]) + (", …" if d > 6 else "")
        left = f"; left out, not numbers: {_listed(self.skipped)}" if self.skipped else ""
        return f"{self.source}: {integer(n)} rows, {d} column{'s' * (d > 1)} ({some}){left}"

    def pick(self, names: Sequence[str]) -> Rows:
        """Only the columns `names`, in that order."""
        positions = [self.columns.index(name) for name in names]
        return self._replace(values=self.values[:, positions], columns=tuple(names))


def read(source: Source, weights: str | int | None = None) -> Rows:
    """The rows of `source`; the column `weights`, if any, is taken out as what each row counts."""
    from mixtura import datasets, tables

    columns = source.columns
    if weights is not None and columns is not None:
        columns = (*columns, weights)
    path = _resolve(source.data)
    with reworded({"`path`": "`DATA`", str(path): source.data}):
        table = tables.read(path, columns, delimiter=source.delimiter)
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


def read_for(source: Source, model: Any) -> Rows:
    """The rows of `source` with the columns that `model` was fitted to, in its order.

    Columns are matched by name, and by position where either side has no names.

    Raises
    ------
    Failure
        If columns that the model knows are missing, or their number differs.
    """
    names = [str(name) for name in getattr(model, "feature_names_in_", ())]
    by_name = bool(names) and source.columns is None
    if by_name and source.data != "-":  # other columns may hold anything
        with contextlib.suppress(InvalidParameterError):
            return read(source._replace(columns=tuple(names)))
    rows = read(source)
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


def _resolve(data: str) -> str | Path:
    """The file that `data` names: itself, ``-``, or a bundled set where there is no such file.

    Raises
    ------
    Failure
        If it is none of these.
    """
    if data == "-" or Path(data).exists():
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
