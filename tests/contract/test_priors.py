"""What every prior says of every covariance family, against scipy's distributions and mclust."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.stats import invgamma, invwishart, multivariate_normal

from mixtura import datasets
from mixtura.covariance import COVARIANCES, Parameters, side_by_side
from mixtura.exceptions import InvalidParameterError
from mixtura.priors import PRIORS, Mclust, Overall
from mixtura.starts import statistics_given
from mixtura.stats import Stats

THEIRS = json.loads(Path(__file__).parents[1].joinpath("data", "mclust_priors.json").read_text())
SETS = {
    **{name: datasets.load(name).data for name in ("iris", "diabetes", "faithful")},
    "small": datasets.load("banknote").data[::40],  # five rows of six features
    "line": datasets.load("faithful").data[:60, :1],
}
FAMILY = pytest.mark.parametrize("name", COVARIANCES)
PRIOR = pytest.mark.parametrize("prior", [PRIORS[name] for name in PRIORS])


def overall(family, x):
    """All rows as one component."""
    n, d = x.shape
    one = statistics_given(family.form, x.mean(axis=0), x, np.ones((n, 1)))
    return Overall(n, x.mean(axis=0), x.var(axis=0), family.estimate(one), n <= d)


def joined(prior, family, x, responsibilities):
    """The belief of `prior`, and the MAP parameters of the given responsibilities."""
    k = responsibilities.shape[1]
    belief = prior.belief(family, overall(family, x), k)
    stats = statistics_given(family.form, np.ones(x.shape[1]), x, responsibilities)
    mapped = belief.joined(family.form, stats)
    return belief, mapped.centres, family.estimate(mapped)


def parameters(family, means, covariances):
    weights = np.full(len(means), 1.0 / len(means))
    return Parameters(weights, means, covariances, family.cholesky(covariances))


def shaped(fit, which, k, d):
    """Means (k, d) and covariance matrices (k, d, d) that mclust reports."""
    means = np.reshape(fit[which]["means"], (k, d))
    return means, np.reshape(fit[which]["covariances"], (k, d, d))


@pytest.mark.parametrize(
    "fit", THEIRS["fits"], ids=lambda f: f"{f['dataset']}-{f['n_components']}-{f['family']}"
)
def test_the_map_step_is_mclusts(fit):
    x, k, family = SETS[fit["dataset"]], fit["n_components"], COVARIANCES[fit["family"]]
    shares = np.eye(k)[[int(label) for label in fit["labels"]]]
    _, means, covariances = joined(Mclust(), family, x, shares)
    expected_means, expected = shaped(fit, "first", k, x.shape[1])
    np.testing.assert_allclose(means, expected_means, rtol=1e-11)
    size = np.abs(expected).max()
    found = family.matrices(covariances, k, x.shape[1])
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-10 * size)


def scipys_log_prior(name, belief, dof, scale, means, matrices):
    """The same prior by scipy's distributions."""
    d = means.shape[1]
    apart = 1 if name == "tied" else len(means)
    total = sum(
        multivariate_normal(belief.mean, matrix / belief.shrinkage).logpdf(mean)
        for mean, matrix in zip(means, matrices, strict=True)
        if belief.shrinkage
    )
    for matrix in matrices[:apart]:
        variances = {"diag": matrix.diagonal(), "spherical": matrix.diagonal()[:1]}.get(name)
        if variances is None:
            total += invwishart(dof, np.asarray(scale) * np.ones((d, d))).logpdf(matrix)
        else:
            total += invgamma(dof / 2.0, scale=scale / 2.0).logpdf(variances).sum()
    return total


def told(name, d):
    """A dof and a scale of the kind that the family takes."""
    factor = np.random.default_rng(5).standard_normal((d, d + 2))
    return d + 3.5, 1.7 if name in ("diag", "spherical") else factor @ factor.T


def some(family, k, d, seed):
    random = np.random.default_rng(seed)
    factor = random.standard_normal((k, d, d + 2))
    matrices = factor @ factor.transpose(0, 2, 1)
    return random.standard_normal((k, d)), family.project(matrices, np.full(k, 1 / k))


@FAMILY
@pytest.mark.parametrize("shrinkage", [0.0, 0.01, 3.0])
@pytest.mark.parametrize(("k", "d"), [(1, 1), (3, 1), (1, 4), (3, 2)])
def test_its_log_density_is_scipys_up_to_a_constant(name, shrinkage, k, d):
    family = COVARIANCES[name]
    x = np.random.default_rng(1).standard_normal((20, d))
    dof, scale = told(name, d)
    prior = Mclust(shrinkage, mean=np.full(d, 0.3), dof=dof, scale=scale)
    belief = prior.belief(family, overall(family, x), k)
    apart = []
    for seed in range(4):
        means, covariances = some(family, k, d, seed)
        ours = belief.log_density(family, parameters(family, means, covariances))
        matrices = family.matrices(covariances, k, d)
        apart.append(ours - scipys_log_prior(name, belief, dof, scale, means, matrices))
    np.testing.assert_allclose(apart, apart[0], rtol=1e-9)


