"""Mounts the stage on a page, and reads what was set by hand there."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

__all__ = ["Edit", "read_edit", "stage"]

MOST_POINTS = 500
MOST_COMPONENTS = 8


class Edit(NamedTuple):
    """What a hand has done to a run of EM."""

    points: np.ndarray | None = None  # (n, 2), None if they are the preset's
    start: dict[str, Any] | None = None  # weights, means, covariances as [xx, xy, yy]
    iterations: int = 0  # M-steps since the start
    scored: bool = False  # whether the E-step after them is done


def stage(key: str, data: dict[str, Any]) -> Any:
    """Mount the stage; what it tells is read by `read_edit`."""
    import streamlit as st

    from mixtura.studio.stage.bundle import bundle, style

    component = st.components.v2.component("mixtura_stage", js=bundle(), css=style())
    result = component(key=key, data=data, on_edit_change=lambda: None)
    return result.edit


def read_edit(value: Any) -> Edit:
    """An edit from the browser or a link, checked; an empty one if it makes no sense.

    Whoever writes a link by hand gets the preset instead of an error.
    """
    try:
        points = value["points"]
        start = value["start"]
        iterations = int(value["iterations"])
        scored = "scored" in value and bool(value["scored"])
        if points is not None:
            points = _array(points, 2)
        if start is not None:
            start = _parameters(start)
    except (KeyError, TypeError, ValueError):
        return Edit()
    return Edit(points, start, min(max(iterations, 0), 1000), scored)


def _array(values: Any, width: int, most: int = MOST_POINTS) -> np.ndarray:
    array = np.array(values, dtype=np.float64)
    if array.ndim != 2 or array.shape[1] != width or not 1 <= len(array) <= most:
        raise ValueError("shape")
    if not np.all(np.abs(array) < 1e9):
        raise ValueError("size")
    return array


def _parameters(start: Any) -> dict[str, Any]:
    means = _array(start["means"], 2, MOST_COMPONENTS)
    covariances = _array(start["covariances"], 3, MOST_COMPONENTS)
    weights = _array([start["weights"]], len(means))[0]
    xx, xy, yy = covariances.T
    definite = np.all(xx > 0) and np.all(xx * yy > xy * xy)
    if len(covariances) != len(means) or not definite or not np.all(weights > 0):
        raise ValueError("parameters")
    return {
        "weights": (weights / weights.sum()).tolist(),
        "means": means.tolist(),
        "covariances": covariances.tolist(),
    }
