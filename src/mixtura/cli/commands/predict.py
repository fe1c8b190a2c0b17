"""``mixtura predict``: the component of every row, and how sure that is."""

from __future__ import annotations

from pathlib import Path

import click

from mixtura.cli.document import emit
from mixtura.cli.frames import check_suffix, labels, write
from mixtura.cli.options import Source, as_json, debugging, model_argument, source
from mixtura.cli.writable import check_writable

__all__ = ["command"]


@click.command("predict")
@model_argument
@source()
@click.option(
    "--proba/--no-proba",
    default=None,
    help="Responsibilities too, or labels only. If not given, labels only in an NPY file.",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(),
    metavar="FILE",
    help="CSV, TSV, Parquet or NPY file. Standard output, if not given.",
)
@as_json
@debugging
def command(
    model: str, proba: bool | None, output: str | None, source: Source, as_json: bool
) -> None:
    """Say which component each row of DATA belongs to.

    Writes the row's number, its label and its responsibilities (the probability of each
    component given the row). Columns are picked by the names that MODEL was fitted with.

    \b
    Examples:
      mixtura predict model.safetensors data.csv > labels.csv
      mixtura predict model.safetensors data.csv --output labels.parquet
    """
    check_suffix(output)
    check_writable(output, source.data, model)
    from mixtura.cli.model_file import read_model
    from mixtura.cli.rows import read_for

    estimator = read_model(model)
    rows = read_for(source, estimator)
    if proba is None:
        proba = output is None or Path(output).suffix.lower() != ".npy"
    frame = labels(estimator, rows.values, proba)
    if output is not None or not as_json:
        write(frame, output, spec=".6g")
    if as_json:
        responsibilities = [frame[name] for name in frame if name.startswith("p_")]
        emit(
            {
                "command": "predict",
                "data": rows.facts(),
                "n_components": len(estimator.weights_),
                "labels": frame["label"],
                "responsibilities": list(zip(*responsibilities, strict=True)) or None,
                "files": {"output": output},
            }
        )