@FAMILY
@pytest.mark.parametrize("shrinkage", [0.0, 3.0])
def test_the_map_step_is_at_the_top(name, shrinkage):
    """Expected complete-data log-likelihood and scipy's log prior, climbed by an optimiser."""
    family, k, d = COVARIANCES[name], 2, 2
    random = np.random.default_rng(3)
    x = random.standard_normal((9, d)) * [1.0, 3.0]
    shares = random.dirichlet(np.ones(k), size=len(x))
    dof, scale = told(name, d)
    prior = Mclust(shrinkage, mean=np.array([0.5, -1.0]), dof=dof, scale=scale)
    belief, means, covariances = joined(prior, family, x, shares)

    def minus_log_posterior(free):
        means = free[: k * d].reshape(k, d)
        factors = np.zeros((k, d, d))
        factors[:, [0, 1, 1], [0, 0, 1]] = free[k * d :].reshape(k, 3)
        matrices = factors @ factors.transpose(0, 2, 1) + 1e-9 * np.eye(d)
        member = family.matrices(family.project(matrices, np.full(k, 1 / k)), k, d)
        likelihood = sum(
            share @ multivariate_normal(mean, matrix).logpdf(x)
            for share, mean, matrix in zip(shares.T, means, member, strict=True)
        )
        return -likelihood - scipys_log_prior(name, belief, dof, scale, means, member)

    factors = np.linalg.cholesky(family.matrices(covariances, k, d))[:, [0, 1, 1], [0, 0, 1]]
    ours = np.concatenate([means.ravel(), factors.ravel()])
    begun = ours + 0.1 * random.standard_normal(len(ours))
    best = minimize(minus_log_posterior, begun, method="BFGS", options={"gtol": 1e-7})
    assert minus_log_posterior(ours) <= best.fun + 1e-7
    found = best.x[: k * d].reshape(k, d)
    np.testing.assert_allclose(means, found, atol=2e-4)


@PRIOR
@FAMILY
def test_it_weighs_what_its_rows_weigh(prior, name):
    """A belief for rows of weight 3 is that of every row three times."""
    family = COVARIANCES[name]
    x = np.random.default_rng(2).standard_normal((12, 3))
    shares = np.random.default_rng(4).dirichlet(np.ones(2), size=12)
    belief = prior.belief(family, overall(family, x), 2)
    thrice = statistics_given(
        family.form, x.mean(axis=0), np.tile(x, (3, 1)), np.tile(shares, (3, 1))
    )
    once = statistics_given(family.form, x.mean(axis=0), x, shares)
    many, few = belief.joined(family.form, thrice), belief.weighed(3.0).joined(family.form, once)
    np.testing.assert_allclose(many.centres, few.centres, rtol=1e-12)
    np.testing.assert_allclose(family.estimate(many), family.estimate(few), rtol=1e-12)


@PRIOR
@FAMILY
@pytest.mark.parametrize("rows", [2, 3, 30])
def test_an_empty_component_and_one_row_have_a_volume(prior, name, rows):
    """Also where rows are fewer than features, or all alike in one of them."""
    family, d = COVARIANCES[name], 3
    x = np.random.default_rng(6).standard_normal((rows, d))
    x[:, 2] = x[:, 1]  # no width in one direction
    shares = np.zeros((rows, 3))
    shares[0, 0] = 1.0
    shares[1:, 1] = 1.0
    flat = overall(family, x)._replace(flat=True)
    belief = prior.belief(family, flat, 3)
    stats = statistics_given(family.form, x.mean(axis=0), x, shares)
    covariances = family.estimate(belief.joined(family.form, stats))
    least = np.linalg.eigvalsh(family.matrices(covariances, 3, d)).min()
    assert least > 1e-3 * x.var(axis=0).min()


def test_a_prior_that_cannot_be_is_refused():
    x = np.random.default_rng(0).standard_normal((9, 2))
    for wrong in ({"shrinkage": -1.0}, {"dof": np.inf}, {"mean": ["a", "b"]}, {"scale": np.nan}):
        (name,) = wrong
        with pytest.raises(InvalidParameterError, match=rf"`{name}` .*; type {name}="):
            Mclust(**wrong)
    for wrong, family in (
        ({"mean": [0.0]}, "full"),
        ({"scale": 1.0}, "full"),
        ({"scale": np.diag([1.0, -1.0])}, "tied"),
        ({"scale": np.eye(2)}, "diag"),
        ({"scale": 0.0}, "spherical"),
    ):
        (name,) = wrong
        with pytest.raises(InvalidParameterError, match=rf"`{name}` .*; type {name}=None"):
            Mclust(**wrong).belief(COVARIANCES[family], overall(COVARIANCES[family], x), 2)


@PRIOR
@FAMILY
def test_mixtures_side_by_side_are_each_its_own(prior, name):
    family, k, d = COVARIANCES[name], 3, 2
    x = np.random.default_rng(7).standard_normal((20, d))
    belief = prior.belief(family, overall(family, x), k)
    each = [
        statistics_given(
            family.form, np.zeros(d), x, np.random.default_rng(s).dirichlet(np.ones(k), size=20)
        )
        for s in range(4)
    ]
    together = belief.joined(family.form, Stats.side_by_side(each))
    found = family.estimate(together)
    alone = []
    for i, stats in enumerate(each):
        joined = belief.joined(family.form, stats)
        np.testing.assert_allclose(together.centres[i], joined.centres, rtol=1e-12)
        np.testing.assert_allclose(found[i], family.estimate(joined), rtol=1e-12)
        alone.append(parameters(family, joined.centres, family.estimate(joined)))
    densities = belief.log_density(family, side_by_side(alone))
    expected = [belief.log_density(family, one) for one in alone]
    np.testing.assert_allclose(densities, expected, rtol=1e-12)
