"""Rows in Parquet and Arrow files: read by row group, only what is wanted."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import numpy as np

from mixtura.exceptions import (
    FileAccessError,
    FileFormatError,
    InvalidDataError,
    InvalidParameterError,
    MixturaError,
    import_extra,
)
from mixtura.files import open_to_read
from mixtura.rows.place import Place, Request
from mixtura.rows.scan import Scan
from mixtura.rows.streamed import Source, StreamedRows

__all__ = ["Arrow"]

_FORMATS = {b"PAR1": "parquet", b"ARROW1": "ipc"}  # what such a file begins with
_HEAD = 6
# Batches that Arrow reads ahead of the one it gives.
_AHEAD = 4


class Arrow(Place):
    """Parquet and Arrow files: a path, folder, pattern, pyarrow dataset, or `mixtura.scan`.

    `sample_weight` may be the name of a column, as ``weights=`` of `scan` is.
    """

    def holds(self, X: Any) -> bool:
        if isinstance(X, str | os.PathLike):
            return Path(X).suffix != ".npy"
        return isinstance(X, Scan) or type(X).__module__ in ("pyarrow._dataset", "pyarrow.dataset")

    def open(self, X: Any, request: Request) -> StreamedRows:
        wanted = X if isinstance(X, Scan) else Scan(X)
        weigh = request.weights is not None
        if isinstance(request.sample_weight, str) and wanted.weights is None:
            wanted = replace(wanted, weights=request.sample_weight)
            request = replace(request, weights=lambda n: None)
        dataset = _dataset(wanted.source)
        said = repr(os.fspath(wanted.source)) if _is_path(wanted.source) else "`X`"
        weights = wanted.weights if weigh else None
        names = _names(dataset.schema, wanted, request.picked, said)
        keep = _expression(wanted.filter, dataset, said)
        with _readable(said):
            return StreamedRows("arrow", _Files(dataset, names, keep, weights, said), request)


class _Files(Source):
    names: tuple[str, ...]

    def __init__(
        self, dataset: Any, names: tuple[str, ...], keep: Any, weights: str | None, said: str
    ):
        self.said, self.names, self.d = said, names, len(names)
        self.weighted = weights is not None
        self._dataset, self._keep = dataset, keep
        self._columns = [*names, weights] if weights is not None else [*names]
        kinds = [_checked(dataset.schema, name, said) for name in self._columns]
        narrow = set(kinds[: self.d]) == {"float"}
        self.dtype = np.dtype(np.float32 if narrow else np.float64)

    def count(self) -> int:
        return self._dataset.count_rows(filter=self._keep)

    def parts(self, size: int) -> Iterator[Any]:
        """Batches of at most `size` rows, small ones together."""
        table = import_extra("pyarrow", extra="tables", purpose="Reading Parquet").Table
        together: list[Any] = []
        rows = 0
        with _readable(self.said):
            for batch in self._batches(size):
                if together and rows + len(batch) > size:
                    yield table.from_batches(together)
                    together, rows = [], 0
                if len(batch):
                    together.append(batch)
                    rows += len(batch)
            if together:
                yield table.from_batches(together)

    def read(self, part: Any) -> tuple[np.ndarray, np.ndarray | None]:
        x = np.empty((len(part), self.d), self.dtype)
        for j in range(self.d):
            x[:, j] = _numbers(part.column(j))
        own = _numbers(part.column(self.d)).astype(np.float64) if self.weighted else None
        return x, own

    def where(self, row: int) -> str:
        """File, row group and row; of the rows that the filter lets through."""
        among = "" if self._keep is None else " of those that `filter` keeps"
        for fragment in self._dataset.get_fragments(filter=self._keep):
            if row < (rows := fragment.count_rows(filter=self._keep)):
                break
            row -= rows
        path = getattr(fragment, "path", self.said)
        if not hasattr(fragment, "split_by_row_group"):
            return f"{path}, row {row}{among},"
        for group in fragment.split_by_row_group():
            whole = group.row_groups[0].num_rows  # count_rows would count the file's
            rows = whole if self._keep is None else group.count_rows(filter=self._keep)
            if row < rows:
                break
            row -= rows
        return f"{path}, row group {group.row_groups[0].id}, row {row}{among},"

    def _batches(self, size: int) -> Iterator[Any]:
        return self._dataset.to_batches(
            columns=self._columns,
            filter=self._keep,
            batch_size=size,
            batch_readahead=_AHEAD,
            fragment_readahead=1,
        )


def _numbers(column: Any) -> np.ndarray:
    """A column of numbers, nan where there is none."""
    if str(column.type) not in ("float", "double", "halffloat"):
        column = column.cast("double", safe=False)
    return column.to_numpy()


def _checked(schema: Any, name: str, said: str) -> str:
    """The type of a column, if it holds numbers."""
    kind = schema.field(name).type
    types = import_extra("pyarrow.types", extra="tables", purpose="Reading Parquet")
    tests = (types.is_floating, types.is_integer, types.is_boolean, types.is_decimal)
    if not any(test(kind) for test in tests):
        numbers = [f.name for f in schema if any(test(f.type) for test in tests)]
        raise InvalidDataError(
            f"`X` must be columns of numbers, but column {name!r} of {said} holds values of type "
            f"{kind}; type mixtura.scan(path, columns={numbers[:20]})"
        )
    return str(kind)


def _names(schema: Any, wanted: Scan, picked: Sequence[str] | None, said: str) -> tuple[str, ...]:
    """The columns to read: those that were fitted to, those asked for, or all."""
    offered = list(schema.names)
    if wanted.weights is not None and wanted.weights not in offered:
        raise _unknown("weights", wanted.weights, offered, said)
    names = wanted.columns or tuple(name for name in offered if name != wanted.weights)
    for name in picked or names:
        if name not in (names if picked else offered):
            raise _unknown("columns", name, list(names) if picked else offered, said)
        if offered.count(name) > 1:
            raise InvalidDataError(
                f"`X` must have different names, got {name!r} twice in {said}; rename one"
            )
    if wanted.weights in names:
        raise InvalidParameterError(
            f"`weights` must name a column that is not fitted to, got {wanted.weights!r}; leave "
            "it out of `columns`"
        )
    return tuple(picked or names)


def _unknown(parameter: str, name: str, offered: list[str], said: str) -> InvalidParameterError:
    close = get_close_matches(name, offered, n=1)
    hint = f"did you mean {close[0]!r}?" if close else f"its columns are {offered[:20]}"
    return InvalidParameterError(f"`{parameter}` must be in {said}, got {name!r}; {hint}")


def _expression(keep: Any, dataset: Any, said: str) -> Any:
    """A filter as pyarrow's expression, of columns that are there."""
    if keep is None:
        return None
    arrow = import_extra("pyarrow", extra="tables", purpose="`filter`")
    compute = import_extra("pyarrow.compute", extra="tables", purpose="`filter`")
    parquet = import_extra("pyarrow.parquet", extra="tables", purpose="`filter`")
    try:
        if not isinstance(keep, compute.Expression):
            keep = parquet.filters_to_expression(keep)
        dataset.scanner(filter=keep)
    except (TypeError, ValueError, arrow.ArrowException) as error:
        raise InvalidParameterError(
            "`filter` must be a pyarrow expression or a list of (column, op, value) of columns in "
            f"{said}, got {keep!r} ({error}); its columns are {dataset.schema.names[:20]}, so "
            f'type filter=[({dataset.schema.names[0]!r}, ">", 0)]'
        ) from error
    return keep


