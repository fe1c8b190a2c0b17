"""What a check found: whether it holds, and the numbers that say so."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["Evidence", "same"]


class Evidence(NamedTuple):
    """The outcome of a check; the numbers are shown to the reader, under names in symbols."""

    holds: bool
    numbers: dict[str, float]


def same(left: float, right: float, tol: float, names: tuple[str, str] = ("=", "=")) -> Evidence:
    """Both sides of an equation, computed in different ways."""
    scale = max(1.0, abs(left), abs(right))
    return Evidence(abs(left - right) <= tol * scale, {names[0]: left, names[1]: right})
