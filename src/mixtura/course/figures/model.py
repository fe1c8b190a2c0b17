"""Lesson 2: the parameters as characters, soft beside hard, and the way to K-Means."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.integrate import trapezoid
from scipy.special import expit, logit
from scipy.stats import norm
from sklearn.cluster import KMeans

from mixtura.course.fits import finished
from mixtura.course.stage import Stage
from mixtura.plot import style

__all__ = ["characters", "road_to_kmeans", "soft_and_hard"]

_AT = np.linspace(100.0, 230.0, 2601)


def characters(stage: Stage, share: float, pupil_sd: float, adult_sd: float) -> dict[str, Any]:
    """Both weighted bells with their areas; the sum always has area 1."""
    ax = stage.axes()
    stage.histogram(ax, stage.rows[:, 0])
    parts = [share * norm.pdf(_AT, 140.0, pupil_sd), (1 - share) * norm.pdf(_AT, 170.0, adult_sd)]
    areas = [trapezoid(part, _AT) for part in parts]
    for j, part in enumerate(parts):
        ax.fill_between(_AT, part, color=style.colour(j), alpha=0.3, hatch=("", "//")[j])
        top = int(np.argmax(part))
        stage.write(ax, _AT[top], part[top] * 0.5, f"π = {areas[j]:.2f}", ha="center")
    ax.plot(_AT, parts[0] + parts[1], color=style.INK, linewidth=1.8)
    ax.set_xlim(115, 205)
    stage.dress(ax, "height", "density")
    at_150 = share * norm.pdf(150, 140, pupil_sd) + (1 - share) * norm.pdf(150, 170, adult_sd)
    return {"first": areas[0], "second": areas[1], "area": sum(areas), "at-150": at_150}


def soft_and_hard(stage: Stage) -> dict[str, Any]:
    """The baskets, shared out by a mixture and cut by K-Means."""
    soft, hard = stage.axes(1, 2, sharex=True, sharey=True)
    model = finished(stage.rows, 2, covariance_type="full")
    order = np.argsort(model.means_[:, 0])
    shares = model.predict_proba(stage.rows)[:, order]
    blend = shares @ np.array([style.colour(0), style.colour(1)])
    soft.scatter(*stage.rows.T, c=blend, s=16, linewidths=0)
    stage.ellipses(soft, model.means_[order], model.covariances_[order])
    cut = KMeans(2, n_init=10, random_state=0).fit(stage.rows)
    ranks = np.argsort(np.argsort(cut.cluster_centers_[:, 0]))
    stage.points(hard, stage.rows, ranks[cut.labels_])
    stage.dress(soft, "height", "spent", "soft")
    stage.dress(hard, "height", "", "hard")
    undecided = np.max(shares, axis=1) < 0.99
    return {"undecided": np.sum(undecided), "rows": len(shares)}


def road_to_kmeans(stage: Stage, deviation: float, share: float) -> dict[str, Any]:
    """Responsibilities along the heights, for equal round bells that grow thin."""
    ax = stage.axes()
    at = np.linspace(130.0, 180.0, 1001)
    odds = ((at - 140.0) ** 2 - (at - 170.0) ** 2) / (2 * deviation**2)  # logarithms
    adult = expit(odds - logit(share))
    ax.plot(at, adult, color=style.line_colour(1), linewidth=2)
    ax.axvline(155.0, color=style.QUIET, linestyle=":")
    stage.dress(ax, "height", "adult-share", "")
    half = at[int(np.argmin(np.abs(adult - 0.5)))]
    return {"at-153": np.interp(153.0, at, adult), "border": half}
