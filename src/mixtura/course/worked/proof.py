"""Lesson 4 by hand: a factor too many."""

from __future__ import annotations

import itertools

__all__ = ["times_too_large"]


def times_too_large() -> float:
    """Ways to label the other customers of 5, each with one of 3 groups."""
    return float(sum(1 for _ in itertools.product(range(3), repeat=5 - 1)))
