"""Lesson 5: criteria, counts of parameters, families, starts and floors."""

from __future__ import annotations

import math

import numpy as np

from mixtura.course.data import baskets, three_corners, trays
from mixtura.course.evidence import Evidence, same
from mixtura.course.fits import after, finished
from mixtura.covariance import COVARIANCES

__all__ = [
    "aic_and_bic_as_written",
    "bic_is_harsher_from_eight_rows",
    "counts_of_parameters",
    "diag_is_within_components",
    "floor_may_lower_likelihood",
    "held_out_rows_know_better",
    "icl_adds_doubt",
    "one_control_hides_wrong_k",
    "restarts_share_a_basin",
    "tied_is_identical",
]


def aic_and_bic_as_written() -> Evidence:
    """The library's AIC and BIC are the formulas', with 17 parameters."""
    x = three_corners(0).rows
    model = finished(x, 3)
    total = float(np.sum(model.score_samples(x)))
    aic, bic = 2 * 17 - 2 * total, 17 * math.log(len(x)) - 2 * total
    held = math.isclose(model.aic(x), aic) and math.isclose(model.bic(x), bic)
    return Evidence(held, {"AIC": aic, "BIC": bic})


def counts_of_parameters() -> Evidence:
    """Three components in two features: full 17, tied 11, diag 14, spherical 11."""
    found = {name: float(family.n_parameters(3, 2) + 8) for name, family in COVARIANCES.items()}
    return Evidence(found == {"full": 17, "tied": 11, "diag": 14, "spherical": 11}, found)


def bic_is_harsher_from_eight_rows() -> Evidence:
    """A parameter costs 2 in AIC and log n in BIC: less for 7 rows, more for 8."""
    seven, eight = math.log(7), math.log(8)
    return Evidence(seven < 2 < eight, {"log 7": seven, "log 8": eight, "e²": math.e**2})


def icl_adds_doubt() -> Evidence:
    """ICL is BIC plus twice the doubt about labels, -log of the largest responsibility."""
    x = three_corners(0).rows
    model = finished(x, 3)
    doubt = -float(np.sum(np.log(model.predict_proba(x).max(axis=1))))
    return same(model.icl(x), model.bic(x) + 2 * doubt, 1e-9, ("ICL", "BIC + 2 doubt"))


def held_out_rows_know_better() -> Evidence:
    """Training likelihood rises with every component; that of fresh rows does not."""
    train, fresh = three_corners(0).rows[:90], three_corners(1).rows
    models = {k: finished(train, k) for k in (3, 8)}
    gain = models[8].score(train) - models[3].score(train)
    loss = models[8].score(fresh) - models[3].score(fresh)
    return Evidence(gain > 0 > loss, {"train: k=8 - k=3": gain, "fresh: k=8 - k=3": loss})


def tied_is_identical() -> Evidence:
    """Tied components have one and the same matrix: shape, size and slant."""
    model = finished(baskets(0).rows, 2, covariance_type="tied")
    matrices = COVARIANCES["tied"].matrices(model.covariances_, 2, 2)
    apart = float(np.max(np.abs(matrices[0] - matrices[1])))
    full = finished(baskets(0).rows, 2).covariances_
    return Evidence(
        apart == 0.0, {"tied differ by": apart, "full by": float(np.max(abs(full[0] - full[1])))}
    )


def diag_is_within_components() -> Evidence:
    """Independent within a component; together, features depend on each other strongly."""
    random = np.random.default_rng(0)
    groups = random.integers(2, size=20_000)
    x = np.where(groups[:, None] == 0, [140.0, 12.0], [170.0, 34.0])
    x = x + random.standard_normal((20_000, 2)) * [5.0, 3.0]
    within = float(np.corrcoef(x[groups == 0].T)[0, 1])
    together = float(np.corrcoef(x.T)[0, 1])
    return Evidence(abs(within) < 0.03 and together > 0.8, {"within": within, "together": together})


def restarts_share_a_basin() -> Evidence:
    """Five k-means starts all end in one poor optimum; other starts find a better one."""
    x = trays(0).rows
    kmeans = [finished(x, 3, init_params="kmeans", random_state=s).score(x) for s in range(5)]
    others = finished(x, 3, init_params="random_from_data", n_init=5).score(x)
    spread, behind = float(np.ptp(kmeans)), float(others - max(kmeans))
    return Evidence(
        spread < 1e-3 and behind > 0.01, {"k-means differ by": spread, "all behind by": behind}
    )


def floor_may_lower_likelihood() -> Evidence:
    """An added floor moves the M-step off the top: the likelihood can fall a little."""
    x = baskets(0).rows
    model = finished(x, 2, reg_covar=0.0, tol=1e-9)
    start = (model.weights_, model.means_, model.covariances_)
    plain = after(x, 1, *start).score(x) - after(x, 0, *start).score(x)
    floored = after(x, 1, *start, reg_covar=0.5).score(x) - after(x, 0, *start).score(x)
    return Evidence(
        plain >= -1e-12 and floored < -1e-6, {"without": plain, "with a floor": floored}
    )


def one_control_hides_wrong_k() -> Evidence:
    """With one slider for both, of 9 pairs only 3 are ever seen, all with the right k."""
    x = three_corners(0).rows
    bics = {k: finished(x, k).bic(x) for k in (2, 3, 4)}
    wrong = min(bics[2], bics[4]) - bics[3]
    return Evidence(wrong > 2.0, {"seen with one": 3, "seen with two": 9, "wrong k costs": wrong})
