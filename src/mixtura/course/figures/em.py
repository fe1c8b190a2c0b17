"""Lesson 3: one customer's responsibility, the loop, its turns, and what underflows."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from scipy.special import logsumexp

from mixtura.course.fits import after
from mixtura.course.stage import Stage
from mixtura.plot import style
from mixtura.plot.geometry import normal_density

__all__ = ["loop_chart", "one_customer", "turns_of_em", "underflow"]

GUESS = {"weights": [0.5, 0.5], "means": [145.0, 165.0], "covariances": [[[100.0]], [[100.0]]]}
_HEIGHTS = np.linspace(120.0, 200.0, 321)


def one_customer(stage: Stage, height: float, weight: float, spread: float) -> dict[str, Any]:
    """Two weighted curves, and how a customer's height is shared between them."""
    ax, share = stage.axes(1, 2, width_ratios=[3, 1])
    weights = (weight, 1.0 - weight)
    variance = spread * spread
    joint = []
    for j, (part, mean) in enumerate(zip(weights, (145.0, 165.0), strict=True)):
        ax.plot(
            _HEIGHTS,
            part * normal_density(_HEIGHTS, mean, variance),
            color=style.line_colour(j),
            linestyle=("-", "--")[j],
        )
        here = part * float(normal_density(np.array([height]), mean, variance)[0])
        ax.plot([height, height], [0, here], color=style.line_colour(j), linewidth=3, alpha=0.6)
        ax.plot(height, here, marker=style.marker(j), color=style.line_colour(j))
        joint.append(here)
    pupil = joint[0] / sum(joint)
    for j, value in enumerate((pupil, 1.0 - pupil)):
        share.bar(j, value, color=style.colour(j), hatch=("", "//")[j])
        share.text(j, value, f"{value:.3f}", ha="center", va="bottom", fontsize=9)
    share.set_ylim(0.0, 1.12)
    stage.dress(ax, "height", "joint")
    stage.dress(share, "", "share")
    share.set_xticks([0, 1], ["1", "2"])
    return {"pupil": pupil, "adult": 1.0 - pupil, "first": joint[0], "second": joint[1]}


def turns_of_em(stage: Stage, turns: int) -> dict[str, Any]:
    """The mixture after some turns from a poor guess, and the likelihood so far."""
    ax, trace = stage.axes(1, 2, width_ratios=[3, 2])
    model = after(stage.rows, int(turns), **GUESS)
    heard = np.array([after(stage.rows, t, **GUESS).score(stage.rows) for t in range(16)])
    stage.histogram(ax, stage.rows[:, 0])
    stage.curves(ax, _HEIGHTS, model)
    trace.plot(heard, color=style.QUIET, linewidth=1.0)
    trace.plot(min(int(turns), 15), heard[min(int(turns), 15)], "o", color=style.COLOURS[3])
    stage.dress(ax, "height", "density")
    stage.dress(trace, "turn", "likelihood")
    return {
        "first": model.means_[0, 0],
        "second": model.means_[1, 0],
        "share": model.weights_[0],
        "least-gain": np.min(np.diff(heard)),
        "likelihood": model.score(stage.rows),
    }


def loop_chart(stage: Stage) -> dict[str, Any]:
    """The loop as a flow chart: begin, E, M, enough?"""
    ax = stage.axes()
    boxes = {"begin": (0.12, 0.5), "e-step": (0.42, 0.8), "m-step": (0.78, 0.5)}
    boxes |= {"enough": (0.42, 0.2), "stop": (0.12, 0.12)}
    arrows = (
        ("begin", "e-step", ""),
        ("e-step", "m-step", ""),
        ("m-step", "enough", ""),
        ("enough", "e-step", "no"),
        ("enough", "stop", "yes"),
    )
    for start, end, said in arrows:
        (x0, y0), (x1, y1) = boxes[start], boxes[end]
        look = {"arrowstyle": "-|>", "color": style.QUIET, "shrinkA": 34, "shrinkB": 34}
        ax.annotate("", (x1, y1), (x0, y0), arrowprops=look)
        if said:
            stage.write(
                ax, x0 + 0.6 * (x1 - x0) + 0.02, y0 + 0.6 * (y1 - y0) + 0.04, stage.word(said)
            )
    for j, (name, (x, y)) in enumerate(boxes.items()):
        tint = {"boxstyle": "round,pad=0.6", "facecolor": style.tint(j), "edgecolor": style.QUIET}
        stage.write(
            ax, x, y, stage.word(name), ha="center", va="center", bbox=tint, path_effects=None
        )
    ax.set(xlim=(-0.05, 1), ylim=(0, 1))
    ax.set_axis_off()
    return {"boxes": len(boxes), "arrows": len(arrows)}


def underflow(stage: Stage, features: int) -> dict[str, Any]:
    """The density of one row at distance 3 in every feature, as it is and as its logarithm."""
    ax = stage.axes()
    d = np.arange(1, 401)
    logs = -0.5 * d * (math.log(2.0 * math.pi) + 9.0)
    with np.errstate(under="ignore"):
        plain = np.exp(logs)
    ax.plot(d, logs, color=style.line_colour(0), linestyle="-")
    lost = int(d[plain == 0.0][0])
    ax.axvspan(lost, 400, color=style.tint(3), zorder=0)
    ax.axvline(int(features), color=style.QUIET, linestyle=":")
    stage.dress(ax, "features", "log-density", "zero-from-here")
    here = logs[int(features) - 1]
    both = np.array([here, here - 2.0])
    with np.errstate(under="ignore", invalid="ignore"):
        naive = np.exp(both) / np.sum(np.exp(both))
    return {
        "first-lost": lost,
        "naive": naive[0],
        "safe": math.exp(here - logsumexp(both)),
        "log-density": here,
    }
