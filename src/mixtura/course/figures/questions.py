"""Readers' questions: how parameters grow with features, and what a unit changes."""

from __future__ import annotations

from typing import Any

import numpy as np

from mixtura.course.fits import finished
from mixtura.course.stage import Stage
from mixtura.covariance import COVARIANCES
from mixtura.plot import style

__all__ = ["numbers_by_features", "units_and_starts"]


def numbers_by_features(stage: Stage, features: int) -> dict[str, Any]:
    """Numbers in the covariances of one component, for each family, over the features."""
    ax = stage.axes()
    stage.dress(ax, "features", "numbers")  # before the scales, whose ticks are their own
    d = np.unique(np.round(np.logspace(0, 3.3, 60)).astype(int))
    for j, (name, family) in enumerate(COVARIANCES.items()):
        counts = [family.n_parameters(1, int(each)) for each in d]
        ax.loglog(d, counts, ("-", "--", "-.", ":")[j % 4], color=style.line_colour(j), label=name)
    ax.axvline(int(features), color=style.QUIET, linewidth=0.8)
    ax.legend(frameon=False)
    return {name: family.n_parameters(1, int(features)) for name, family in COVARIANCES.items()}


def units_and_starts(stage: Stage, stretch: float, family: str) -> dict[str, Any]:
    """The same rows with one feature stretched: what is the same cluster still?"""
    before, behind = stage.axes(1, 2)
    scales = np.array([1.0, stretch])
    plain = finished(stage.rows, 2, covariance_type=family).predict(stage.rows)
    other = finished(stage.rows * scales, 2, covariance_type=family).predict(stage.rows * scales)
    moved = min(np.sum(plain != other), np.sum(plain == other))
    stage.points(before, stage.rows, plain)
    stage.points(behind, stage.rows * scales, other)
    stage.dress(before, "height", "spent")
    stage.dress(behind, "height", "stretched")
    stage.write(behind, 0.03, 0.97, f"{stage.word('moved')}: {moved}", va="top",
                transform=behind.transAxes)  # fmt: skip
    return {"moved": moved}
