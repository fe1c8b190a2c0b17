"""Rows of Parquet and Arrow files, page by page, so that large row groups do no harm."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from mixtura.exceptions import InvalidDataError
from mixtura.rows._arrow.dataset import arrow, is_number, readable
from mixtura.rows.streamed import Source

__all__ = ["Files"]

# Bytes of a column that are read at once.
_BUFFER = 2**20
# Batches that Arrow reads ahead of the one it gives, where rows are filtered.
_AHEAD = 2
# Cores from which on Arrow decodes columns on threads of its own; on fewer they are in the way of
# those that compute.
_MANY_CORES = 4
# Numbers that are put in the order of rows at once, so that they stay in a core's own cache.
_TILE = 2**15


class Files(Source):
    """Columns of a dataset.

    Parameters
    ----------
    dataset : pyarrow.dataset.Dataset
    names : tuple of str
        Columns to read.
    keep : pyarrow.compute.Expression or None
        Rows to read.
    weights : str or None
        The column of row weights.
    said : str
        What the user gave, for messages.
    memory : int
        Bytes that row groups of Parquet, once decoded, may take from then on.
    """

    names: tuple[str, ...]

    def __init__(
        self,
        dataset: Any,
        names: tuple[str, ...],
        keep: Any,
        weights: str | None,
        said: str,
        memory: int = 0,
    ):
        self.said, self.names, self.d = said, names, len(names)
        self.weighted = weights is not None
        self._keep, self._schema = keep, dataset.schema
        self._columns = [*names, weights] if weights is not None else [*names]
        self._room = memory
        self._held: dict[tuple[str, int], Any] = {}  # record batches by file and row group
        self._fragments = list(dataset.get_fragments(filter=keep))
        kinds = [self._checked(fragment) for fragment in self._fragments]
        narrow = all(each == {"float"} for each in kinds)
        self.dtype = np.dtype(np.float32 if narrow else np.float64)

    def count(self) -> int:
        return sum(each.count_rows(filter=self._keep) for each in self._fragments)

    def parts(self, size: int) -> Iterator[Any]:
        """Record batches of at most `size` rows, small ones together."""
        together: list[Any] = []
        rows = 0
        with readable(self.said):
            for batch in self._batches(size):
                if together and rows + len(batch) > size:
                    yield _joined(together)
                    together, rows = [], 0
                if len(batch):
                    together.append(batch)
                    rows += len(batch)
            if together:
                yield _joined(together)

    def read(self, part: Any) -> tuple[np.ndarray, np.ndarray | None]:
        columns = [_numbers(part.column(name)) for name in self.names]
        x = np.empty((len(part), self.d), self.dtype)
        step = max(1, _TILE // self.d)
        for start in range(0, len(x), step):
            tile = slice(start, start + step)
            for j, column in enumerate(columns):
                x[tile, j] = column[tile]
        own = _numbers(part.column(self._columns[-1])) if self.weighted else None
        return x, None if own is None else own.astype(np.float64)

    def where(self, row: int) -> str:
        """File, row group and row; of the rows that the filter lets through."""
        among = "" if self._keep is None else " of those that `filter` keeps"
        for fragment in self._fragments:
            if row < (rows := fragment.count_rows(filter=self._keep)):
                break
            row -= rows
        if not _is_parquet(fragment):
            return f"{self._path(fragment)}, row {row}{among},"
        for group in fragment.split_by_row_group():
            whole = group.row_groups[0].num_rows  # count_rows would count the file's
            rows = whole if self._keep is None else group.count_rows(filter=self._keep)
            if row < rows:
                break
            row -= rows
        return f"{fragment.path}, row group {group.row_groups[0].id}, row {row}{among},"

    def _batches(self, size: int) -> Iterator[Any]:
        for fragment in self._fragments:
            by_page = _is_parquet(fragment) and self._keep is None
            yield from (self._pages if by_page else self._scanned)(fragment, size)

    def _pages(self, fragment: Any, size: int) -> Iterator[Any]:
        """Parquet as its pages come: a scanner would hold whole row groups, several of them."""
        keys = _keys(fragment)
        stored = [name for name in self._columns if name not in keys]
        with arrow("pyarrow.parquet").ParquetFile(
            fragment.open(), metadata=fragment.metadata, buffer_size=_BUFFER, pre_buffer=False
        ) as file:
            for group in range(file.num_row_groups):
                for batch in self._group(file, fragment.path, group, stored, size):
                    for name in self._columns:
                        if name in keys:
                            batch = batch.append_column(
                                name, arrow().repeat(keys[name], len(batch))
                            )
                    yield batch

    def _group(
        self, file: Any, path: str, number: int, columns: list[str], size: int
    ) -> Iterator[Any]:
        """A row group in batches of `size` rows, the same whether it is held or not."""
        threads = arrow().cpu_count() >= _MANY_CORES
        if (path, number) not in self._held:
            rows = file.metadata.row_group(number).num_rows
            bits = sum(file.schema_arrow.field(name).type.bit_width + 1 for name in columns)
            if not rows or rows * bits > 8 * self._room:
                yield from file.iter_batches(
                    size, row_groups=[number], columns=columns, use_threads=threads
                )
                return
            table = file.read_row_group(number, columns=columns, use_threads=threads)
            (self._held[path, number],) = table.combine_chunks().to_batches()
            self._room -= table.nbytes
        held = self._held[path, number]
        for start in range(0, len(held), size):
            yield held.slice(start, size)

    def _scanned(self, fragment: Any, size: int) -> Iterator[Any]:
        options = arrow("pyarrow.dataset").ParquetFragmentScanOptions(
            use_buffered_stream=True, buffer_size=_BUFFER, pre_buffer=False
        )
        yield from fragment.to_batches(
            schema=self._schema,
            columns=self._columns,
            filter=self._keep,
            batch_size=size,
            batch_readahead=_AHEAD,
            fragment_scan_options=options if _is_parquet(fragment) else None,
        )

    def _checked(self, fragment: Any) -> set[str]:
        """The types of a file's features, if its columns are there and hold numbers."""
        with readable(self._path(fragment)):
            schema = fragment.physical_schema
        keys = _keys(fragment)
        kinds = {}
        for name in self._columns:
            if name not in keys and schema.get_field_index(name) < 0:
                raise InvalidDataError(
                    f"`X` must be files of the same columns, but {self._path(fragment)} has no "
                    f"column {name!r}; write it, or leave the file or the column out"
                )
            kind = (self._schema if name in keys else schema).field(name).type
            if not is_number(kind):
                numbers = [each.name for each in schema if is_number(each.type)]
                raise InvalidDataError(
                    f"`X` must be columns of numbers, but column {name!r} of "
                    f"{self._path(fragment)} holds values of type {kind}; type "
                    f"mixtura.scan(path, columns={numbers[:20]})"
                )
            kinds[name] = str(kind)
        return {kinds[name] for name in self.names}

    def _path(self, fragment: Any) -> str:
        return getattr(fragment, "path", None) or self.said


def _is_parquet(fragment: Any) -> bool:
    return hasattr(fragment, "split_by_row_group")


def _keys(fragment: Any) -> dict[str, Any]:
    """Columns whose value is the name of a folder, such as ``year=2024``."""
    return arrow("pyarrow.dataset").get_partition_keys(fragment.partition_expression)


def _joined(batches: list[Any]) -> Any:
    """Batches as one; files may have narrower and wider numbers in a column."""
    if len(batches) == 1:
        return batches[0]
    tables = [arrow().Table.from_batches([batch]) for batch in batches]
    (whole,) = (
        arrow().concat_tables(tables, promote_options="permissive").combine_chunks().to_batches()
    )
    return whole


def _numbers(column: Any) -> np.ndarray:
    """A column of numbers, nan where there is none."""
    if str(column.type) not in ("float", "double", "halffloat"):
        column = column.cast("double", safe=False)
    return column.to_numpy(zero_copy_only=False)
