"""The data of the lessons: the cake shop's customers and their cousins, made from a seed."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from mixtura import datasets
from mixtura.course.catalogue import Catalogue

__all__ = [
    "adults_only",
    "baskets",
    "cake_shop",
    "crescents",
    "iris",
    "loud_column",
    "three_corners",
    "trays",
    "two_shapes",
]


class Data(NamedTuple):
    """Rows (n, d), and who they really are, (n,), which the shop's owner does not know."""

    rows: NDArray[np.float64]
    groups: NDArray[np.int_]


def cake_shop(seed: int) -> Data:
    """Heights of 200 customers in cm, (200, 1): 80 pupils of 140 +- 5, 120 adults of 170 +- 8."""
    random = np.random.default_rng(seed)
    heights = np.concatenate([random.normal(140.0, 5.0, 80), random.normal(170.0, 8.0, 120)])
    return _mixed(heights[:, None], np.repeat([0, 1], [80, 120]), random)


def baskets(seed: int) -> Data:
    """Height in cm and money spent in coins, (200, 2): adults spend more, and differ more."""
    random = np.random.default_rng(seed)
    pupils = random.multivariate_normal([140.0, 12.0], [[25.0, 6.0], [6.0, 9.0]], 80)
    adults = random.multivariate_normal([170.0, 34.0], [[64.0, 36.0], [36.0, 64.0]], 120)
    return _mixed(np.vstack([pupils, adults]), np.repeat([0, 1], [80, 120]), random)


def adults_only(seed: int) -> Data:
    """Heights of 100 women (163 +- 7) and 100 men (176 +- 7) in cm, (200, 1)."""
    random = np.random.default_rng(seed)
    heights = np.concatenate([random.normal(163.0, 7.0, 100), random.normal(176.0, 7.0, 100)])
    return _mixed(heights[:, None], np.repeat([0, 1], 100), random)


def loud_column(seed: int) -> Data:
    """Two groups 6 apart in the second feature, and a first one of sd 10 that only shouts."""
    random = np.random.default_rng(seed)
    groups = np.repeat([0, 1], 150)
    rows = random.standard_normal((300, 2)) * [10.0, 1.0]
    rows[:, 1] += 6.0 * groups
    return _mixed(rows, groups, random)


def three_corners(seed: int) -> Data:
    """Three round clusters, (180, 2), 5 standard deviations apart."""
    random = np.random.default_rng(seed)
    corners = 5.0 * np.array([[0.0, 0.0], [1.0, 0.0], [0.5, 0.75**0.5]])
    groups = np.repeat([0, 1, 2], 60)
    return _mixed(corners[groups] + random.standard_normal((180, 2)), groups, random)


def trays(seed: int) -> Data:
    """Three long thin clusters side by side, (600, 2), like baking trays."""
    random = np.random.default_rng(seed)
    groups = np.repeat([0, 1, 2], 200)
    rows = random.standard_normal((600, 2)) * [6.0, 0.3]
    rows[:, 1] += 2.0 * groups
    return _mixed(rows, groups, random)


def two_shapes(seed: int) -> Data:
    """A long thin cluster beside a small round one, (300, 2)."""
    random = np.random.default_rng(seed)
    long = random.multivariate_normal([0.0, 0.0], [[9.0, 0.0], [0.0, 0.16]], 200)
    small = random.multivariate_normal([1.0, 1.6], [[0.09, 0.0], [0.0, 0.09]], 100)
    return _mixed(np.vstack([long, small]), np.repeat([0, 1], [200, 100]), random)


def crescents(seed: int) -> Data:
    """Two crescents that reach into each other, (300, 2): no shape of a Gaussian's."""
    random = np.random.default_rng(seed)
    angle = random.uniform(0.0, np.pi, 300)
    groups = np.repeat([0, 1], 150)
    arc = 3.0 * np.column_stack([np.cos(angle), np.sin(angle)])
    rows = np.where(groups[:, None] == 0, arc, [3.0, 1.5] - arc)
    return _mixed(rows + 0.25 * random.standard_normal((300, 2)), groups, random)


def iris(seed: int) -> Data:
    """Sepal length, sepal width and petal length of 150 irises of three species, (150, 3)."""
    flowers = datasets.load("iris")
    groups = np.unique(np.asarray(flowers.labels), return_inverse=True)[1]
    return _mixed(flowers.data[:, :3], groups, np.random.default_rng(seed))


def _mixed(rows: np.ndarray, groups: np.ndarray, random: np.random.Generator) -> Data:
    order = random.permutation(len(rows))
    return Data(rows[order], groups[order])


DATA = Catalogue(__name__, "dataset")
