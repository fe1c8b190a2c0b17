"""``mixtura score``: how well a model fits rows."""

from __future__ import annotations

import click

from mixtura.cli.document import emit
from mixtura.cli.frames import check_suffix, numbered, write
from mixtura.cli.options import (
    Source,
    as_json,
    debugging,
    memory_option,
    model_argument,
    progress_option,
    source,
)
from mixtura.cli.writable import check_writable

__all__ = ["command"]


@click.command("score")
@model_argument
@source()
@click.option("--per-row", is_flag=True, help="The log-likelihood of every row instead.")
@click.option(
    "-o",
    "--output",
    type=click.Path(),
    metavar="FILE",
    help="File for --per-row: CSV, TSV, Parquet or NPY. Standard output, if not given.",
)
@memory_option
@as_json
@progress_option
@debugging
def command(
    model: str,
    per_row: bool,
    output: str | None,
    memory: int,
    source: Source,
    as_json: bool,
    progress: bool | None,
) -> None:
    """Say how well MODEL fits DATA.

    Prints log-likelihood, AIC, BIC and ICL. With --per-row, the log-likelihood of each row:
    the lowest are the outliers.

    \b
    Examples:
      mixtura score model.safetensors new.csv
      mixtura score model.safetensors new.csv --per-row | sort -gt, -k2 | head
      mixtura score model.safetensors rows/ --memory 500MB
    """
    if output is not None and not per_row:
        raise click.UsageError("--output needs --per-row.")
    check_suffix(output)
    check_writable(output, source.data, model)
    from mixtura.cli.model_file import read_model
    from mixtura.cli.render import show
    from mixtura.cli.rows import check_held, read_for
    from mixtura.cli.summary import measure, verdict
    from mixtura.cli.watch import passes_shown

    estimator = read_model(model)
    rows = read_for(source, estimator, memory)
    if per_row and as_json:
        check_held(rows, output)
    measures, writes = as_json or not per_row, per_row and (output is not None or not as_json)
    with passes_shown(as_json or (writes and output is None), progress):
        fit = measure(estimator, rows) if measures else None
        if writes:
            scores = ({"log_likelihood": estimator.score_samples(x)} for x in rows.blocks())
            write(numbered(scores), output, rows.n)
    if fit is None:
        return
    if as_json:
        held = per_row and rows.stream is None
        each = estimator.score_samples(rows.values) if held else None
        emit({"command": "score", "data": rows.facts(), **fit._asdict(), "per_row": each})
    else:
        show(rows.line(), verdict(fit))
