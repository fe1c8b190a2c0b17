"""A path over numbers of components: as good as fits of their own, and every option goes on."""

from __future__ import annotations

import math

import numpy as np
import pytest

from mixtura import datasets, select
from mixtura.covariance import COVARIANCES

FAITHFUL = datasets.load("faithful").data


def four_squares(n=400, seed=0):
    """Round clusters at the corners of a square, a tenth as wide as they are apart."""
    random = np.random.default_rng(seed)
    corners = np.array([[0.0, 0.0], [0.0, 10.0], [10.0, 0.0], [10.0, 10.0]])
    return corners[random.integers(4, size=n)] + random.standard_normal((n, 2))


@pytest.mark.parametrize("family", sorted(COVARIANCES))
def test_no_bic_is_worse_than_that_of_fits_of_their_own(family):
    """Up to as many as there are clusters, beyond which luck decides; 0.1% is what is allowed."""
    x = four_squares()
    own = select(x, range(1, 7), family, search="separate", random_state=0)
    found = select(x, range(1, 7), family, search="path", random_state=1)
    assert found.best.n_components == own.best.n_components == 4
    for one, other in zip(found.candidates, own.candidates, strict=True):
        assert one[:2] == other[:2] and one.converged
        assert one.n_components > 4 or one.bic <= other.bic + 1e-3 * abs(other.bic)


def test_one_component_is_the_gaussian_in_closed_form():
    x = four_squares()
    one = select(x, range(1, 4), "full", reg_covar=0.0, random_state=0).candidates[0]
    n, log_det = len(x), np.linalg.slogdet(np.cov(x.T, bias=True))[1]
    assert one.log_likelihood == pytest.approx(-n * (math.log(2 * math.pi) + 1 + 0.5 * log_det))
    assert one.stability == 1.0


def test_gaps_and_order_are_the_users():
    found = select(FAITHFUL, [5, 2, 8], ("tied", "diag"), random_state=0)
    assert [c[:2] for c in found.candidates] == [
        (family, k) for family in ("tied", "diag") for k in (5, 2, 8)
    ]
    assert len(found.candidates[0].model.weights_) == 5


def test_models_are_as_if_fitted_by_their_settings():
    found = select(FAITHFUL, range(1, 4), "tied", n_init=4, tol=1e-5, random_state=0)
    for candidate in found.candidates:
        model = candidate.model
        assert (model.init_params, model.n_init, model.tol) == ("auto", 4, 1e-5)
        assert model.n_iter_ >= 1 and model.converged_
        assert model.predict(FAITHFUL).max() < candidate.n_components
    assert found.n_starts == 4


def test_stability_counts_starts():
    found = select(FAITHFUL, range(1, 5), "full", random_state=0)
    assert found.n_starts == 3
    for candidate in found.candidates:
        assert candidate.stability * 3 == pytest.approx(round(candidate.stability * 3))
        assert candidate.stability > 0.0 and candidate.seconds > 0.0


def test_few_or_beginnings_of_ones_own_are_fitted_separately():
    """What "auto" takes is what it says, number by number."""
    for numbers, settings in (((2, 3), {}), ((1, 2, 3), {"init_params": "kmeans"})):
        auto, own = (
            select(FAITHFUL, numbers, "full", search=search, random_state=0, **settings)
            for search in ("auto", "separate")
        )
        assert [c.bic for c in auto.candidates] == [c.bic for c in own.candidates]


def test_large_data_are_searched_on_a_sample():
    """The path sees some of the rows, the fit all of them."""
    x = four_squares(60_000)
    found = select(x, range(1, 7), "full", random_state=0)
    assert found.best.n_components == 4
    np.testing.assert_allclose(np.sort(found.best.weights_), 0.25, atol=0.01)
    assert found.best.score(x) * len(x) == pytest.approx(found.best_candidate.log_likelihood)
    assert found.best_candidate.stability == 1.0


def test_weights_count_as_rows_on_a_path():
    times = np.random.RandomState(0).randint(0, 3, 272)
    weighted = select(FAITHFUL, (1, 2, 3), "tied", sample_weight=times, random_state=0)
    repeated = select(np.repeat(FAITHFUL, times, axis=0), (1, 2, 3), "tied", random_state=0)
    for one, other in zip(weighted.candidates, repeated.candidates, strict=True):
        assert one.bic == pytest.approx(other.bic, abs=1e-2)


def test_equal_proportions_stay_equal():
    found = select(four_squares(), range(2, 5), "diag", proportions="equal", random_state=0)
    for candidate in found.candidates:
        np.testing.assert_allclose(candidate.model.weights_, 1.0 / candidate.n_components)


def test_the_seed_decides():
    one, other = (select(FAITHFUL, range(1, 5), "diag", random_state=7) for _ in range(2))
    for a, b in zip(one.candidates, other.candidates, strict=True):
        np.testing.assert_array_equal(a.model.means_, b.model.means_)
