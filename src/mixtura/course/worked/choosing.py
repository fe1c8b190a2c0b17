"""Lesson 5 by hand: parameters of a mixture, and what one costs."""

from __future__ import annotations

import math

__all__ = ["parameters_of_full", "price_at_two_hundred"]


def parameters_of_full() -> float:
    """Three components of full covariance in two features: shapes, means, weights."""
    k, d = 3, 2
    return float(k * d * (d + 1) / 2 + k * d + (k - 1))


def price_at_two_hundred() -> float:
    """What BIC charges for a parameter with 200 rows."""
    return math.log(200)
