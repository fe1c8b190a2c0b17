"""The map of the course: lessons by what they build on, filled as far as they are remembered."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from functools import cache
from html import escape
from typing import NamedTuple

__all__ = ["Node", "draw", "layers"]

_WIDTH, _HEIGHT = 168, 62
_GAP_X, _GAP_Y = 26, 40


class Node(NamedTuple):
    """A lesson on the map."""

    id: str
    number: str
    title: str
    after: tuple[str, ...]
    strength: float  # 0 to 1
    finished: bool


def layers(nodes: Sequence[Node]) -> list[list[Node]]:
    """Nodes by the longest way that leads to them."""
    after = {node.id: node.after for node in nodes}

    @cache
    def level(name: str) -> int:
        return 1 + max(map(level, after[name]), default=-1)

    depth = {name: level(name) for name in after}
    return [[n for n in nodes if depth[n.id] == d] for d in range(max(depth.values()) + 1)]


def draw(nodes: Sequence[Node], label: str) -> str:
    """The map as an image that says `label`; its words are in the table beside it."""
    rows = layers(nodes)
    widest = max(map(len, rows))
    width = widest * (_WIDTH + _GAP_X)
    height = len(rows) * (_HEIGHT + _GAP_Y)
    at = {}
    for y, row in enumerate(rows):
        left = (width - len(row) * (_WIDTH + _GAP_X)) / 2 + _GAP_X / 2
        for x, node in enumerate(row):
            at[node.id] = (left + x * (_WIDTH + _GAP_X), y * (_HEIGHT + _GAP_Y) + 4)
    edges = [_edge(at[before], at[node.id]) for node in nodes for before in node.after]
    boxes = [_box(node, *at[node.id]) for node in nodes]
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'font-family="sans-serif">{"".join(edges + boxes)}</svg>'
    )
    data = base64.b64encode(svg.encode()).decode()
    return (
        f'<img alt="{escape(label)}" src="data:image/svg+xml;base64,{data}" '
        f'style="width:100%;max-width:{width}px">'
    )


def _edge(start: tuple[float, float], end: tuple[float, float]) -> str:
    (x0, y0), (x1, y1) = start, end
    x0, x1, y0 = x0 + _WIDTH / 2, x1 + _WIDTH / 2, y0 + _HEIGHT
    middle = (y0 + y1) / 2
    return (
        f'<path d="M{x0} {y0}C{x0} {middle} {x1} {middle} {x1} {y1}" fill="none" '
        'stroke="#9FB3C4" stroke-width="1.6"/>'
    )


def _box(node: Node, x: float, y: float) -> str:
    filled = _WIDTH * node.strength
    title = node.title if len(node.title) <= 22 else node.title[:21] + "…"
    mark = " ✓" if node.finished else ""
    return (
        f'<g transform="translate({x} {y})">'
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" rx="12" fill="#F2F7FB" stroke="#7DA7C4"/>'
        f'<rect y="{_HEIGHT - 8}" x="8" width="{max(filled - 16, 0):.0f}" height="4" rx="2" '
        'fill="#0072B2"/>'
        f'<text x="12" y="22" font-size="12" font-weight="700" fill="#005B8F">'
        f"{escape(node.number)}{mark}</text>"
        f'<text x="12" y="41" font-size="13" fill="#1B2430">{escape(title)}</text></g>'
    )
