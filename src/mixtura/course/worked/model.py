"""Lesson 2 by hand: the density of 150 cm in the shop."""

from __future__ import annotations

from scipy.stats import norm

__all__ = ["density_of_150"]


def density_of_150() -> float:
    """In units of 1/cm, times 1000."""
    return float(1000 * (0.4 * norm.pdf(150, 140, 5) + 0.6 * norm.pdf(150, 170, 8)))
