"""Fits with a prior: the posterior never falls, no component collapses, mclust agrees."""

from __future__ import annotations

import json
import warnings
from itertools import islice, pairwise
from pathlib import Path

import numpy as np
import pytest
from scipy.special import logsumexp
from scipy.stats import invgamma, invwishart, multivariate_normal
from sklearn.base import clone

from mixtura import GaussianMixture, datasets, load, select
from mixtura.covariance import COVARIANCES
from mixtura.em import steps
from mixtura.estimators.opening import open_rows
from mixtura.estimators.problem import pose
from mixtura.exceptions import InvalidParameterError
from mixtura.kernels import KERNELS
from mixtura.priors import Mclust

THEIRS = json.loads(Path(__file__).with_name("data").joinpath("mclust_priors.json").read_text())
IRIS, FAITHFUL = (datasets.load(name).data for name in ("iris", "faithful"))
RANDOM = np.random.RandomState(0)
SETS = {
    "iris": IRIS,
    "diabetes": datasets.load("diabetes").data,
    "faithful": FAITHFUL,
    "small": datasets.load("banknote").data[::40],
    "line": FAITHFUL[:60, :1],
    "wide": RANDOM.standard_normal((8, 20)),
    "alike": np.repeat(RANDOM.standard_normal((4, 3)), 5, axis=0),
    "offset": RANDOM.standard_normal((60, 2)) * [1.0, 1e3] + 1e6,
    "float32": RANDOM.standard_normal((80, 3)).astype(np.float32),
}
FAMILIES = pytest.mark.parametrize("family", COVARIANCES)
BOTH = pytest.mark.parametrize("engine", KERNELS)


