"""Mergers and splits of components against the moments of rows and of the law of variance."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest
from scipy.stats import multivariate_normal

from mixtura import GaussianMixture
from mixtura.covariance import COVARIANCES
from mixtura.estimators.opening import open_rows
from mixtura.estimators.problem import pose
from mixtura.model import density
from mixtura.moves import centred, halved, merged, merger_costs, principal_axes, split
from mixtura.stats import Stats

FAMILIES = sorted(COVARIANCES)
N, K, D = 400, 4, 3


@pytest.fixture(params=FAMILIES)
def posed(request):
    """A problem, a fitted mixture's responsibilities, and the statistics under it."""
    random = np.random.RandomState(3)
    x = random.standard_normal((N, D)) @ random.standard_normal((D, D)) + 50.0
    x[: N // 2] += [4.0, -3.0, 0.0]
    weights = random.uniform(0.5, 2.0, N)
    mixture = GaussianMixture(K, covariance_type=request.param, reg_covar=0.0, random_state=0)
    mixture.fit(x, sample_weight=weights)
    model, kernel, rows = pose(mixture, open_rows(mixture, x, weights))
    scored = density(model.family, mixture._parameters)
    stats = rows.total(partial(kernel.statistics, scored), N)
    shares = mixture.predict_proba(x) * (weights / weights.mean())[:, None]
    return model, x, shares, stats


def moments(model, stats):
    """Weights, means and covariance matrices of the components that the statistics give."""
    weights, means, covariances, _ = model.update(stats)
    return weights, means, model.family.matrices(covariances, *means.shape)


def of_rows(model, x, shares):
    """The same from the rows themselves, the family's way, by NumPy's weighted moments."""
    weights = shares.sum(axis=0) / shares.sum()
    means = np.stack([np.average(x, axis=0, weights=share) for share in shares.T])
    own = np.stack([np.cov(x.T, aweights=share, ddof=0) for share in shares.T])
    covariances = model.family.project(own, weights)
    return weights, means, model.family.matrices(covariances, *means.shape)


def assert_same(found, expected):
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-7, atol=1e-9)


def test_statistics_about_the_means_give_the_same_mixture(posed):
    model, x, shares, stats = posed
    about = centred(model.family.form, stats)
    assert not about.shift.any()
    assert_same(moments(model, about), moments(model, stats))
    assert_same(moments(model, about), of_rows(model, x, shares))


@pytest.mark.parametrize(("one", "other"), [(0, 1), (1, 3), (3, 0)])
def test_a_merger_is_the_component_of_the_rows_of_both(posed, one, other):
    model, x, shares, stats = posed
    form = model.family.form
    together = shares.copy()
    together[:, one] += together[:, other]
    expected = of_rows(model, x, np.delete(together, other, axis=1))
    assert_same(moments(model, merged(form, centred(form, stats), one, other)), expected)


def test_halves_together_are_what_was_split(posed):
    model, _, _, stats = posed
    form = model.family.form
    stats = centred(form, stats)
    axes = np.random.RandomState(0).standard_normal((2, D))
    halves = split(model, stats, np.array([2, 0]), axes)
    weights, means, covariances = moments(model, halves)
    np.testing.assert_allclose(weights[[0, 5]], weights[0])
    np.testing.assert_allclose(weights[[2, 4]], weights[2])
    for half, other, axis in ((2, 4, axes[0]), (0, 5, axes[1])):
        apart = means[other] - means[half]
        assert abs(apart @ axis) == pytest.approx(np.linalg.norm(apart) * np.linalg.norm(axis))
    assert np.linalg.eigvalsh(covariances).min() > 0.0
    again = merged(form, merged(form, halves, 2, 4), 0, 4)
    assert_same(moments(model, again), moments(model, stats))


