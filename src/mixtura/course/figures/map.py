"""Lessons 0 and 8: the lessons and what they stand on."""

from __future__ import annotations

from typing import Any

from mixtura.course.content import outline
from mixtura.course.stage import Stage
from mixtura.plot import style

__all__ = ["knowledge_map"]


def knowledge_map(stage: Stage) -> dict[str, Any]:
    """Lessons as boxes, from what comes first on the left to what comes last on the right."""
    ax = stage.axes()
    places = outline()
    depth: dict[str, int] = {}
    for place in places:
        _deepen(place.id, depth)
    columns = {level: [p for p in depth if depth[p] == level] for level in set(depth.values())}
    at = {
        name: (level, 0.5 - (row + 0.5) / len(names))
        for level, names in columns.items()
        for row, name in enumerate(names)
    }
    arrow = {"arrowstyle": "-|>", "color": style.QUIET, "shrinkA": 20, "shrinkB": 22}
    edges = [(before, place.id) for place in places for before in place.after]
    for before, after in edges:
        ax.annotate("", at[after], at[before], arrowprops=arrow)
    for place in places:
        x, y = at[place.id]
        tint = {"boxstyle": "round,pad=0.5", "facecolor": style.tint(x), "edgecolor": style.QUIET}
        text = f"{place.number}\n{stage.word(place.id)}"
        stage.write(ax, x, y, text, ha="center", va="center", bbox=tint, path_effects=None)
    ax.set(xlim=(-0.5, max(columns) + 0.5), ylim=(-0.6, 0.6))
    ax.set_axis_off()
    return {"lessons": len(places), "edges": len(edges)}


def _deepen(name: str, depth: dict[str, int]) -> int:
    """The longest way to a lesson from one that needs nothing."""
    if name not in depth:
        (place,) = (place for place in outline() if place.id == name)
        depth[name] = 1 + max((_deepen(before, depth) for before in place.after), default=-1)
    return depth[name]