def _is_path(source: Any) -> bool:
    return isinstance(source, str | os.PathLike)


def _dataset(source: Any) -> Any:
    """A pyarrow dataset of a file, a folder, a pattern or an address; or the dataset given."""
    arrow = import_extra("pyarrow.dataset", extra="tables", purpose="Reading Parquet and Arrow")
    if isinstance(source, arrow.Dataset):
        return source
    if not _is_path(source):
        raise InvalidParameterError(
            "`X` must be a path, a pattern, a pyarrow.dataset.Dataset or mixtura.scan(path) where "
            f"rows='arrow', got {type(source).__name__}; type rows='auto'"
        )
    path = os.fspath(source)
    with _readable(repr(path)):
        if "://" in path:
            return arrow.dataset(path, format="parquet", partitioning="hive")
        base = path if Path(path).is_dir() else None
        files = _files(path)
        form = _format(files[0])
        return arrow.dataset(
            files, format=form, partitioning="hive" if base else None, partition_base_dir=base
        )


def _files(path: str) -> list[str]:
    """The files of a path, in the order of their names."""
    if Path(path).is_dir():
        inside = Path(path).rglob("*")
        found = sorted(str(p) for p in inside if p.is_file() and p.name[0] not in "._")
    else:
        found = [path] if Path(path).exists() else sorted(glob.glob(path, recursive=True))
    if not found:
        raise FileAccessError(
            f"`X` must be a table, or a path to Parquet, Arrow or NPY files, got {path!r}, where "
            "there is none; check the spelling"
        )
    return found


def _format(path: str) -> str:
    with open_to_read(path) as stream:
        head = stream.read(_HEAD)
    for begins, form in _FORMATS.items():
        if head.startswith(begins):
            return form
    raise FileFormatError(
        f"`X` must be Parquet, Arrow (Feather) or NPY files, but {path!r} begins as neither does; "
        "save the table with frame.to_parquet(path), or read it: fit(pandas.read_csv(path))"
    )


@contextmanager
def _readable(said: str) -> Iterator[None]:
    """Pyarrow's errors by the name of what was read."""
    arrow = import_extra("pyarrow", extra="tables", purpose="Reading Parquet and Arrow")
    try:
        yield
    except (arrow.ArrowException, OSError) as error:
        if isinstance(error, MixturaError):
            raise
        raise FileFormatError(
            f"`X` must be whole Parquet or Arrow files of the same columns, but {said} cannot be "
            f"read ({str(error).splitlines()[0][:200]}); write the file again, or leave it out"
        ) from error
