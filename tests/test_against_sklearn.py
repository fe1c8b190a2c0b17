"""Equal starting parameters and iterations give scikit-learn's results, to 1e-8."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.datasets import make_blobs
from sklearn.mixture import GaussianMixture as Theirs

from mixtura import GaussianMixture, datasets
from mixtura.covariance import COVARIANCES
from mixtura.kernels import KERNELS

pytestmark = pytest.mark.filterwarnings("ignore:.*did not converge")

ATTRIBUTES = ("weights_", "means_", "covariances_", "precisions_", "precisions_cholesky_")
SETS = {
    "iris": datasets.load("iris").data,
    "overlapping": np.random.RandomState(0).standard_normal((400, 3)),
    "apart": make_blobs(600, 6, centers=4, cluster_std=0.5, random_state=0)[0],
    "one feature": np.random.RandomState(1).gamma(2.0, size=(300, 1)),
}
K = 3


def start(x, family, seed=0):
    """Starting parameters as both classes take them."""
    random = np.random.RandomState(seed)
    d = x.shape[1]
    factors = random.standard_normal((K, d, d)) * 0.3 + np.eye(d) * 2
    matrices = factors @ factors.transpose(0, 2, 1) / x.var(axis=0).max()
    return {
        "weights_init": random.dirichlet(np.full(K, 3.0)),
        "means_init": x[random.choice(len(x), K, replace=False)] + 0.1,
        "precisions_init": {
            "full": matrices,
            "tied": matrices[0],
            "diag": np.diagonal(matrices, axis1=1, axis2=2),
            "spherical": matrices[:, 0, 0],
        }[family],
    }


def pair(x, family, engine, **settings):
    """Ours and theirs, fitted alike."""
    settings = {**start(x, family), "covariance_type": family, **settings}
    ours = GaussianMixture(K, engine=engine, **settings).fit(x)
    return ours, Theirs(K, **settings).fit(x)


def assert_same(ours, theirs, names=ATTRIBUTES):
    for name in names:
        found, expected = getattr(ours, name), getattr(theirs, name)
        assert found.shape == expected.shape, name
        tolerance = 1e-8 * np.max(np.abs(expected))
        np.testing.assert_allclose(found, expected, rtol=1e-8, atol=tolerance, err_msg=name)


@pytest.mark.parametrize("engine", KERNELS)
@pytest.mark.parametrize("family", COVARIANCES)
@pytest.mark.parametrize("data", SETS)
@pytest.mark.parametrize("iterations", [1, 10])
def test_parameters_are_theirs(data, family, engine, iterations):
    ours, theirs = pair(SETS[data], family, engine, tol=0.0, max_iter=iterations)
    assert ours.n_iter_ == theirs.n_iter_ == iterations
    assert_same(ours, theirs)


@pytest.mark.parametrize("engine", KERNELS)
@pytest.mark.parametrize("family", COVARIANCES)
@pytest.mark.parametrize("tol", [1e-1, 1e-3, 1e-5])
def test_convergence_is_theirs(family, engine, tol):
    ours, theirs = pair(SETS["iris"], family, engine, tol=tol, max_iter=500)
    assert ours.converged_ and theirs.converged_
    assert ours.n_iter_ == theirs.n_iter_
    assert_same(ours, theirs)
    # Their bound is one M-step behind the parameters, ours is not.
    assert ours.history_[-1][-2] == pytest.approx(theirs.lower_bound_, rel=1e-10)
    np.testing.assert_allclose(ours.history_[-1][:-1], theirs.lower_bounds_, rtol=1e-10)
    assert ours.lower_bound_ == pytest.approx(theirs.score(SETS["iris"]), rel=1e-10)


@pytest.mark.parametrize("engine", KERNELS)
@pytest.mark.parametrize("family", COVARIANCES)
def test_methods_are_theirs(family, engine):
    x = SETS["iris"]
    ours, theirs = pair(x, family, engine, max_iter=5)
    new = x[::3] + 0.3
    np.testing.assert_array_equal(ours.predict(new), theirs.predict(new))
    for method in ("predict_proba", "score_samples"):
        found, expected = getattr(ours, method)(new), getattr(theirs, method)(new)
        np.testing.assert_allclose(found, expected, rtol=1e-8, atol=1e-10)
    for method in ("score", "bic", "aic"):
        assert getattr(ours, method)(new) == pytest.approx(getattr(theirs, method)(new), rel=1e-9)
    assert ours.n_parameters() == theirs._n_parameters()


@pytest.mark.parametrize("engine", KERNELS)
@pytest.mark.parametrize("family", ["full", "tied"])
def test_factors_of_precisions_are_upper_triangular(family, engine):
    ours, _ = pair(SETS["iris"], family, engine, max_iter=3)
    factor = ours.precisions_cholesky_
    np.testing.assert_array_equal(factor, np.triu(factor))
    assert np.all(np.diagonal(factor, axis1=-2, axis2=-1) > 0)
    np.testing.assert_allclose(factor @ np.swapaxes(factor, -1, -2), ours.precisions_)
    identity = ours.covariances_ @ ours.precisions_
    np.testing.assert_allclose(identity, np.broadcast_to(np.eye(4), identity.shape), atol=1e-9)


@pytest.mark.parametrize("engine", KERNELS)
@pytest.mark.parametrize("family", COVARIANCES)
def test_warm_start_goes_on_as_theirs(family, engine):
    x = SETS["apart"]
    settings = {**start(x, family), "covariance_type": family, "max_iter": 2, "warm_start": True}
    ours, theirs = GaussianMixture(K, engine=engine, **settings), Theirs(K, **settings)
    for _ in range(6):
        ours.fit(x)
        theirs.fit(x)
        assert (ours.n_iter_, ours.converged_) == (theirs.n_iter_, theirs.converged_)
        assert_same(ours, theirs)
    assert ours.converged_


@pytest.mark.parametrize("family", COVARIANCES)
def test_kmeans_begins_as_theirs(family):
    """The start "kmeans" draws the same clusters from the same seed."""
    x = SETS["iris"]
    settings = {"covariance_type": family, "init_params": "kmeans", "random_state": 0}
    ours, theirs = GaussianMixture(K, **settings).fit(x), Theirs(K, **settings).fit(x)
    assert ours.n_iter_ == theirs.n_iter_
    assert_same(ours, theirs)


@pytest.mark.parametrize("family", COVARIANCES)
def test_random_begins_as_theirs(family):
    x = SETS["overlapping"]
    settings = {"covariance_type": family, "init_params": "random", "random_state": 0}
    ours, theirs = GaussianMixture(K, **settings).fit(x), Theirs(K, **settings).fit(x)
    assert ours.n_iter_ == theirs.n_iter_
    assert_same(ours, theirs)


@pytest.mark.parametrize("init", ["k-means++", "random_from_data"])
@pytest.mark.parametrize("family", COVARIANCES)
def test_seeds_begin_with_covariances_of_the_datas_own_size(init, family):
    """A deviation: theirs begin at `reg_covar`, so that a few rows decide the fit."""
    x = SETS["overlapping"]
    settings = {"covariance_type": family, "init_params": init, "random_state": 0, "max_iter": 0}
    ours, theirs = GaussianMixture(K, **settings).fit(x), Theirs(K, **settings).fit(x)
    variances = np.diagonal(ours.covariance_matrices_, axis1=1, axis2=2)
    assert np.all(variances > 0.1) and np.all(variances < 2.0)
    if family != "tied":
        assert np.max(theirs.covariances_) < 1e-5


def test_bound_belongs_to_the_parameters_returned():
    """A deviation: theirs belongs to the parameters before the last M-step."""
    ours, theirs = pair(SETS["overlapping"], "full", "numpy", max_iter=2)
    assert ours.lower_bound_ == pytest.approx(ours.score(SETS["overlapping"]), rel=1e-12)
    assert theirs.lower_bound_ < theirs.score(SETS["overlapping"]) - 1e-4
