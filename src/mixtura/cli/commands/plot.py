"""``mixtura plot``: a model as a picture."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from mixtura.cli.document import emit
from mixtura.cli.failures import Failure
from mixtura.cli.options import Source, as_json, debugging, model_argument, source
from mixtura.cli.render import wrote
from mixtura.cli.wording import reworded
from mixtura.cli.writable import check_writable
from mixtura.files import replacing

__all__ = ["command"]

_SUFFIXES = (".png", ".svg", ".pdf")
# Functions of mixtura.plot; `mixture` picks the one for the number of features.
_KINDS = {
    "auto": "mixture",
    "density": "density",
    "regions": "regions",
    "ellipses": "ellipses",
    "contours": "contours",
    "ellipsoids": "ellipsoids",
    "pairs": "pairs",
    "trace": "trace",
}


@click.command("plot")
@model_argument
@source(required=False)
@click.option(
    "--kind",
    type=click.Choice(list(_KINDS)),
    default="auto",
    show_default=True,
    help="What to draw; auto goes by the number of columns.",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(),
    required=True,
    metavar="FILE",
    help="PNG, SVG or PDF file.",
)
@click.option(
    "--dpi", type=click.IntRange(10, 1200), default=150, show_default=True, help="Dots an inch."
)
@as_json
@debugging
def command(model: str, source: Source, kind: str, output: str, dpi: int, as_json: bool) -> None:
    """Draw MODEL, over the rows of DATA if given.

    \b
    Examples:
      mixtura plot model.safetensors data.csv --output picture.png
      mixtura plot model.safetensors --kind contours --output contours.svg
    """
    if Path(output).suffix.lower() not in _SUFFIXES:
        raise Failure(f"cannot write {output}: its name must end in one of {', '.join(_SUFFIXES)}")
    check_writable(output, model, source.data)
    from mixtura.cli.model_file import read_model
    from mixtura.cli.rows import read_for

    estimator = read_model(model)
    rows = read_for(source, estimator) if source.data else None
    figure = _draw(estimator, None if rows is None else rows.values, kind)
    with replacing(output) as temporary:
        figure.savefig(temporary, dpi=dpi)
    if as_json:
        emit(
            {
                "command": "plot",
                "data": None if rows is None else rows.facts(),
                "kind": kind,
                "files": {"output": output},
            }
        )
    else:
        wrote([output])


def _draw(model: Any, x: Any, kind: str) -> Any:
    """The figure of `kind`; the trace alone has no use for rows."""
    import numpy as np

    from mixtura import plot
    from mixtura.exceptions import import_extra

    import_extra("matplotlib", extra="plot", purpose="`mixtura plot`").use("Agg")
    picture = getattr(plot, _KINDS[kind])
    with reworded({"mixtura.plot.mixture(model, X)": "--kind auto"}):
        axes = picture(model) if kind == "trace" else picture(model, x)
    return np.ravel(axes)[0].figure
