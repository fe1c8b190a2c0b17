"""Made-up data in the plane; the source of each function is pasted into the copied scripts."""

from __future__ import annotations

import inspect
from collections.abc import Callable

import numpy as np

__all__ = ["GROUPS", "PRESETS", "source"]


def cake_shop(seed: int) -> np.ndarray:
    """Height in cm and coins spent by 200 customers: pupils, and adults."""
    random = np.random.default_rng(seed)
    pupils = random.multivariate_normal([140, 12], [[30, 6], [6, 9]], size=90)
    adults = random.multivariate_normal([168, 26], [[75, 32], [32, 45]], size=110)
    return np.vstack([pupils, adults]).round(2)


def three_crowds(seed: int) -> np.ndarray:
    """Three crowds of different sizes and shapes."""
    random = np.random.default_rng(seed)
    left = random.multivariate_normal([-4, 0], [[1.2, 0.9], [0.9, 1.4]], size=120)
    middle = random.multivariate_normal([0, 3.2], [[2.4, -0.9], [-0.9, 0.7]], size=80)
    right = random.multivariate_normal([3.6, -0.6], [[0.4, 0], [0, 2.2]], size=60)
    return np.vstack([left, middle, right]).round(3)


def cross(seed: int) -> np.ndarray:
    """Two long clouds that cross: one place, two directions."""
    random = np.random.default_rng(seed)
    rising = random.multivariate_normal([0, 0], [[6, 5.4], [5.4, 5.4]], size=130)
    falling = random.multivariate_normal([0, 0], [[6, -5.4], [-5.4, 5.4]], size=130)
    return np.vstack([rising, falling]).round(3)


def ring(seed: int) -> np.ndarray:
    """A ring around a disc, which no few ellipses describe well."""
    random = np.random.default_rng(seed)
    angle = random.uniform(0, 2 * np.pi, size=200)
    around = (4 + 0.35 * random.standard_normal(200))[:, None] * np.c_[np.cos(angle), np.sin(angle)]
    return np.vstack([around, 0.7 * random.standard_normal((80, 2))]).round(3)


def two_moons(seed: int) -> np.ndarray:
    """Two crescents that embrace: groups by what touches what, not by where a middle is."""
    random = np.random.default_rng(seed)
    angle = random.uniform(0, np.pi, size=240)
    upper = np.c_[np.cos(angle[:120]), np.sin(angle[:120])]
    lower = np.c_[1 - np.cos(angle[120:]), 0.45 - np.sin(angle[120:])]
    return (np.vstack([upper, lower]) + 0.07 * random.standard_normal((240, 2))).round(3)


def old_faithful(seed: int) -> np.ndarray:
    """272 eruptions of Old Faithful: how long one lasts, and minutes to the next."""
    from mixtura import datasets

    return datasets.load("faithful").data


PRESETS: dict[str, Callable[[int], np.ndarray]] = {
    "cake-shop": cake_shop,
    "three-crowds": three_crowds,
    "cross": cross,
    "ring": ring,
    "two-moons": two_moons,
    "old-faithful": old_faithful,
}
"""Every preset by its public name; points (n, 2), n at most 500."""

GROUPS: dict[str, tuple[int, ...]] = {
    "cake-shop": (90, 110),
    "three-crowds": (120, 80, 60),
    "cross": (130, 130),
    "ring": (200, 80),
    "two-moons": (120, 120),
}
"""How many points of each true group a preset has, one group after the other, where known."""


def source(name: str) -> str:
    """Python source of a preset."""
    return inspect.getsource(PRESETS[name])
