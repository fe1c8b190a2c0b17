"""Lesson 9: what breaks a run of EM, and what mends it."""

from __future__ import annotations

import warnings
from fractions import Fraction
from typing import Any

import numpy as np

from mixtura import GaussianMixture
from mixtura.course.data import baskets, cake_shop, iris
from mixtura.course.evidence import Evidence
from mixtura.course.fits import after, finished
from mixtura.course.naive import textbook_runs

__all__ = [
    "any_centre_gives_variance",
    "collapse_is_repaired",
    "offset_eats_digits",
    "rows_for_a_volume",
    "starved_component_is_idle",
    "twins_stay_twins",
    "unit_cube_starts_crash",
]


def unit_cube_starts_crash() -> Evidence:
    """The textbook's program on irises from 100 starts: some crash, many end in a poor place."""
    rows = iris(0).rows
    ends, crashed = textbook_runs(rows, 3, 100)
    poor = int(np.sum(finished(rows, 3, n_init=5).score(rows) - ends > 1e-3))
    held = crashed >= 5 and poor >= 10
    return Evidence(held, {"crashed of 100": crashed, "poor of 100": poor})


def collapse_is_repaired() -> Evidence:
    """A bell begun on two rows at one place: Mixtura repairs it, warns, and ends well."""
    rows = np.vstack([baskets(0).rows, [[150.0, 22.0]] * 2])
    start: dict[str, Any] = {
        "means_init": [[150.0, 22.0], [160.0, 26.0]],
        "weights_init": [0.02, 0.98],
    }
    precisions = [1e6 * np.eye(2), np.linalg.inv(np.cov(rows.T))]
    model = GaussianMixture(2, **start, precisions_init=precisions, reg_covar=0.0, max_iter=300)
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        model.fit(rows)
    least = float(min(np.linalg.eigvalsh(c)[0] for c in model.covariances_))
    warned = sum("Collapsed" in w.category.__name__ for w in heard)
    return Evidence(warned > 0 and least > 1e-3, {"warnings": warned, "least variance": least})


def starved_component_is_idle() -> Evidence:
    """A component far from all rows keeps a weight of nothing, and changes no density."""
    rows = cake_shop(0).rows
    start = ([0.39, 0.6, 0.01], [140.0, 170.0, 400.0], [[[25.0]], [[64.0]], [[25.0]]])
    three = after(rows, 0, *start)
    share = float(three.predict_proba(rows)[:, 2].mean())
    return Evidence(
        share < 1 / (2 * len(rows)), {"weight after one turn": share, "1/(2N)": 1 / 400}
    )


def twins_stay_twins() -> Evidence:
    """Two components with equal parameters stay equal for ever; the third learns alone."""
    rows = cake_shop(0).rows
    start = ([0.25, 0.25, 0.5], [150.0, 150.0, 170.0], [[[100.0]]] * 3)
    model = after(rows, 60, *start)
    apart = float(abs(model.means_[0, 0] - model.means_[1, 0]))
    nudged = after(rows, 400, start[0], [145.0, 155.0, 170.0], start[2])
    gain = nudged.score(rows) - model.score(rows)
    return Evidence(apart < 1e-9 and gain > 0, {"twins differ by": apart, "nudged gains": gain})


def offset_eats_digits() -> Evidence:
    """At an offset of 1e9, squares less squares lose the variance; sums about centres keep it."""
    x = cake_shop(0).rows[:, 0] - 158.0 + 1e9
    true = float(np.var(cake_shop(0).rows))
    naive = float(np.mean(x * x) - np.mean(x) ** 2)
    ours = float(finished(x[:, None], 1).covariances_.item()) - 1e-6
    held = abs(naive - true) > 0.01 * true > 1e-4 * true > abs(ours - true)
    return Evidence(held, {"true": true, "mean of squares - square": naive, "Mixtura": ours})


def rows_for_a_volume() -> Evidence:
    """In d features, d rows span no volume; d + 1 do."""
    random = np.random.default_rng(0)
    dets = [
        float(np.linalg.det(np.cov(random.standard_normal((n, 4)).T, bias=True))) for n in (4, 5)
    ]
    return Evidence(
        abs(dets[0]) < 1e-12 < 1e-6 < dets[1], {"det, 4 rows": dets[0], "det, 5 rows": dets[1]}
    )


def any_centre_gives_variance() -> Evidence:
    """In exact arithmetic, the variance about any centre less the square of the step."""
    x = [Fraction(n) for n in (138, 143, 152, 168, 175)]
    mean = sum(x) / 5
    true = sum((each - mean) ** 2 for each in x) / 5
    found = {c: sum((each - c) ** 2 for each in x) / 5 - (mean - c) ** 2 for c in (0, 150, 10**12)}
    held = all(value == true for value in found.values())
    return Evidence(held, {f"c = {c}": float(value) for c, value in found.items()})
