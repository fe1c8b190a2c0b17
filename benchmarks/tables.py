"""How results read: figures with their goals, and tables in Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

__all__ = ["Figure", "figures_table", "filled", "number", "ratio", "table"]


class Figure(NamedTuple):
    """One number that answers a question, beside its goal where it has one."""

    name: str
    value: float
    goal: float | None = None
    at_most: bool = False  # the goal is a ceiling, not a floor

    @property
    def met(self) -> bool | None:
        if self.goal is None:
            return None
        return self.value <= self.goal if self.at_most else self.value >= self.goal


def number(value: float) -> str:
    """Three significant digits, or all those before the point."""
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"


def ratio(peer: float, ours: float) -> str:
    """How many times less we take; bold where the peer is ahead."""
    text = f"{number(peer / ours)}x"
    return text if peer >= ours else f"**{text}**"


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table: the first column to the left, numbers to the right."""
    lines = [header, [":--", *["--:"] * (len(header) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


_MET = {None: "", True: "met", False: "**missed**"}


def figures_table(figures: Iterable[Figure]) -> str:
    """The figures of one question."""
    return table(
        ("figure", "value", "goal", ""),
        (
            (
                figure.name,
                number(figure.value),
                "" if figure.goal is None else f"{'≤' if figure.at_most else '≥'} {figure.goal:g}",
                _MET[figure.met],
            )
            for figure in figures
        ),
    )


def filled(text: str, sections: Mapping[str, str]) -> str:
    """The text with each section between its two markers replaced."""
    for name, section in sections.items():
        begin, end = f"<!-- begin {name} -->", f"<!-- end {name} -->"
        text = re.sub(
            f"{begin}.*?{end}",
            lambda _, whole=f"{begin}\n{section}\n{end}": whole,
            text,
            flags=re.DOTALL,
        )
    return text
