"""The report's figures, drawn without a screen."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from mixtura import plot
from mixtura.exceptions import import_extra
from mixtura.files import replacing
from mixtura.plot.matrix import MOST_FEATURES
from mixtura.report.markup import DPI

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["figures", "write_figures"]

SIZE = (5.4, 4.1)


def figures(model: Any, X: Any, selection: Any = None) -> dict[str, Figure]:
    """Every figure that the mixture has: name to matplotlib figure.

    Parameters
    ----------
    model : GaussianMixture or BayesianGaussianMixture
        A fitted mixture.
    X : array-like (n, d)
        The rows it describes.
    selection : Selection, optional
        What ``mixtura.select`` returned, for the curves over the number of components.

    Returns
    -------
    dict of str to matplotlib Figure
        ``mixture`` always; ``contours`` for two features; ``bic``, ``aic`` and the criterion
        that chose where there is a `selection`; ``trace`` where `model` has a history.
    """
    d = model.means_.shape[1]
    side = 1.0 + 1.55 * min(d, MOST_FEATURES)
    size = SIZE if d <= 3 else (side, side)
    drawn = {"mixture": _draw(partial(plot.mixture, model, X), size)}
    if d == 2:
        drawn["contours"] = _draw(partial(plot.contours, model, X))
    if selection is not None:
        for name in dict.fromkeys([selection.criterion, "bic", "aic"]):
            drawn[name] = _draw(partial(plot.criteria, selection, criterion=name))
    if any(np.size(start) for start in getattr(model, "history_", None) or []):
        drawn["trace"] = _draw(partial(plot.trace, model))
    return drawn


def write_figures(folder: str | os.PathLike[str], drawn: Mapping[str, Figure]) -> list[Path]:
    """Write figures as PNG into a folder, which is made where it is missing.

    Parameters
    ----------
    folder : path
        Where to write ``<name>.png``.
    drawn : mapping of str to matplotlib Figure
        What `figures` returned.

    Returns
    -------
    list of Path
        The files, in the order of `drawn`.
    """
    place = Path(folder)
    place.mkdir(parents=True, exist_ok=True)
    paths = [place / f"{name}.png" for name in drawn]
    for path, figure in zip(paths, drawn.values(), strict=True):
        with replacing(path) as temporary:
            figure.savefig(temporary, dpi=DPI)
    return paths


def _draw(draw: Callable[..., Any], size: tuple[float, float] = SIZE) -> Figure:
    module = import_extra("matplotlib.figure", extra="plot", purpose="mixtura.report")
    figure: Figure = module.Figure(figsize=size, layout="constrained")
    draw(ax=figure.add_subplot())
    return figure
