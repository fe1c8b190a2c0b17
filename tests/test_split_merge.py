"""Components in the wrong place: EM leaves them there, split and merge does not."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import logsumexp
from scipy.stats import multivariate_normal

from mixtura import GaussianMixture
from mixtura.covariance import COVARIANCES
from mixtura.em import steps, until
from mixtura.estimators.opening import open_rows
from mixtura.estimators.problem import pose
from mixtura.moves import centred, cheapest_merged, merged, merger_costs
from mixtura.split_merge import axes_of, resettled

CENTRES = np.array([[0.0, 0.0], [12.0, 0.0], [0.0, 12.0], [12.0, 12.0], [26.0, 6.0]])
FAMILIES = sorted(COVARIANCES)


@pytest.fixture(scope="module")
def crowds():
    """Five crowds of 120 rows, and which row is whose."""
    labels = np.repeat(np.arange(5), 120)
    return CENTRES[labels] + np.random.RandomState(1).standard_normal((600, 2)), labels


@pytest.fixture(params=FAMILIES)
def posed(request, crowds):
    """The problem, and a start with three components on one crowd and one on three."""
    x, labels = crowds
    wrong = np.where(labels < 3, 0, np.where(labels == 3, 1, 2))
    wrong = np.where(wrong == 2, 2 + np.arange(600) % 3, wrong)
    mixture = GaussianMixture(5, covariance_type=request.param, random_state=0)
    model, kernel, rows = pose(mixture, open_rows(mixture, x))
    start = GaussianMixture(5, covariance_type=request.param, init_params=wrong, max_iter=0)
    return model, kernel, rows, start.fit(x)._parameters


def by_scipy(x, means, covariances, weights):
    """Mean log-likelihood a row."""
    logs = [
        np.log(w) + multivariate_normal(m, c).logpdf(x)
        for w, m, c in zip(weights, means, covariances, strict=True)
    ]
    return np.mean(logsumexp(logs, axis=0))


def of(x, model, parameters):
    matrices = model.family.matrices(parameters.covariances, *parameters.means.shape)
    return by_scipy(x, parameters.means, matrices, parameters.weights)


def test_every_crowd_gets_its_component(crowds, posed):
    x, _ = crowds
    model, kernel, rows, start = posed
    *_, stuck = until(steps(model, kernel, rows, start, np.random.RandomState(0)), 1e-6, 200)
    found = resettled(model, kernel, rows, [start], np.random.RandomState(0), 3)[0].parameters
    truth = by_scipy(x, CENTRES, np.stack([np.eye(2)] * 5), np.full(5, 0.2))
    assert of(x, model, stuck.parameters) < truth - 0.2
    assert of(x, model, found) > truth
    distances = np.linalg.norm(found.means[:, None] - CENTRES, axis=2)
    np.testing.assert_array_equal(np.sort(np.argmin(distances, axis=1)), np.arange(5))


def test_of_runs_side_by_side_every_one_is_mended(crowds, posed):
    x, _ = crowds
    model, kernel, rows, start = posed
    swapped = start._replace(means=start.means @ np.array([[0.0, 1.0], [1.0, 0.0]]))
    first, second = resettled(model, kernel, rows, [start, swapped], np.random.RandomState(0), 3)
    truth = by_scipy(x, CENTRES, np.stack([np.eye(2)] * 5), np.full(5, 0.2))
    for end in (first, second):
        assert of(x, model, end.parameters) > truth
        assert end.log_likelihood == pytest.approx(of(x, model, end.parameters), abs=1e-9)


def test_where_all_are_in_place_none_moves(crowds, posed):
    x, labels = crowds
    model, kernel, rows, _ = posed
    start = model.adopt(
        COVARIANCES["full"],
        np.full(5, 0.2),
        CENTRES,
        np.stack([np.cov(x[labels == j].T, ddof=0) for j in range(5)]),
    )
    *_, ended = until(steps(model, kernel, rows, start, np.random.RandomState(0)), 1e-9, 200)
    (end,) = resettled(model, kernel, rows, [ended.parameters], np.random.RandomState(0), 2)
    found = end.parameters
    np.testing.assert_allclose(found.means, ended.parameters.means, atol=1e-3)


def test_cheapest_pairs_are_merged_one_after_another(crowds, posed):
    model, kernel, rows, start = posed
    *_, step = until(steps(model, kernel, rows, start, np.random.RandomState(0)), 1e-6, 5)
    stats = centred(model.family.form, step.stats)
    costs = merger_costs(model, stats)
    one, other = np.unravel_index(np.argmin(costs), costs.shape)
    expected = merged(model.family.form, stats, int(one), int(other))
    assert cheapest_merged(model, stats, 1) == expected
    fewer = cheapest_merged(model, stats, 2)
    assert len(fewer.counts) == 3
    np.testing.assert_allclose(np.sum(fewer.counts), np.sum(stats.counts))
    assert len(cheapest_merged(model, stats, 5).counts) == 3  # no component is in two pairs


def test_axes_are_those_of_the_correlation():
    random = np.random.RandomState(0)
    x = random.multivariate_normal([3.0, -5.0], [[100.0, 9.0], [9.0, 1.0]], 500)
    mixture = GaussianMixture(1, random_state=0).fit(x)
    model, kernel, rows = pose(mixture, open_rows(mixture, x))
    (axis,) = axes_of(model, kernel, rows, mixture._parameters, random)
    expected = np.linalg.eigh(np.corrcoef(x.T))[1][:, -1]
    np.testing.assert_allclose(abs(axis / x.std(axis=0) @ expected), 1.0, atol=1e-3)
