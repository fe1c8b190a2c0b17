"""Lesson 1 by hand: the spread of all customers together."""

from __future__ import annotations

import math

__all__ = ["spread_of_all"]


def spread_of_all() -> float:
    """Standard deviation of 40 % of 140 +- 5 and 60 % of 170 +- 8: within, plus between."""
    mean = 0.4 * 140 + 0.6 * 170
    square = 0.4 * (140**2 + 5**2) + 0.6 * (170**2 + 8**2)
    return math.sqrt(square - mean**2)
