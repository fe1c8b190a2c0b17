"""Ellipses and ellipsoids hold the mass they claim; marginals and limits are right."""

import numpy as np
import pytest
from matplotlib.path import Path
from scipy import stats

from mixtura.plot.geometry import ellipse, ellipsoid, limits, marginal, mass_radius, normal_density
from mixtura.plot.reading import Parts

ROWS = 40_000
TOLERANCE = 4 * np.sqrt(0.25 / ROWS)  # four standard errors of a share, at most


def random_covariance(d, seed):
    root = np.random.default_rng(seed).normal(size=(d, d))
    return root @ root.T + 0.05 * np.eye(d)


@pytest.mark.parametrize("d", [1, 2, 3, 7])
@pytest.mark.parametrize("mass", [0.1, 0.5, 0.95, 0.999])
def test_mass_radius_is_the_chi_square_quantile(mass, d):
    assert mass_radius(mass, d) ** 2 == pytest.approx(stats.chi2.ppf(mass, d), rel=1e-10)


@pytest.mark.parametrize("mass", [0.5, 0.95])
@pytest.mark.parametrize("seed", range(3))
def test_share_of_samples_inside_the_ellipse(mass, seed):
    mean, covariance = np.array([3.0, -40.0]), random_covariance(2, seed)
    rows = stats.multivariate_normal(mean, covariance).rvs(ROWS, random_state=seed)
    inside = Path(ellipse(mean, covariance, mass)).contains_points(rows)
    assert inside.mean() == pytest.approx(mass, abs=TOLERANCE + 0.001)  # 127 edges cut a little


@pytest.mark.parametrize("mass", [0.5, 0.95])
def test_ellipsoid_lies_where_the_mass_ends(mass):
    mean, covariance = np.array([1.0, 2.0, 3.0]), random_covariance(3, 5)
    surface = ellipsoid(mean, covariance, mass).reshape(-1, 3) - mean
    squared = np.einsum("ni,ij,nj->n", surface, np.linalg.inv(covariance), surface)
    np.testing.assert_allclose(squared, stats.chi2.ppf(mass, 3), rtol=1e-9)


def test_degenerate_covariance_gives_a_segment():
    outline = ellipse(np.zeros(2), np.array([[4.0, 0.0], [0.0, 0.0]]), 0.95)
    np.testing.assert_allclose(outline[:, 1], 0.0, atol=1e-12)
    assert outline[:, 0].max() == pytest.approx(2 * np.sqrt(stats.chi2.ppf(0.95, 2)), rel=1e-3)


def test_marginal_is_what_dropping_columns_gives():
    covariance = random_covariance(4, 1)
    mean = np.arange(4.0)
    parts = Parts(np.ones(1), mean[None], covariance[None], ("a", "b", "c", "d"))
    plane = marginal(parts, [3, 1])
    rows = stats.multivariate_normal(mean, covariance).rvs(200_000, random_state=0)[:, [3, 1]]
    assert plane.names == ("d", "b")
    np.testing.assert_allclose(plane.means[0], rows.mean(axis=0), atol=0.05)
    np.testing.assert_allclose(plane.covariances[0], np.cov(rows.T), rtol=0.03, atol=0.05)


def test_normal_density_is_scipys():
    x = np.linspace(-5.0, 9.0, 50)
    np.testing.assert_allclose(normal_density(x, 2.0, 3.0), stats.norm.pdf(x, 2.0, np.sqrt(3.0)))


def one_feature(means, variances):
    k = len(means)
    return Parts(
        np.full(k, 1 / k), np.array(means)[:, None], np.array(variances)[:, None, None], ("a",)
    )


def test_limits_show_every_row_and_are_not_stretched_by_a_wide_component():
    x = np.linspace(0.0, 10.0, 11)[:, None]
    low, high = limits(one_feature([5.0, 5.0], [1.0, 1e12]), 0, x)
    assert low < 0.0 and high > 10.0
    assert high - low < 20.0


@pytest.mark.parametrize("value", [0.0, 1.0, -1e6, 1e12, 1e-300])
def test_limits_of_a_constant_feature_are_an_interval(value):
    low, high = limits(one_feature([value], [0.0]), 0, np.full((3, 1), value))
    assert low < value < high


def test_components_without_weight_or_mean_are_not_drawn():
    parts = one_feature([0.0, np.nan, 2.0], [1.0, 1.0, 1.0])._replace(
        weights=np.array([0.5, 0.5, 0.0])
    )
    assert parts.alive == [0]
