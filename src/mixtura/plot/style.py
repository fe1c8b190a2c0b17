"""Colours, markers and quiet axes that every picture shares."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mixtura.exceptions import import_extra

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.gridspec import GridSpecBase

__all__ = [
    "COLOURS",
    "INK",
    "MARKERS",
    "QUIET",
    "colour",
    "dress",
    "grid_in_place_of",
    "halo",
    "label",
    "line_colour",
    "marker",
    "matplotlib",
    "new_axes",
    "tint",
]

COLOURS = ("#0072B2", "#E69F00", "#009E73", "#D55E00", "#CC79A7", "#56B4E9", "#F0E442")
"""Okabe and Ito's colours, told apart by colour-blind readers; the faint ones last."""

MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")
"""Eight shapes against seven colours: 56 components before a pair repeats."""

INK = "#222222"
QUIET = "#5f5f5f"

_CJK = ("Noto Sans CJK SC", "Noto Sans CJK JP", "PingFang SC", "Microsoft YaHei", "SimHei")


def matplotlib(module: str) -> Any:
    """The module ``matplotlib.<module>``, imported when a picture is asked for."""
    return import_extra(f"matplotlib.{module}", extra="plot", purpose="mixtura.plot")


def colour(component: int) -> NDArray[np.float64]:
    """RGB (3,) of a component, each in 0..1."""
    code = COLOURS[component % len(COLOURS)]
    return np.array([int(code[i : i + 2], 16) for i in (1, 3, 5)]) / 255.0


def marker(component: int) -> str:
    """Marker shape of a component."""
    return MARKERS[component % len(MARKERS)]


def line_colour(component: int) -> NDArray[np.float64]:
    """A darker shade of the component's colour, readable as a thin line."""
    return 0.72 * colour(component)


def tint(component: int) -> NDArray[np.float64]:
    """A light shade of the component's colour, for areas behind points."""
    return 1.0 - 0.42 * (1.0 - colour(component))


def new_axes(ax: Axes | None, size: tuple[float, float] = (6.0, 4.5)) -> Axes:
    """`ax` itself, or the axes of a new figure of `size` inches."""
    if ax is not None:
        return ax
    figure = matplotlib("pyplot").figure(figsize=size, layout="constrained")
    return figure.add_subplot()


def grid_in_place_of(ax: Axes, rows: int, columns: int) -> GridSpecBase:
    """Remove `ax` and give a grid of cells where it stood."""
    figure, spec, box = ax.figure, ax.get_subplotspec(), ax.get_position()
    ax.remove()
    if spec is not None:
        return spec.subgridspec(rows, columns)
    return figure.add_gridspec(rows, columns, left=box.x0, right=box.x1, bottom=box.y0, top=box.y1)


def halo(width: float = 2.5) -> list[Any]:
    """A white rim that keeps text readable over lines."""
    return [matplotlib("patheffects").withStroke(linewidth=width, foreground="white")]


def label(name: str) -> dict[str, Any]:
    """Keywords of a matplotlib text that shows a feature's name as it is.

    Long names are cut, dollar signs are no formulas, and Chinese, Japanese and Korean
    come from the first font of the machine that has them.
    """
    short = textwrap.shorten(name, 30, placeholder="…") if " " in name.strip() else name.strip()
    text: dict[str, Any] = {"parse_math": False, "color": INK}
    if not name.isascii():
        installed = set(matplotlib("font_manager").get_font_names())
        text["fontfamily"] = ["DejaVu Sans", *(font for font in _CJK if font in installed)]
    return text | {"text": short if len(short) <= 30 else short[:29] + "…"}


def dress(ax: Axes, x: str = "", y: str = "", caption: str = "") -> None:
    """Quiet frame, axis labels, and a small caption above the axes on the left."""
    ax.spines[["top", "right"]].set_visible(False)
    ax.spines[["left", "bottom"]].set_color(QUIET)
    ax.tick_params(colors=QUIET, labelcolor=INK, labelsize=9)
    ax.locator_params(axis="x", nbins=6)
    ax.xaxis.label.update(label(x))
    ax.yaxis.label.update(label(y))
    if caption:
        ax.set_title(caption, loc="left", fontsize=8.5, color=QUIET, parse_math=False)
