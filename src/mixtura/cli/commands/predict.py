"""``mixtura predict``: the component of every row, and how sure that is."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mixtura.cli.document import emit
from mixtura.cli.frames import check_suffix, joined, labels, numbered, write
from mixtura.cli.options import (
    Source,
    as_json,
    debugging,
    memory_option,
    model_argument,
    progress_option,
    source,
)
from mixtura.cli.writable import check_writable, folder_pairs

if TYPE_CHECKING:
    from mixtura.cli.rows import Rows

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
    help="CSV, TSV, Parquet or NPY file; or FOLDER/. Standard output, if not given.",
)
@memory_option
@as_json
@progress_option
@debugging
def command(
    model: str,
    proba: bool | None,
    output: str | None,
    memory: int,
    source: Source,
    as_json: bool,
    progress: bool | None,
) -> None:
    """Say which component each row of DATA belongs to.

    Writes the row's number, its label and its responsibilities (the probability of each
    component given the row). Columns are picked by the names that MODEL was fitted with. Into
    FOLDER/ goes one Parquet file for each file of DATA.

    \b
    Examples:
      mixtura predict model.safetensors data.csv > labels.csv
      mixtura predict model.safetensors data.csv --output labels.parquet
      mixtura predict model.safetensors rows/ --memory 500MB --output out/
    """
    into_folder = output is not None and (output.endswith("/") or Path(output).is_dir())
    pairs = folder_pairs(source.data, str(output)) if into_folder else [(source.data, output)]
    for data, target in pairs:
        check_suffix(target)
        check_writable(target, data, model)
    from mixtura.cli.model_file import read_model
    from mixtura.cli.render import integer
    from mixtura.cli.rows import check_held, read_for
    from mixtura.cli.watch import passes_shown

    estimator = read_model(model)
    if proba is None:
        proba = output is None or Path(output).suffix.lower() != ".npy"
    with passes_shown(as_json or output is None, progress):
        for data, target in pairs:
            rows = read_for(source._replace(data=data), estimator, memory)
            if as_json:
                check_held(rows, output)
            if target is not None or not as_json:
                frames = numbered(labels(estimator, rows.blocks(), proba))
                write(frames, target, rows.n, spec=".6g")
            if target is not None and not as_json:
                click.echo(f"wrote {target} ({integer(rows.n)} rows)")
    if as_json:
        files = [target for _, target in pairs] if into_folder else output
        held = rows.stream is None and not into_folder
        emit(_document(estimator, rows, proba, held) | {"files": {"output": files}})


def _document(model: Any, rows: Rows, proba: bool, held: bool) -> dict[str, Any]:
    """What there is to say of the last rows, and of every one of them where they are `held`."""
    frame = joined(labels(model, rows.blocks(), proba)) if held else {}
    responsibilities = [frame[name] for name in frame if name.startswith("p_")]
    return {
        "command": "predict",
        "data": rows.facts(),
        "n_components": len(model.weights_),
        "labels": frame.get("label"),
        "responsibilities": list(zip(*responsibilities, strict=True)) or None,
    }
