"""Lesson 6: sticks that are broken, tails, and what a low density is."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.stats import norm, t

from mixtura.course.fits import finished
from mixtura.course.stage import Stage
from mixtura.plot import style
from mixtura.plot.plane import contours

__all__ = ["broken_stick", "low_density", "tails"]


def broken_stick(stage: Stage, concentration: float, seed: int) -> dict[str, Any]:
    """Weights of a Dirichlet process: what is left of a stick is broken again and again."""
    ax = stage.axes()
    fractions = np.random.default_rng(int(seed)).beta(1.0, concentration, 40)
    left = np.concatenate([[1.0], np.cumprod(1.0 - fractions)])
    weights = fractions * left[:-1]
    starts = np.cumsum(weights) - weights
    for j, (start, weight) in enumerate(zip(starts, weights, strict=True)):
        ax.barh(1, weight, left=start, color=style.colour(j), edgecolor="white", height=0.6)
    ax.bar(np.linspace(0.02, 0.98, 20), 0.55 * weights[:20] / weights.max(), width=0.03,
           color=[style.colour(j) for j in range(20)])  # fmt: skip
    ax.set(ylim=(0, 1.5), yticks=[])
    stage.dress(ax, "stick")
    above = int(np.sum(weights > 0.01))
    return {"sum": weights.sum() + left[-1], "above-one-percent": above}


def tails(stage: Stage) -> dict[str, Any]:
    """Chance of a day beyond x per cent: a Gaussian, a mixture, a t of equal variance."""
    ax = stage.axes()
    x = np.linspace(0.5, 15.0, 400)
    sd = np.sqrt(0.9 * 1.0 + 0.1 * 9.0)
    beyond = {
        "gaussian": 2 * norm.sf(x / sd),
        "mixture": 0.9 * 2 * norm.sf(x) + 0.1 * 2 * norm.sf(x / 3.0),
        "t3": 2 * t.sf(x * np.sqrt(3.0) / sd, 3),
    }
    for j, (name, values) in enumerate(beyond.items()):
        ax.plot(x, np.log10(np.maximum(values, 1e-300)), (":", "-", "--")[j],
                color=style.line_colour(j), linewidth=2)  # fmt: skip
        at = int(np.searchsorted(x, (4.5, 8.5, 12.5)[j]))
        stage.write(ax, x[at], max(np.log10(values[at]), -8.5), stage.word(name))
    ax.set_ylim(-9, 0)
    stage.dress(ax, "loss", "log-chance")
    return {name: np.interp(10.0, x, values) for name, values in beyond.items()}


def low_density(stage: Stage, share: float) -> dict[str, Any]:
    """The baskets of lowest density under a mixture, so many per cent of them."""
    ax = stage.axes()
    model = finished(stage.rows, 2)
    density = model.score_samples(stage.rows)
    odd = density <= np.quantile(density, share / 100.0)
    contours(model, ax=ax)
    stage.points(ax, stage.rows, np.zeros(len(odd), dtype=int), s=8)
    ax.scatter(*stage.rows[odd].T, marker="D", s=60, facecolors="none", edgecolors="#D55E00")
    stage.dress(ax, "height", "spent")
    return {"odd": np.sum(odd), "rows": len(odd)}
