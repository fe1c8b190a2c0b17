"""``mixtura score``: how well a model fits rows."""

from __future__ import annotations

import click

from mixtura.cli.document import emit
from mixtura.cli.frames import check_suffix, numbered, write
from mixtura.cli.options import Source, as_json, debugging, model_argument, source
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
@as_json
@debugging
def command(model: str, per_row: bool, output: str | None, source: Source, as_json: bool) -> None:
    """Say how well MODEL fits DATA.

    Prints log-likelihood, AIC, BIC and ICL. With --per-row, the log-likelihood of each row:
    the lowest are the outliers.

    \b
    Examples:
      mixtura score model.safetensors new.csv
      mixtura score model.safetensors new.csv --per-row | sort -gt, -k2 | head
    """
    if output is not None and not per_row:
        raise click.UsageError("--output needs --per-row.")
    check_suffix(output)
    check_writable(output, source.data, model)
    from mixtura.cli.model_file import read_model
    from mixtura.cli.render import show
    from mixtura.cli.rows import read_for
    from mixtura.cli.summary import measure, verdict

    estimator = read_model(model)
    rows = read_for(source, estimator)
    scores = estimator.score_samples(rows.values) if per_row else None
    if as_json:
        fit = measure(estimator, rows.values)
        emit({"command": "score", "data": rows.facts(), **fit._asdict(), "per_row": scores})
    elif scores is None:
        show(rows.line(), verdict(measure(estimator, rows.values)))
    if scores is not None and (output is not None or not as_json):
        write(numbered(log_likelihood=scores), output)