def test_splits_keep_mean_and_covariance_of_the_parent_by_the_law_of_total_variance(posed):
    model, _, _, stats = posed
    stats = centred(model.family.form, stats)
    before = moments(model, stats)
    axes = np.random.RandomState(1).standard_normal((1, D))
    weights, means, covariances = moments(model, split(model, stats, np.array([1]), axes))
    pair = [1, K]
    np.testing.assert_allclose(weights[pair].sum(), before[0][1])
    np.testing.assert_allclose(means[pair].mean(axis=0), before[1][1], rtol=1e-12)
    within = np.tensordot(weights, covariances, axes=1)
    between = np.cov(means.T, aweights=weights, ddof=0)
    within_before = np.tensordot(before[0], before[2], axes=1)
    between_before = np.cov(before[1].T, aweights=before[0], ddof=0)
    everything = model.family.project((within + between)[None], np.ones(1))
    everything_before = model.family.project((within_before + between_before)[None], np.ones(1))
    np.testing.assert_allclose(everything, everything_before, rtol=1e-9)


def test_two_halves_are_taken_over_from_where_all_were_split(posed):
    """As if that component alone had been split; one covariance for all stays as it was."""
    model, _, _, stats = posed
    form = model.family.form
    stats = centred(form, stats)
    axes = np.random.RandomState(2).standard_normal((K, D))
    every = split(model, stats, np.arange(K), axes)
    alone = moments(model, split(model, stats, np.array([1]), axes[[1]]))
    taken = moments(model, halved(form, stats, every, 1))
    assert_same(taken[:2], alone[:2])
    own = len(model.family.shape(K, D)) == 1 or model.family.shape(K, D)[0] == K
    expected = alone[2] if own else np.tile(moments(model, stats)[2][0], (K + 1, 1, 1))
    np.testing.assert_allclose(taken[2], expected, rtol=1e-7, atol=1e-9)


def test_costs_are_the_divergence_bound_from_determinants(posed):
    """Runnalls's bound for all components, from determinants that NumPy takes."""
    model, _, _, stats = posed
    form = model.family.form
    stats = centred(form, stats)
    costs = merger_costs(model, stats)
    assert np.all(np.isinf(costs[np.tril_indices(K)]))

    def entropy(some):
        weights, _, covariances = moments(model, some)
        return 0.5 * some.total * (weights @ np.linalg.slogdet(covariances)[1])

    for i in range(K):
        for j in range(i + 1, K):
            expected = entropy(merged(form, stats, i, j)) - entropy(stats)
            assert costs[i, j] == pytest.approx(expected, rel=1e-6, abs=1e-6)
            assert costs[i, j] >= -1e-9


def test_the_cost_bounds_the_divergence_that_is_measured():
    """One Gaussian for two: the Kullback-Leibler divergence by quadrature is at most the bound."""
    left, right = (multivariate_normal(mean, 1.0) for mean in (0.0, 1.5))
    both = multivariate_normal(0.75, 1.0 + 0.75**2)
    grid = np.linspace(-12.0, 14.0, 20_001)
    p = 0.5 * left.pdf(grid) + 0.5 * right.pdf(grid)
    divergence = np.trapezoid(p * (np.log(p) - both.logpdf(grid)), grid)
    mixture = GaussianMixture.from_parameters([0.5, 0.5], [[0.0], [1.5]], [[[1.0]], [[1.0]]])
    mixture.set_params(reg_covar=0.0)
    model, _, _ = pose(mixture, open_rows(mixture, grid[:, None]))
    centres, scatter = np.array([[0.0], [1.5]]), np.full((2, 1, 1), 0.5)
    stats = Stats(0.0, 1.0, np.full(2, 0.5), centres, np.zeros((2, 1)), scatter)
    cost = merger_costs(model, stats)[0, 1]
    assert divergence <= cost
    assert cost == pytest.approx(0.5 * np.log(1.0 + 0.75**2))


def test_principal_axes_are_eigenvectors():
    random = np.random.RandomState(0)
    x = random.standard_normal((2000, D)) * [1.0, 6.0, 2.0]
    x = np.vstack([x @ np.linalg.qr(random.standard_normal((D, D)))[0], x + 30.0])
    shares = np.repeat(np.eye(2), 2000, axis=0)
    for axis, rows in zip(principal_axes(x, shares, random), (x[:2000], x[2000:]), strict=True):
        widest = np.linalg.eigh(np.cov(rows.T))[1][:, -1]
        assert abs(axis @ widest) == pytest.approx(1.0, abs=1e-3)
