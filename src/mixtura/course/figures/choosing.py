"""Lesson 5: criteria over k, the true number beside the fitted one, and the four families."""

from __future__ import annotations

from typing import Any

import numpy as np

from mixtura.course.fits import finished
from mixtura.course.stage import Stage
from mixtura.covariance import COVARIANCES
from mixtura.plot import style

__all__ = ["criterion_curve", "four_families", "truth_and_fit"]


def criterion_curve(stage: Stage, rows: int, family: str) -> dict[str, Any]:
    """AIC and BIC of one to six components, over so many of the rows."""
    ax = stage.axes()
    x = stage.rows[: int(rows)]
    ks = np.arange(1, 7)
    models = [finished(x, int(k), covariance_type=family) for k in ks]
    best = {}
    for j, name in enumerate(("aic", "bic")):
        values = np.array([getattr(model, name)(x) for model in models])
        best[name] = int(ks[np.argmin(values)])
        ax.plot(ks, values, ("-o", "--s")[j], color=style.line_colour(j), label=name.upper())
        ax.plot(best[name], values.min(), "*", color=style.line_colour(j), markersize=15)
    ax.legend(frameon=False)
    stage.dress(ax, "components", "criterion")
    return {"best-aic": best["aic"], "best-bic": best["bic"], "log-n": np.log(len(x))}


def truth_and_fit(stage: Stage, truth: int, fitted: int) -> dict[str, Any]:
    """Clusters that there are, and components that are fitted: two numbers, two controls."""
    ax = stage.axes()
    random = np.random.default_rng(5)
    centres = 5.0 * np.column_stack([np.arange(int(truth)), np.arange(int(truth)) % 2])
    groups = np.repeat(np.arange(int(truth)), 60)
    x = centres[groups] + random.standard_normal((len(groups), 2))
    model = finished(x, int(fitted))
    stage.points(ax, x, model.predict(x))
    stage.ellipses(ax, model.means_, model.covariances_)
    ax.set_aspect("equal")
    bics = [finished(x, k).bic(x) for k in range(1, 7)]
    stage.dress(ax)
    stage.write(ax, 0.02, 0.97, f"BIC − min BIC = {bics[int(fitted) - 1] - min(bics):.1f}",
                va="top", transform=ax.transAxes)  # fmt: skip
    return {"chosen": 1 + int(np.argmin(bics)), "behind": bics[int(fitted) - 1] - min(bics)}


def four_families(stage: Stage) -> dict[str, Any]:
    """The same rows with each family's ellipses and number of parameters."""
    found = {}
    for ax, name in zip(stage.axes(2, 2, sharex=True, sharey=True).flat, COVARIANCES, strict=True):
        model = finished(stage.rows, 2, covariance_type=name)
        family = COVARIANCES[name]
        stage.points(ax, stage.rows, model.predict(stage.rows), s=6)
        stage.ellipses(ax, model.means_, family.matrices(model.covariances_, 2, 2))
        found[name] = family.n_parameters(2, 2) + 2 * 2 + 1
        stage.dress(ax)
        stage.write(ax, 0.03, 0.96, f"{stage.word(name)}: {found[name]}", va="top",
                    transform=ax.transAxes)  # fmt: skip
    return found
