"""Lesson 9: bells that collapse, digits that an offset eats, and where starts end."""

from __future__ import annotations

from typing import Any

import numpy as np

from mixtura.course.fits import finished
from mixtura.course.naive import textbook_runs
from mixtura.course.stage import Stage
from mixtura.plot import style

__all__ = ["collapsing_bell", "eaten_digits", "ends_of_starts"]


def collapsing_bell(stage: Stage, floor: float) -> dict[str, Any]:
    """Standard deviation of a bell that begins on three customers of the same height."""
    ax = stage.axes()
    x = stage.rows[:60, 0]
    x = np.append(x[np.abs(x - 150.0) > 0.5], [150.0] * 3)
    variances = [0.25]
    mean, weight = 150.0, 0.05
    for _ in range(40):
        wide = (1 - weight) * _bell(x, x.mean(), x.var())
        here = weight * _bell(x, mean, variances[-1])
        share = here / (here + wide)
        weight, mean = share.mean(), float(np.average(x, weights=share))
        variances.append(float(np.average((x - mean) ** 2, weights=share)) + floor**2)
        variances[-1] = max(variances[-1], 1e-30)
    ax.semilogy(np.sqrt(variances), "-o", color=style.line_colour(3), markersize=4)
    stage.dress(ax, "turn", "spread")
    return {"last": np.sqrt(variances[-1]), "floor": floor}


def eaten_digits(stage: Stage, exponent: int) -> dict[str, Any]:
    """Variance as mean of squares less square of the mean, and about the centre."""
    ax = stage.axes()
    exponents = np.arange(0, 13)
    x = stage.rows[:, 0] - stage.rows[:, 0].mean()
    true = float(x.var())
    moved = [x + 10.0**e for e in exponents]
    naive = np.array([abs(np.mean(m * m) - m.mean() ** 2 - true) / true for m in moved])
    centred = np.array([abs(np.mean((m - m.mean()) ** 2) - true) / true for m in moved])
    ax.semilogy(exponents, np.maximum(naive, 1e-17), "-s", color=style.line_colour(3))
    ax.semilogy(exponents, np.maximum(centred, 1e-17), "--o", color=style.line_colour(0))
    ax.axvline(exponent, color=style.QUIET, linestyle=":")
    stage.dress(ax, "offset", "relative-error")
    return {"naive-at-8": naive[8], "centred-at-8": centred[8], "naive": naive[int(exponent)]}


def ends_of_starts(stage: Stage) -> dict[str, Any]:
    """Nats a row below the best: the textbook's starts, those that crash left out, and ours."""
    ax = stage.axes()
    ends, crashed = textbook_runs(stage.rows, 3, 60)
    ours = [finished(stage.rows, 3, random_state=s).score(stage.rows) for s in range(5)]
    best = max(*ours, ends.max(initial=-np.inf))
    ax.plot(np.sort(best - ends)[::-1], "s", color=style.line_colour(3), markersize=4)
    ax.plot(np.arange(5) * len(ends) / 5, np.sort(best - np.array(ours))[::-1], "o",
            color=style.line_colour(0), markersize=7)  # fmt: skip
    stage.dress(ax, "start", "behind")
    return {
        "crashed": crashed,
        "poor": np.sum(best - ends > 1e-3),
        "ours-poor": np.sum(best - np.array(ours) > 1e-3),
    }


def _bell(x: np.ndarray, mean: float, variance: float) -> np.ndarray:
    return np.exp(-0.5 * (x - mean) ** 2 / variance) / np.sqrt(2 * np.pi * variance)
