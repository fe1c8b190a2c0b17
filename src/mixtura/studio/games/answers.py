"""Answers that come from a link: numbers, or ValueError."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import numpy as np

__all__ = ["numbers", "one_of"]


def numbers(value: Any, shape: tuple[int, ...], low: float, high: float) -> np.ndarray:
    """A finite array of this shape with every entry in [low, high]."""
    try:
        array = np.array(value, dtype=np.float64)
    except TypeError as error:
        raise ValueError("numbers") from error
    if array.shape != shape or not np.all((array >= low) & (array <= high)):
        raise ValueError("numbers")
    return array


def one_of(value: Any, allowed: Collection[Any]) -> Any:
    """`value`, if it is allowed."""
    if not isinstance(value, str | int) or value not in allowed:
        raise ValueError("choice")
    return value
