"""Mixtures drawn from a posterior have its moments, and intervals that hold the truth."""

from __future__ import annotations

import numpy as np
import pytest

from mixtura import BayesianGaussianMixture, datasets
from mixtura.concentrations import CONCENTRATIONS
from mixtura.covariance import COVARIANCES
from mixtura.exceptions import InvalidParameterError

FAITHFUL = datasets.load("faithful").data
SIZE = 2000


@pytest.mark.parametrize("concentration", CONCENTRATIONS)
@pytest.mark.parametrize("family", COVARIANCES)
def test_draws_have_the_moments_of_the_posterior(family, concentration):
    fitted = BayesianGaussianMixture(
        n_components=2,
        covariance_type=family,
        weight_concentration_prior_type=concentration,
        weight_concentration_prior=20.0,
        random_state=0,
    ).fit(FAITHFUL)
    draws = fitted.sample_posterior(SIZE, random_state=1)
    assert draws.weights.shape == (SIZE, 2) and draws.means.shape == (SIZE, 2, 2)
    assert draws.covariances.shape == (SIZE, *fitted.covariances_.shape)
    np.testing.assert_allclose(draws.weights.sum(axis=1), 1.0)
    np.testing.assert_allclose(draws.weights.mean(axis=0), fitted.weights_, atol=0.01)
    # The mean precision is the inverse of `covariances_` (Bishop 2006, equation B.80).
    rule = COVARIANCES[family]
    precisions = np.mean([np.linalg.inv(rule.matrices(c, 2, 2)) for c in draws.covariances], axis=0)
    expected = np.linalg.inv(fitted.covariance_matrices_)
    scale = np.max(np.abs(expected), axis=(1, 2), keepdims=True)
    np.testing.assert_allclose(precisions / scale, expected / scale, atol=0.02)
    # A mean varies as a row does, over the rows that it is known by.
    spread = np.stack([rule.matrices(c, 2, 2) for c in draws.covariances]).mean(axis=0)
    for j in range(2):
        error = np.sqrt(np.diagonal(spread[j]) / fitted.mean_precision_[j])
        away = (draws.means[:, j].mean(axis=0) - fitted.means_[j]) / error
        assert np.all(np.abs(away) < 5.0 / np.sqrt(SIZE))
        np.testing.assert_allclose(draws.means[:, j].std(axis=0), error, rtol=0.06)


def test_intervals_hold_the_truth_as_often_as_they_say():
    """200 sets of two components that lie apart; 90% of 400 is 360, give or take 6."""
    random = np.random.RandomState(0)
    truth, held = np.array([-5.0, 5.0]), 0
    for _ in range(200):
        labels = np.arange(60) % 2
        x = (truth[labels] + random.standard_normal(60))[:, None]
        fitted = BayesianGaussianMixture(
            n_components=2,
            covariance_type="spherical",
            init_params=labels,
            mean_precision_prior=1e-3,
            covariance_prior=1.0,
        ).fit(x)
        drawn = fitted.sample_posterior(200, random_state=random).means[:, :, 0]
        low, high = np.quantile(drawn, [0.05, 0.95], axis=0)
        held += np.sum((low < truth) & (truth < high))
    assert abs(held - 360) < 4 * 6


@pytest.mark.parametrize("size", [0, 1.5, "many"])
def test_sizes_are_whole_numbers(size):
    with pytest.raises(InvalidParameterError, match="`size` must be an integer >= 1"):
        BayesianGaussianMixture().fit(FAITHFUL).sample_posterior(size)
