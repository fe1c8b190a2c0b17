"""Lesson 1: one bell over two hills, and when two groups make one hill."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.stats import norm

from mixtura.course.fits import finished
from mixtura.course.stage import Stage
from mixtura.plot import style

__all__ = ["adults_only_hill", "bells_over_shop", "gap_and_hills"]

_HEIGHTS = np.linspace(110.0, 210.0, 801)


def bells_over_shop(stage: Stage, components: int) -> dict[str, Any]:
    """The shop's heights, and a mixture of so many bells fitted to them."""
    ax = stage.axes()
    model = finished(stage.rows, int(components))
    stage.histogram(ax, stage.rows[:, 0])
    total = stage.curves(ax, _HEIGHTS, model)
    centre = float(np.mean(stage.rows))
    ax.axvline(centre, color=style.QUIET, linestyle=":")
    stage.write(ax, centre + 1, ax.get_ylim()[1] * 0.93, stage.word("counter"))
    stage.dress(ax, "height", "density")
    near = np.abs(stage.rows[:, 0] - centre) < 5.0
    return {
        "hills": _hills(total),
        "mean": centre,
        "near-counted": np.mean(near),
        "near-one-bell": np.ptp(norm.cdf([centre - 5, centre + 5], centre, np.std(stage.rows))),
        "likelihood": model.score(stage.rows),
    }


def gap_and_hills(stage: Stage, gap: float, share: float, ratio: float) -> dict[str, Any]:
    """Two bells so many standard deviations apart, their sum, and how many hills it has."""
    ax = stage.axes()
    at = np.linspace(-5.0, 5.0 + 6.0, 4001)
    parts = [share * norm.pdf(at, 0.0, 1.0), (1 - share) * norm.pdf(at, gap, ratio)]
    for j, part in enumerate(parts):
        ax.plot(at, part, color=style.line_colour(j), linestyle=("-", "--")[j])
    total = parts[0] + parts[1]
    ax.plot(at, total, color=style.INK, linewidth=2)
    hills = _hills(total)
    stage.dress(ax, "gap-in-sd", "density")
    stage.write(ax, 0.97, 0.95, f"{stage.word('hills')}: {hills}", ha="right", va="top",
                transform=ax.transAxes)  # fmt: skip
    return {"hills": hills}


def adults_only_hill(stage: Stage) -> dict[str, Any]:
    """Women and men of the textbooks: two groups, one hill."""
    ax = stage.axes()
    parts = [0.5 * norm.pdf(_HEIGHTS, mean, 7.0) for mean in (163.0, 176.0)]
    stage.histogram(ax, stage.rows[:, 0], bins=24)
    for j, part in enumerate(parts):
        ax.plot(_HEIGHTS, part, color=style.line_colour(j), linestyle=("-", "--")[j])
    ax.plot(_HEIGHTS, parts[0] + parts[1], color=style.INK, linewidth=2)
    ax.set_xlim(138, 202)
    stage.dress(ax, "height", "density")
    return {"hills": _hills(parts[0] + parts[1]), "gap-in-sd": (176.0 - 163.0) / 7.0}


def _hills(curve: np.ndarray) -> int:
    """Number of local maxima of (m,) values."""
    slope = np.diff(curve)
    return int(np.sum((slope[:-1] > 0) & (slope[1:] <= 0)))
