"""Where a picture of a lesson is drawn, and the few strokes that most of them share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from mixtura.plot import style
from mixtura.plot.geometry import ellipse, normal_density

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["Stage"]


@dataclass(frozen=True)
class Stage:
    """A matplotlib figure, the rows to show, and the words of the reader's language."""

    figure: Figure
    rows: np.ndarray  # (n, d)
    groups: np.ndarray  # (n,) who they really are
    words: Mapping[str, str]

    def axes(self, rows: int = 1, columns: int = 1, **options: Any) -> Any:
        """Axes, or an array of them."""
        return self.figure.subplots(rows, columns, **options)

    def word(self, name: str) -> str:
        """A word in the picture; its own name where the lesson gives none."""
        return self.words.get(name, name)

    def dress(self, ax: Axes, x: str = "", y: str = "", caption: str = "") -> None:
        """A quiet frame, with labels by their names."""
        style.dress(ax, self.word(x) if x else "", self.word(y) if y else "")
        if caption:
            self.write(ax, 0.02, 0.97, self.word(caption), va="top", transform=ax.transAxes)

    def write(self, ax: Axes, x: float, y: float, text: str, **options: Any) -> None:
        """A text, in a font that has its characters."""
        look = style.label(text) | {"fontsize": 9, "path_effects": style.halo()} | options
        look["text"] = text
        ax.text(x, y, look.pop("text"), **look)

    def histogram(self, ax: Axes, values: np.ndarray, bins: int = 30) -> None:
        """A pale histogram of (n,) values, of area 1."""
        ax.hist(values, bins=bins, density=True, color="#dddddd", edgecolor="white")

    def curves(self, ax: Axes, at: np.ndarray, model: Any) -> np.ndarray:
        """Weighted components of a mixture of one feature and their sum, which is returned."""
        parts = [
            weight * normal_density(at, mean[0], np.asarray(covariance).item())
            for weight, mean, covariance in zip(
                model.weights_, model.means_, model.covariances_, strict=True
            )
        ]
        for j, part in enumerate(parts):
            ax.fill_between(at, part, color=style.colour(j), alpha=0.25, linewidth=0)
            ax.plot(at, part, color=style.line_colour(j), linewidth=1.2)
        total = np.sum(parts, axis=0)
        ax.plot(at, total, color=style.INK, linewidth=1.8)
        return total

    def points(self, ax: Axes, rows: np.ndarray, groups: np.ndarray, **options: Any) -> None:
        """Rows (n, 2), a colour and a shape for each group."""
        look = {"s": 14, "linewidths": 0, "alpha": 0.75} | options
        for group in np.unique(groups):
            chosen = rows[groups == group]
            colour, marker = style.colour(int(group)), style.marker(int(group))
            ax.scatter(chosen[:, 0], chosen[:, 1], color=colour, marker=marker, **look)

    def ellipses(self, ax: Axes, means: np.ndarray, covariances: np.ndarray) -> None:
        """Outlines of one and two standard deviations, (k, 2) and (k, 2, 2)."""
        for j, (mean, covariance) in enumerate(zip(means, covariances, strict=True)):
            for mass, width in ((0.3935, 2.0), (0.8647, 1.0)):
                outline = ellipse(mean, covariance, mass)
                ax.plot(*outline.T, color=style.line_colour(j), linewidth=width)
            ax.plot(*mean, marker="+", color=style.INK, markersize=9, markeredgewidth=1.8)
