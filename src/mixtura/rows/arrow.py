"""Rows in Parquet and Arrow files: read page by page, only what is wanted."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from mixtura.exceptions import InvalidDataError, InvalidParameterError
from mixtura.rows._arrow.dataset import arrow, files_of, is_number, opened, readable, said
from mixtura.rows._arrow.reading import Files
from mixtura.rows.place import Place, Request
from mixtura.rows.scan import Scan
from mixtura.rows.streamed import StreamedRows
from mixtura.tables.table import Column

__all__ = ["Arrow", "columns_of", "files_of"]


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
        dataset, source = opened(wanted.source), said(wanted.source)
        weights = wanted.weights if weigh else None
        names = _names(dataset.schema, wanted, request.picked, source)
        keep = _expression(wanted.filter, dataset, source)
        with readable(source):
            files = Files(dataset, names, keep, weights, source, wanted.memory)
            return StreamedRows("arrow", files, request)


def columns_of(source: Any) -> list[Column]:
    """The columns of files or of a dataset, those without numbers too."""
    schema = opened(source).schema
    return [
        Column(each.name, is_number(each.type), f"values of type {each.type}") for each in schema
    ]


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
    try:
        if not isinstance(keep, arrow("pyarrow.compute").Expression):
            keep = arrow("pyarrow.parquet").filters_to_expression(keep)
        dataset.scanner(filter=keep)
    except (TypeError, ValueError, arrow().ArrowException) as error:
        raise InvalidParameterError(
            "`filter` must be a pyarrow expression or a list of (column, op, value) of columns in "
            f"{said}, got {keep!r} ({error}); its columns are {dataset.schema.names[:20]}, so "
            f'type filter=[({dataset.schema.names[0]!r}, ">", 0)]'
        ) from error
    return keep
