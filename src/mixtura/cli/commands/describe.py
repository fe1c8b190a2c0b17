"""``mixtura describe``: what is in a model, or in a table of data."""

from __future__ import annotations

from pathlib import Path

import click

from mixtura.cli.document import emit
from mixtura.cli.model_file import SUFFIX
from mixtura.cli.options import Source, as_json, debugging, source

__all__ = ["command"]


@click.command("describe")
@source(metavar="MODEL|DATA")
@as_json
@debugging
def command(source: Source, as_json: bool) -> None:
    """Describe a model, or data before a fit.

    Of a model: its components. Of data: the range of every column, columns that are
    constant, not numbers or have cells missing, repeated rows, and what to try.

    \b
    Examples:
      mixtura describe model.safetensors
      mixtura describe data.csv
    """
    if Path(source.data).suffix == SUFFIX:
        if source.columns or source.delimiter or source.decimal != ".":
            raise click.UsageError(
                "--columns, --delimiter and --decimal are for DATA, not for MODEL."
            )
        _describe_model(source.data, as_json)
    else:
        _describe_data(source, as_json)


def _describe_model(path: str, as_json: bool) -> None:
    from mixtura.cli.components import components
    from mixtura.cli.model_file import read_model
    from mixtura.cli.render import show
    from mixtura.cli.summary import headline, parameters

    model = read_model(path)
    if as_json:
        emit({"command": "describe", "kind": "model", "file": path, "model": parameters(model)})
        return
    show(path, headline(model), components(model))


def _describe_data(source: Source, as_json: bool) -> None:
    from mixtura.cli.overview import advice, overview
    from mixtura.cli.render import show, table
    from mixtura.cli.rows import read

    rows = read(source, finite=False)
    seen = overview(rows.values)
    hints = advice(seen, rows, source)
    if as_json:
        columns = [
            {"name": name, **column._asdict()}
            for name, column in zip(rows.columns, seen.columns, strict=True)
        ]
        emit(
            {
                "command": "describe",
                "kind": "data",
                "data": rows.facts(),
                "columns": columns,
                "repeated_rows": seen.repeated_rows,
                "missing_rows": seen.missing_rows,
                "advice": hints,
            }
        )
        return
    heads = ("column", "least", "mean", "sd", "greatest", "distinct")
    holes = bool(seen.missing_rows)
    listing = table(*heads, *["missing"] * holes, left=(0,))
    for name, column in zip(rows.columns, seen.columns, strict=True):
        numbers = (column.least, column.mean, column.deviation, column.greatest)
        counts = (column.distinct, column.missing)[: 1 + holes]
        listing.add_row(name, *(f"{value:.5g}" for value in numbers), *map(str, counts))
    show(rows.line(), listing, *hints)
