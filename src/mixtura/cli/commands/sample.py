"""``mixtura sample``: new rows drawn from a model."""

from __future__ import annotations

import click

from mixtura.cli.document import emit
from mixtura.cli.frames import check_suffix, write
from mixtura.cli.options import as_json, debugging, model_argument
from mixtura.cli.writable import check_writable

__all__ = ["command"]


@click.command("sample")
@model_argument
@click.option(
    "-n", "--n-samples", type=click.IntRange(1), default=100, show_default=True, help="Rows."
)
@click.option(
    "--seed",
    type=click.IntRange(0, 2**32 - 1),
    default=0,
    show_default=True,
    help="Seed of the draw.",
)
@click.option("--with-labels", is_flag=True, help="Add the component each row came from.")
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
    model: str, n_samples: int, seed: int, with_labels: bool, output: str | None, as_json: bool
) -> None:
    """Draw new rows from MODEL.

    \b
    Examples:
      mixtura sample model.safetensors -n 1000 --output more.csv
      mixtura sample model.safetensors -n 1000 | mixtura fit - -k 3
    """
    check_suffix(output)
    check_writable(output, model)
    from mixtura.cli.model_file import read_model
    from mixtura.cli.summary import names_of

    estimator = read_model(model)
    x, components = estimator.sample(n_samples, random_state=seed)
    frame = dict(zip(names_of(estimator), x.T, strict=True))
    if with_labels:
        frame["label"] = components
    if output is not None or not as_json:
        write([frame], output, n_samples)
    if as_json:
        emit(
            {
                "command": "sample",
                "columns": names_of(estimator),
                "rows": x,
                "labels": components,
                "files": {"output": output},
            }
        )
