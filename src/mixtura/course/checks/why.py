"""Lesson 1: one bell where nobody stands, and two groups that make one hill."""

from __future__ import annotations

import numpy as np
from scipy.stats import kstest, norm

from mixtura.course.data import adults_only, cake_shop
from mixtura.course.evidence import Evidence, same
from mixtura.course.fits import finished

__all__ = [
    "adults_make_one_hill",
    "gap_of_two_deviations",
    "mixture_is_no_average",
    "one_bell_stands_in_the_gap",
    "variance_as_moments",
    "within_plus_between",
]

_AT = np.linspace(-6.0, 10.0, 160_001)


def gap_of_two_deviations() -> Evidence:
    """Equal weights and spreads: one hill up to a gap of 2 standard deviations, two beyond."""
    below, above = _hills(0.0, 1.99, 1.0), _hills(0.0, 2.05, 1.0)
    return Evidence(below == 1 and above == 2, {"hills(1.99 σ)": below, "hills(2.05 σ)": above})


def adults_make_one_hill() -> Evidence:
    """Women of 163 +- 7 and men of 176 +- 7 make one hill, though two groups fit better."""
    hills = _hills(163.0, 176.0, 7.0, np.linspace(130.0, 210.0, 80_001))
    rows = adults_only(0).rows
    gain = finished(rows, 2).score(rows) - finished(rows, 1).score(rows)
    return Evidence(hills == 1 and gain >= 0, {"hills": hills, "gap / σ": 13 / 7})


def one_bell_stands_in_the_gap() -> Evidence:
    """One Gaussian says that more than twice as many stand near the mean as do."""
    heights = cake_shop(0).rows[:, 0]
    mean, sd = float(heights.mean()), float(heights.std())
    counted = float(np.mean(np.abs(heights - mean) < 5.0))
    said = float(norm.cdf(5.0 / sd) - norm.cdf(-5.0 / sd))
    return Evidence(said > 2.0 * counted, {"said": said, "counted": counted})


def within_plus_between() -> Evidence:
    """The variance of all is the mean variance within groups plus that of the groups' means."""
    random = np.random.default_rng(0)
    pupil = random.random(1_000_000) < 0.4
    drawn = random.normal(np.where(pupil, 140.0, 170.0), np.where(pupil, 5.0, 8.0))
    expected = 0.4 * 25 + 0.6 * 64 + 0.4 * 0.6 * 30.0**2
    return same(float(drawn.var()), expected, 5e-3, ("drawn", "within + between"))


def mixture_is_no_average() -> Evidence:
    """The average of a pupil and an adult is one Gaussian; a mixture of them is none."""
    random = np.random.default_rng(0)
    pupils, adults = random.normal(140.0, 5.0, 4000), random.normal(170.0, 8.0, 4000)
    average = (pupils + adults) / 2
    mixture = np.where(random.random(4000) < 0.5, pupils, adults)
    far = [float(kstest((x - x.mean()) / x.std(), norm.cdf).statistic) for x in (average, mixture)]
    return Evidence(far[0] < 0.03 < 0.15 < far[1], {"average": far[0], "mixture": far[1]})


def variance_as_moments() -> Evidence:
    """Mean of squares less square of the mean, and the mean of squares group by group."""
    rows, groups = cake_shop(0)
    shares = np.array([np.mean(groups == k) for k in (0, 1)])
    squares = [np.mean(rows[groups == k] ** 2) for k in (0, 1)]
    inside = [np.var(rows[groups == k]) + np.mean(rows[groups == k]) ** 2 for k in (0, 1)]
    found = same(
        float(shares @ squares - rows.mean() ** 2), float(rows.var()), 1e-9, ("∑ π E", "σ²")
    )
    return found._replace(holds=found.holds and bool(np.allclose(squares, inside)))


def _hills(first: float, second: float, sd: float, at: np.ndarray = _AT) -> int:
    slope = np.diff(0.5 * norm.pdf(at, first, sd) + 0.5 * norm.pdf(at, second, sd))
    return int(np.sum((slope[:-1] > 0) & (slope[1:] <= 0)))
