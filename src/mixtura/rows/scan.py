"""`scan`: which columns and rows of Parquet or Arrow files to read, as a value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from numbers import Integral
from typing import Any

from mixtura.exceptions import InvalidParameterError

__all__ = ["Scan", "scan"]


@dataclass(frozen=True)
class Scan:
    """Files, and what to read of them; give it as `X`."""

    source: Any  # path, or pyarrow.dataset.Dataset
    columns: tuple[str, ...] | None = None
    filter: Any = None  # pyarrow expression, or a list of (column, op, value)
    weights: str | None = None
    memory: int = 0


def scan(
    path: Any,
    columns: Sequence[str] | None = None,
    filter: Any = None,
    weights: str | None = None,
    memory: int = 0,
) -> Scan:
    """Columns and rows of Parquet or Arrow files, to be given as `X`; nothing is read yet.

    Parameters
    ----------
    path : str, path-like or pyarrow.dataset.Dataset
        A file, a folder of files, or a pattern such as ``"rows/*.parquet"``.
    columns : sequence of str, default=None
        Columns to fit to, in this order; None for all but `weights`. Others are not read.
    filter : pyarrow.compute.Expression or list of (column, op, value), default=None
        Rows to keep, as pandas takes it, such as ``[("year", ">", 2020)]``. Row groups that
        cannot have such rows are not read.
    weights : str, default=None
        A column of row weights: 2 equals the row twice, 0 leaves it out.
    memory : int, default=0
        Bytes that decoded row groups of Parquet may take in memory, from the first pass on; only
        the others are read again in later ones. With a `filter` none are kept.

    Returns
    -------
    scan : Scan
        Frozen; any method that takes `X` takes it.

    Raises
    ------
    InvalidParameterError
        If `columns` is not a sequence of names, or names one twice; if `memory` is no number of
        bytes.

    Examples
    --------
    >>> import mixtura
    >>> mixtura.scan("sales/", columns=["price", "area"], filter=[("year", ">", 2020)])
    Scan(source='sales/', columns=('price', 'area'), filter=[('year', '>', 2020)], weights=None,
         memory=0)
    """
    if isinstance(memory, bool) or not isinstance(memory, Integral) or memory < 0:
        raise InvalidParameterError(
            f"`memory` must be an integer >= 0, a number of bytes, got {memory!r}; "
            "type memory=2_000_000_000"
        )
    if columns is not None:
        names = tuple(columns)
        if isinstance(columns, str) or not names or len(set(names)) < len(names):
            raise InvalidParameterError(
                f"`columns` must be one or more different names, got {columns!r}; "
                'type columns=["x", "y"], or columns=None for all'
            )
        columns = names
    return Scan(path, columns, filter, weights, int(memory))
