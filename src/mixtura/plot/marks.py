"""What the pictures are put together from: points, ellipses and numbered means."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mixtura.plot import style
from mixtura.plot.geometry import ellipse
from mixtura.plot.reading import Parts

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["MASSES", "MASS_CAPTION", "number_means", "outlines", "points"]

MASSES = (0.5, 0.95)
MASS_CAPTION = "ellipses hold 50 % and 95 % of each component"

_FEW = 2_000


def points(ax: Any, x: NDArray[np.float64], labels: NDArray[np.intp]) -> None:
    """Rows on plane (n, 2) or spatial axes (n, 3), colour and shape by their component (n,)."""
    size = float(np.clip(2_400.0 / max(len(x), 1) ** 0.8, 3.0, 26.0))
    for component in np.unique(labels):
        ax.scatter(
            *x[labels == component].T,
            s=size,
            marker=style.marker(component),
            color=style.colour(component),
            edgecolors=style.line_colour(component),
            linewidths=0.4,
            alpha=0.85 if len(x) <= _FEW else 0.5,
            rasterized=len(x) > _FEW,
        )


def outlines(ax: Axes, parts: Parts, masses: Sequence[float] = MASSES) -> None:
    """Ellipses of a mixture of two features, the wider ones thinner and dashed."""
    for component in parts.alive:
        for rank, mass in enumerate(sorted(masses)):
            path = ellipse(parts.means[component], parts.covariances[component], mass)
            ax.plot(
                *path.T,
                color=style.line_colour(component),
                linewidth=1.8 if rank == 0 else 1.3,
                linestyle="-" if rank == 0 else (0, (5, 2)),
                scalex=False,
                scaley=False,
            )


def number_means(ax: Any, parts: Parts, size: float = 9.0) -> None:
    """The number of every component at its mean, in a white disc with the component's edge."""
    for component in parts.alive:
        disc: dict[str, Any] = {
            "boxstyle": "circle,pad=0.2",
            "facecolor": "white",
            "edgecolor": style.line_colour(component),
            "linewidth": 1.6,
        }
        ax.text(
            *parts.means[component],
            str(component),
            ha="center",
            va="center",
            fontsize=size,
            fontweight="bold",
            color=style.INK,
            bbox=disc,
            clip_on=True,
            zorder=100,  # above every surface, which space sorts by depth
        )
