"""Rows in files that may be larger than memory: found, measured, read block by block."""

from __future__ import annotations

import glob
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from mixtura.cli.failures import Failure
from mixtura.cli.wording import reworded
from mixtura.exceptions import import_extra
from mixtura.files import open_to_read

__all__ = ["Stream", "found"]

Array = Any
Names = Sequence[str | int] | None

# What files begin with that need not be read whole.
_NPY, _ARROW, _PARQUET = b"\x93NUMPY", b"ARROW1", b"PAR1"
_HEAD = 6
# Advice for Python, and what to do here.
_WORDS = {
    "`X`": "`DATA`",
    "save the table with frame.to_parquet(path), or read it: fit(pandas.read_csv(path))": (
        "name one file of text instead of many, or save them as Parquet"
    ),
}
_BLOCK = 65_536  # rows
_NUMBER = 8  # bytes, at most
_PROGRAM = 500_000_000  # bytes that a fit takes besides rows, with room to spare


class Stream(NamedTuple):
    """Rows that are read anew in every pass."""

    x: Any  # what `fit` takes
    store: Any  # the same, opened: mixtura.rows.Rows
    columns: tuple[str, ...]
    skipped: tuple[str, ...]
    weights: Array | None = None  # (n,) where they are not a column that `x` knows

    @property
    def size(self) -> int:
        """Bytes that the rows would take in memory."""
        return self.store.n * self.store.d * self.store.dtype.itemsize

    def holding(self, memory: int) -> Stream:
        """The same, row groups of Parquet held as far as `memory` bytes have room beside us."""
        from mixtura.rows.scan import Scan

        if not isinstance(self.x, Scan):
            return self
        return self._replace(x=replace(self.x, memory=max(0, memory - _PROGRAM)))

    def blocks(self) -> Iterator[Array]:
        """All rows, (b, d) at a time."""
        with reworded(_WORDS):
            yield from self.store.each(lambda x, _: x, _BLOCK)

    def loaded(self, finite: bool = True) -> tuple[Array, Array | None]:
        """Rows and weights of files in memory; unless `finite`, bad cells are NaN."""
        import numpy as np

        from mixtura.rows.scan import scan

        weights = () if self.x.weights is None else (self.x.weights,)
        store = _store(scan(self.x.source, [*self.columns, *weights]), finite)
        with reworded(_WORDS):
            rows = store.take(np.arange(store.n)).x
        d = len(self.columns)
        return np.ascontiguousarray(rows[:, :d]), rows[:, d] if weights else None


def found(
    path: str, columns: Names, weights: str | int | None, memory: int | None
) -> Stream | None:
    """The rows of a folder or a pattern, of Arrow, and of what is larger than `memory` bytes.

    None for other files: text, and Parquet and NPY that need no stream. `columns` and `weights`
    are names, or numbers from 1; all columns that hold numbers, if not given.
    """
    if path == "-":
        return None
    if Path(path).is_dir() or (not Path(path).exists() and glob.has_magic(path)):
        return _in_files(path, columns, weights)
    with open_to_read(path) as file:
        head = file.read(_HEAD)
    if head == _ARROW:
        return _in_files(path, columns, weights)
    for begins, (measure, opened) in _LARGE.items():
        if memory is not None and head.startswith(begins) and measure(path) > memory:
            stream = opened(path, columns, weights)
            return stream if stream.size > memory else None
    return None


def _in_files(path: str, columns: Names, weights: str | int | None) -> Stream:
    """Parquet or Arrow."""
    from mixtura.rows.arrow import columns_of
    from mixtura.rows.scan import scan

    with reworded(_WORDS):
        offered = columns_of(path)
        features, weight, skipped = _chosen(path, offered, columns, weights)
        names = [offered[j].name for j in features]
        x = scan(path, names, weights=None if weight is None else offered[weight].name)
        return Stream(x, _store(x), tuple(names), skipped)


def _in_npy(path: str, columns: Names, weights: str | int | None) -> Stream:
    import numpy as np

    from mixtura.tables.table import Column

    with reworded(_WORDS):
        store = _store(path)
        offered = [Column(f"x{j + 1}", numeric=True) for j in range(store.d)]
        features, weight, _ = _chosen(path, offered, columns, weights)
        names = tuple(offered[j].name for j in features)
        if features == list(range(store.d)):
            return Stream(path, store, names, ())
        array = np.load(path, mmap_mode="r")
        own = None if weight is None else np.array(array[:, weight], np.float64)

        def blocks() -> Iterator[Array]:
            for start in range(0, len(array), _BLOCK):
                yield array[start : start + _BLOCK, features]

        return Stream(blocks, _store(blocks), names, (), own)


def _chosen(
    path: str, offered: Sequence[Any], columns: Names, weights: str | int | None
) -> tuple[list[int], int | None, tuple[str, ...]]:
    """Positions of the features and of the weights, and the names of what is left out."""
    from mixtura.tables.table import choose

    weight = None
    if weights is not None:
        with reworded({"`columns`": "`--weights`"}):
            (weight,), _ = choose(offered, [weights], path)
    chosen, skipped = choose(offered, columns, path)
    features = [j for j in chosen if j != weight]
    if not features:
        raise Failure("`--weights` takes the only column; give DATA with one more")
    return features, weight, skipped


def _store(x: Any, finite: bool = True) -> Any:
    """Rows opened without their weights, so that rows of weight 0 are there too."""
    import numpy as np

    from mixtura.rows import Request, resolve

    def any_columns(names: tuple[str, ...] | None, d: int) -> None:
        return None

    request = Request(np.asanyarray, any_columns, None, None, None, n_jobs=1, finite=finite)
    return resolve("auto", x, request)


def _parquet_size(path: str) -> int:
    """Bytes of all columns in memory; 0 of what is no Parquet, which the reader of tables tells."""
    arrow = import_extra("pyarrow", extra="tables", purpose="Reading Parquet")
    parquet = import_extra("pyarrow.parquet", extra="tables", purpose="Reading Parquet")
    try:
        facts = parquet.read_metadata(path)
    except (arrow.ArrowException, OSError):
        return 0
    return facts.num_rows * facts.num_columns * _NUMBER


def _npy_size(path: str) -> int:
    return Path(path).stat().st_size


_LARGE: dict[bytes, tuple[Callable[[str], int], Callable[..., Stream]]] = {
    _PARQUET: (_parquet_size, _in_files),
    _NPY: (_npy_size, _in_npy),
}
