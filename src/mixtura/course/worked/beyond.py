"""Lesson 6 by hand: the third piece of a stick."""

from __future__ import annotations

__all__ = ["third_piece"]


def third_piece() -> float:
    """Broken in half every time: what is taken third."""
    left = 1.0
    for _ in range(2):
        left -= 0.5 * left
    return 0.5 * left
