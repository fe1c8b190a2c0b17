"""Lesson 7: borders, three methods on crescents, and a fit in space."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.cluster import DBSCAN, KMeans
from sklearn.metrics import adjusted_rand_score

from mixtura.course.fits import finished
from mixtura.course.stage import Stage
from mixtura.plot import style

__all__ = ["borders", "fit_in_space", "three_methods"]


def borders(stage: Stage, family: str) -> dict[str, Any]:
    """Whose plane is whose: a mixture's border beside that of K-Means."""
    soft, hard = stage.axes(1, 2, sharex=True, sharey=True)
    x = stage.rows
    model = finished(x, 2, covariance_type=family)
    cut = KMeans(2, n_init=10, random_state=0).fit(x)
    across = [np.linspace(low - 1, high + 1, 160) for low, high in zip(*_range(x), strict=True)]
    grid = np.stack(np.meshgrid(*across), axis=-1).reshape(-1, 2)
    pale = np.array([style.tint(0), style.tint(1)])
    for ax, shares, rows in (
        (soft, model.predict_proba(grid), model.predict(x)),
        (hard, np.eye(2)[cut.predict(grid)], cut.labels_),
    ):
        box = (across[0][0], across[0][-1], across[1][0], across[1][-1])
        ax.imshow((shares @ pale).reshape(160, 160, 3), origin="lower", extent=box, aspect="auto")
        stage.points(ax, x, rows)
    stage.dress(soft, "", "", "mixture")
    stage.dress(hard, "", "", "kmeans")
    return {
        "mixture": adjusted_rand_score(stage.groups, model.predict(x)),
        "kmeans": adjusted_rand_score(stage.groups, cut.labels_),
    }


def three_methods(stage: Stage, reach: float, components: int) -> dict[str, Any]:
    """K-Means, a mixture and DBSCAN on the same rows."""
    k = int(components)
    labels = {
        "kmeans": KMeans(k, n_init=10, random_state=0).fit_predict(stage.rows),
        "mixture": finished(stage.rows, k).predict(stage.rows),
        "dbscan": DBSCAN(eps=reach, min_samples=5).fit_predict(stage.rows),
    }
    found = {}
    for ax, (name, chosen) in zip(stage.axes(1, 3, sharey=True), labels.items(), strict=True):
        stage.points(ax, stage.rows, chosen % 56, s=10)
        found[name] = adjusted_rand_score(stage.groups, chosen)
        stage.dress(ax)
        ax.set_aspect("equal")
        stage.write(ax, 0.5, 1.02, f"{stage.word(name)} {found[name]:.2f}", ha="center",
                    transform=ax.transAxes)  # fmt: skip
    return found


def fit_in_space(stage: Stage, turn: float) -> dict[str, Any]:
    """Three components in three features, seen from an angle."""
    ax = stage.figure.add_subplot(projection="3d")
    model = finished(stage.rows, 3, n_init=5)
    labels = model.predict(stage.rows)
    for group in range(3):
        chosen = stage.rows[labels == group].T
        ax.scatter(*chosen, color=style.colour(group), marker=style.marker(group), s=14)
    ax.view_init(elev=22, azim=turn)
    for axis, name in zip(
        (ax.xaxis, ax.yaxis, ax.zaxis), ("length", "width", "petal"), strict=True
    ):
        axis.label.update(style.label(stage.word(name)))
    return {"rand": adjusted_rand_score(stage.groups, labels), "components": len(set(labels))}


def _range(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return x.min(axis=0), x.max(axis=0)
