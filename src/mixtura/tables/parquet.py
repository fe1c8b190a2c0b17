"""Reads a Parquet file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, BinaryIO

import numpy as np

from mixtura.exceptions import FileFormatError, InvalidDataError, import_extra
from mixtura.tables.table import Column, Table, choose, settle_bad

__all__ = ["read_parquet"]


def read_parquet(
    stream: BinaryIO, source: str, columns: Sequence[str | int] | None, finite: bool
) -> Table:
    """The columns of numbers in a Parquet file; integers and decimals become float64."""
    arrow = import_extra("pyarrow", extra="tables", purpose="Reading Parquet")
    parquet = import_extra("pyarrow.parquet", extra="tables", purpose="Reading Parquet")
    try:
        file = parquet.ParquetFile(stream)
        offered = [_column(arrow, field) for field in file.schema_arrow]
        chosen, skipped = choose(offered, columns, source)
        data = file.read(columns=[offered[j].name for j in chosen])
    except (arrow.ArrowException, OSError) as error:
        raise FileFormatError(
            f"{source} is a damaged Parquet file ({str(error).splitlines()[0][:120]}); "
            "write it again",
            key="parquet-damaged",
        ) from error
    if not data.num_rows:
        raise InvalidDataError(
            f"{source} has columns but no rows; give at least one row", key="no-rows"
        )
    names = tuple(offered[j].name for j in chosen)
    values, missing = _numbers(arrow, data, names)
    settle_bad(values, names, source, finite, missing)
    return Table(values, names, source, skipped)


def _numbers(arrow: Any, data: Any, names: tuple[str, ...]) -> tuple[np.ndarray, np.ndarray]:
    """The cells, (n, d), and which are empty."""
    narrow = all(str(data.schema.field(name).type) in ("float", "halffloat") for name in names)
    values = np.empty((data.num_rows, len(names)), np.float32 if narrow else np.float64)
    missing = np.zeros(values.shape, bool)
    for j, name in enumerate(names):
        column = data.column(name)
        wide = column if narrow else column.cast(arrow.float64(), safe=False)
        values[:, j] = wide.to_numpy()
        missing[:, j] = column.is_null().to_numpy()
    return values, missing


def _column(arrow: Any, field: Any) -> Column:
    types = arrow.types
    numeric = any(
        test(field.type) for test in (types.is_integer, types.is_floating, types.is_decimal)
    )
    return Column(field.name, numeric, f"values of type {field.type}")