def quietly(model, x, **weights):
    """A fit that may stop early, or lose a component that no row wants, but not collapse."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.filterwarnings("ignore", message=".*did not converge|.*and held no rows")
        return model.fit(x, **weights)


def assert_never_falls(model, x, weights=None):
    """Steps of EM from where a fit of no iterations begins."""
    rows = open_rows(model, x, weights, reset=True)
    quietly(model.set_params(max_iter=0), x, sample_weight=weights)
    problem, start = pose(model, rows), model._parameters
    loop = list(islice(steps(*problem, start, np.random.RandomState(0)), 31))
    assert all(np.isfinite(step.objective) for step in loop)
    for before, step in pairwise(loop):
        fall = before.objective - step.objective
        assert step.repairs or fall <= 1e-10 * abs(step.objective), f"fell by {fall}"
    return loop


@BOTH
@FAMILIES
@pytest.mark.parametrize("data", SETS)
def test_the_posterior_never_falls(data, family, engine):
    x, loops = SETS[data], []
    settings = {"covariance_type": family, "engine": engine, "random_state": 0}
    for k, init, prior in ((2, "random", "mclust"), (4, "auto", Mclust(shrinkage=2.0, dof=40))):
        model = GaussianMixture(k, init_params=init, prior=prior, **settings)
        loops.append(assert_never_falls(model, x))
    weights = np.random.RandomState(1).exponential(size=len(x))
    model = GaussianMixture(3, prior="mclust", proportions="equal", **settings)
    loops.append(assert_never_falls(model, x, weights))
    assert not all(any(step.repairs for step in loop) for loop in loops)


@FAMILIES
@pytest.mark.parametrize("data", ["small", "wide", "alike", "line"])
def test_one_row_a_component_and_rows_all_alike_do_not_collapse(data, family):
    """Nor do fewer rows than features."""
    x = SETS[data][:8]
    settings = {"covariance_type": family, "prior": "mclust", "random_state": 0}
    model = quietly(GaussianMixture(len(x), init_params=np.arange(len(x)), **settings), x)
    assert model.degenerate_components_.size == 0
    least = np.linalg.eigvalsh(model.covariance_matrices_).min()
    assert least > 1e-3 * np.min(x.var(axis=0))
    again = quietly(GaussianMixture(len(np.unique(x, axis=0)) // 2, **settings), x)
    assert again.degenerate_components_.size == 0
    assert np.all(np.isfinite(again.score_samples(x)))


@pytest.mark.parametrize(
    "fit", THEIRS["fits"], ids=lambda f: f"{f['dataset']}-{f['n_components']}-{f['family']}"
)
def test_it_ends_where_mclust_ends(fit):
    x, k, theirs = SETS[fit["dataset"]], fit["n_components"], fit["converged"]
    labels = np.array([int(label) for label in fit["labels"]])
    model = GaussianMixture(
        k,
        covariance_type=fit["family"],
        prior="mclust",
        init_params=labels,
        tol=1e-14,
        max_iter=20_000,
    )
    quietly(model, x)
    d = x.shape[1]
    assert model.score(x) * len(x) == pytest.approx(theirs["log_likelihood"], rel=1e-6)
    np.testing.assert_allclose(model.weights_, theirs["weights"], rtol=1e-4)
    np.testing.assert_allclose(model.means_, np.reshape(theirs["means"], (k, d)), rtol=1e-4)
    expected = np.reshape(theirs["covariances"], (k, d, d))
    size = np.abs(expected).max()
    np.testing.assert_allclose(model.covariance_matrices_, expected, rtol=1e-3, atol=1e-5 * size)


@FAMILIES
def test_the_bound_is_likelihood_and_prior(family):
    """Their sum differs between two mixtures as scipy's distributions say."""
    x, k, n, d = IRIS, 3, *IRIS.shape
    variance = family in ("diag", "spherical")
    total = x.var(axis=0, ddof=1).mean() if variance else np.cov(x.T)
    scale = total / k ** (2 / d)

    def log_posterior(model):
        matrices = model.covariance_matrices_
        normals = [multivariate_normal(m, c) for m, c in zip(model.means_, matrices, strict=True)]
        joint = np.log(model.weights_) + np.transpose([normal.logpdf(x) for normal in normals])
        total = logsumexp(joint, axis=1).sum()
        assert model.log_likelihood_ * n == pytest.approx(total, rel=1e-10)
        for mean, matrix in zip(model.means_, matrices, strict=True):
            total += multivariate_normal(x.mean(axis=0), matrix / 0.01).logpdf(mean)
        for matrix in matrices[: 1 if family == "tied" else k]:
            kinds = {"diag": matrix.diagonal(), "spherical": matrix[0, 0]}
            if variance:
                total += invgamma((d + 2) / 2, scale=scale / 2).logpdf(kinds[family]).sum()
            else:
                total += invwishart(d + 2, scale).logpdf(matrix)
        return total

    settings = {"covariance_type": family, "prior": "mclust", "random_state": 0}
    models = [quietly(GaussianMixture(k, max_iter=m, **settings), x) for m in (0, 2, 100)]
    apart = [model.lower_bound_ * n - log_posterior(model) for model in models]
    np.testing.assert_allclose(apart, apart[0], rtol=1e-9)
    assert models[-1].lower_bound_ > models[0].lower_bound_


@FAMILIES
def test_a_weight_of_two_is_the_row_twice(family):
    x = IRIS[::3]
    weights = np.arange(len(x)) % 4.0
    settings = {"covariance_type": family, "prior": Mclust(dof=20), "tol": 1e-9, "max_iter": 500}
    start = GaussianMixture(3, covariance_type=family, random_state=0).fit(IRIS)
    for each in (weights, np.full(len(x), 2.0)):
        repeated = np.repeat(x, each.astype(int), axis=0)
        model = quietly(GaussianMixture(3, init_params=start, **settings), x, sample_weight=each)
        other = quietly(GaussianMixture(3, init_params=start, **settings), repeated)
        np.testing.assert_allclose(model.means_, other.means_, rtol=1e-6)
        np.testing.assert_allclose(model.covariances_, other.covariances_, rtol=1e-5, atol=1e-9)
        assert model.lower_bound_ == pytest.approx(other.lower_bound_, rel=1e-9)


