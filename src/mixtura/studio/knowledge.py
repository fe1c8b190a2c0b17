"""The map of the course: lessons by what they build on, filled as far as they are remembered."""

from __future__ import annotations

import base64
import itertools
import re
from collections.abc import Sequence
from functools import cache
from html import escape
from typing import NamedTuple

__all__ = ["Node", "draw", "layers"]

_WIDTH = 118
_GAP_X, _GAP_Y = 8, 22
_LANE = 8  # for a line that passes a row by
_LINE = 98  # pixels for a line of a title
_LINES = 3
_SCALE = 1.2  # at most, of what is drawn
_LATIN, _WIDE = 7.0, 13.5  # pixels of a letter


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
    depth = _depths(nodes)
    return [[n for n in nodes if depth[n.id] == d] for d in range(max(depth.values()) + 1)]


def draw(nodes: Sequence[Node], label: str) -> str:
    """The map as an image that says `label`; its words are in the list beside it."""
    rows, ways = _routed(nodes)
    widths = [sum(_wide(name, ways) + _GAP_X for name in row) for row in rows]
    tall = 40 + 16 * max(len(_lines(node.title)) for node in nodes)
    width, height = max(widths), len(rows) * (tall + _GAP_Y) - _GAP_Y + 8
    at: dict[str, tuple[float, float]] = {}
    for y, (row, own) in enumerate(zip(rows, widths, strict=True)):
        left = (width - own + _GAP_X) / 2
        for name in row:
            at[name] = (left + _wide(name, ways) / 2, y * (tall + _GAP_Y) + 4)
            left += _wide(name, ways) + _GAP_X
    lines = [_line([at[name] for name in way], tall) for way in ways]
    boxes = [_box(node, *at[node.id], tall) for node in nodes]
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'font-family="sans-serif">{"".join(lines + boxes)}</svg>'
    )
    data = base64.b64encode(svg.encode()).decode()
    return (
        f'<img alt="{escape(label)}" src="data:image/svg+xml;base64,{data}" '
        f'style="width:100%;max-width:{_SCALE * width:.0f}px">'
    )


def _depths(nodes: Sequence[Node]) -> dict[str, int]:
    after = {node.id: node.after for node in nodes}

    @cache
    def depth(name: str) -> int:
        return 1 + max(map(depth, after[name]), default=-1)

    return {name: depth(name) for name in after}


def _routed(nodes: Sequence[Node]) -> tuple[list[list[str]], list[list[str]]]:
    """What stands in each row, and the way of every edge through it: a lane where it passes by."""
    depth = _depths(nodes)
    rows = [[node.id for node in row] for row in layers(nodes)]
    ways = []
    for node in nodes:
        for before in node.after:
            lanes = range(depth[before] + 1, depth[node.id])
            way = [before, *(f"{before} {node.id} {y}" for y in lanes), node.id]
            for y, lane in zip(lanes, way[1:-1], strict=True):
                rows[y].append(lane)
            ways.append(way)
    for above, row in itertools.pairwise(rows):
        place = {name: x for x, name in enumerate(above)}
        row.sort(key=lambda name: _middle(name, ways, place))
    return rows, ways


def _middle(name: str, ways: list[list[str]], place: dict[str, int]) -> float:
    """Mean place of what leads to `name`, of which at least one is in the row above."""
    found = [place[one] for way in ways for one, two in itertools.pairwise(way) if two == name]
    return sum(found) / len(found)


def _wide(name: str, ways: list[list[str]]) -> int:
    return _LANE if any(name in way[1:-1] for way in ways) else _WIDTH


def _line(way: list[tuple[float, float]], tall: int) -> str:
    """From the foot of the first to the head of the last, straight down past rows between."""
    (x, y), *others = way
    y += tall
    path = [f"M{x} {y}"]
    for to, below in others:
        middle = (y + below) / 2
        path.append(f"C{x} {middle} {to} {middle} {to} {below}V{below + tall}")
        x, y = to, below + tall
    steps = "".join(path)[: -len(f"V{y}")]
    return f'<path d="{steps}" fill="none" stroke="#9FB3C4" stroke-width="1.6"/>'


def _box(node: Node, x: float, y: float, tall: int) -> str:
    filled = max((_WIDTH - 20) * node.strength, 0)
    mark = " ✓" if node.finished else ""
    share = f"{node.strength:.0%}" if node.strength else ""
    title = "".join(
        f'<text x="10" y="{38 + 16 * i}" font-size="13" fill="#1B2430">{escape(line)}</text>'
        for i, line in enumerate(_lines(node.title))
    )
    return (
        f'<g transform="translate({x - _WIDTH / 2} {y})">'
        f'<rect width="{_WIDTH}" height="{tall}" rx="12" fill="#F2F7FB" stroke="#7DA7C4"/>'
        f'<rect y="{tall - 10}" x="10" width="{filled:.0f}" height="4" rx="2" fill="#0072B2"/>'
        f'<text x="10" y="20" font-size="12" font-weight="700" fill="#005B8F">'
        f"{escape(node.number)}{mark}</text>"
        f'<text x="{_WIDTH - 10}" y="20" font-size="12" text-anchor="end" fill="#005B8F">{share}'
        f"</text>{title}</g>"
    )


def _lines(title: str) -> list[str]:
    """The title up to its colon in a few lines; words are kept whole, Chinese is not."""
    short = re.split("[:：]", title)[0]
    lines = [""]
    for piece in re.findall(r"[\x00-\u2fff]+?(?:\s+|$|(?=[\u3000-\uffff]))|[\u3000-\uffff]", short):
        if _length(lines[-1] + piece.rstrip()) > _LINE and lines[-1]:
            lines.append("")
        lines[-1] += piece
    kept = [line.strip() for line in lines]
    return kept if len(kept) <= _LINES else [*kept[: _LINES - 1], kept[_LINES - 1] + "…"]


def _length(text: str) -> float:
    return sum(_WIDE if letter > "\u2fff" else _LATIN for letter in text)