@FAMILIES
def test_many_rows_outweigh_it(family):
    x = np.random.default_rng(3).standard_normal((20_000, 2)) * [1.0, 4.0] + [0.0, 9.0]
    with_it = GaussianMixture(1, covariance_type=family, prior="mclust").fit(x)
    without = GaussianMixture(1, covariance_type=family).fit(x)
    np.testing.assert_allclose(with_it.means_, without.means_, rtol=1e-3, atol=1e-5)
    np.testing.assert_allclose(with_it.covariances_, without.covariances_, rtol=2e-3, atol=1e-3)


def test_reg_covar_is_not_added():
    settings = {"prior": "mclust", "random_state": 0}
    one, other = (GaussianMixture(2, reg_covar=r, **settings).fit(IRIS) for r in (0.0, 10.0))
    np.testing.assert_array_equal(one.covariances_, other.covariances_)


def test_it_is_kept_by_clone_files_and_checkpoints(tmp_path):
    prior = Mclust(0.5, mean=IRIS.mean(axis=0) + 1.0, dof=9, scale=np.eye(4))
    model = GaussianMixture(2, prior=prior, random_state=0, checkpoint=tmp_path / "fit")
    model.fit(IRIS)
    assert clone(model).fit(IRIS).lower_bound_ == model.lower_bound_  # from the checkpoint
    changed = clone(model).set_params(
        prior=Mclust(0.5, mean=prior.mean, dof=9, scale=2 * np.eye(4))
    )
    with pytest.raises(InvalidParameterError, match="`prior` must be what the checkpoint"):
        changed.fit(IRIS)
    for each in (prior, "mclust"):
        fitted = GaussianMixture(2, prior=each, random_state=0).fit(IRIS)
        fitted.save(tmp_path / "model.safetensors")
        again = load(tmp_path / "model.safetensors")
        np.testing.assert_array_equal(again.means_, fitted.means_)
        assert again.fit(IRIS).lower_bound_ == fitted.lower_bound_
    assert again.prior == "mclust"


def test_selection_compares_likelihoods_at_the_map_point():
    """BIC as Fraley and Raftery (2007), section 3.3, have it."""
    chosen = select(FAITHFUL[:80], range(1, 4), ("full", "tied"), prior="mclust", random_state=0)
    for candidate in chosen.candidates:
        score = candidate.model.score(FAITHFUL[:80]) * 80
        assert candidate.log_likelihood == pytest.approx(score, rel=1e-10)
        expected = -2 * score + candidate.n_parameters * np.log(80)
        assert candidate.bic == pytest.approx(expected, rel=1e-10)
        assert not candidate.degenerate
    assert chosen.best.prior == "mclust"
    held_out = select(FAITHFUL[:80], 2, "full", "cv", prior="mclust", random_state=0)
    assert np.isfinite(held_out.best_candidate.cv)


@pytest.mark.parametrize("wrong", ["mclst", 3, Mclust])
def test_what_is_no_prior_is_refused(wrong):
    with pytest.raises(InvalidParameterError, match=r"`prior` must be .*mclust"):
        GaussianMixture(2, prior=wrong).fit(IRIS)


def test_a_warm_start_goes_on():
    settings = {"prior": "mclust", "tol": 1e-9, "max_iter": 400, "random_state": 0}
    whole = GaussianMixture(3, **settings).fit(IRIS)
    parts = GaussianMixture(3, **{**settings, "max_iter": 3}, warm_start=True)
    quietly(parts, IRIS)
    parts.set_params(max_iter=400).fit(IRIS)
    assert parts.lower_bound_ == pytest.approx(whole.lower_bound_, rel=1e-7)


def test_what_is_believed_is_worked_out_once_a_fit(monkeypatch):
    asked = []
    belief = Mclust.belief

    def counted(self, family, overall, k):
        asked.append(k)
        return belief(self, family, overall, k)

    monkeypatch.setattr(Mclust, "belief", counted)
    settings = {"init_params": "kmeans", "tol": 0.0, "max_iter": 10, "random_state": 0}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        GaussianMixture(3, prior="mclust", **settings).fit(datasets.load("iris").data)
    assert asked == [3]
