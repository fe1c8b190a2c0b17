"""Data whose answer is known: mclust's likelihoods, mixtures drawn from given parameters."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import linear_sum_assignment
from sklearn.datasets import make_blobs
from sklearn.metrics import adjusted_rand_score

from mixtura import GaussianMixture, datasets, select
from mixtura.kernels import KERNELS

MCLUST = json.loads(Path(__file__).with_name("data").joinpath("mclust.json").read_text())


def digits(text):
    return np.array([int(digit) for digit in text])


STARTS = [
    pytest.param(start, family, id=f"{start['dataset']}-{i}-{start['n_components']}-{family}")
    for (i, start), family in itertools.product(
        enumerate(MCLUST["starts"]), ("full", "tied", "diag", "spherical")
    )
]
BEST = pytest.mark.parametrize("best", MCLUST["best"], ids=lambda best: best["dataset"])


@pytest.mark.parametrize(("start", "family"), STARTS)
def test_mclusts_likelihood_from_the_same_labels(start, family):
    x = datasets.load(start["dataset"]).data
    expected = start["models"][family]
    settings = {
        "covariance_type": family,
        "init_params": digits(start["labels"]),
        "reg_covar": 0.0,
        "tol": 1e-12,
        "max_iter": 20_000,
    }
    first = GaussianMixture(start["n_components"], **{**settings, "max_iter": 0}).fit(x)
    assert first.lower_bound_ * len(x) == pytest.approx(expected["first_m_step"], rel=1e-11)
    fitted = GaussianMixture(start["n_components"], **settings).fit(x)
    assert fitted.lower_bound_ * len(x) == pytest.approx(expected["converged"], rel=1e-8)
    assert fitted.n_parameters() == expected["n_parameters"]


@BEST
@pytest.mark.parametrize("engine", KERNELS)
def test_mclusts_choice_has_its_criteria_and_is_a_fixed_point(best, engine):
    """BIC, ICL and labels of mclust's parameters, and of a fit that goes on from them."""
    x = datasets.load(best["dataset"]).data
    family = best["covariance_type"]
    matrices = np.array(best["covariances"])
    covariances = {
        "full": matrices,
        "tied": matrices[0],
        "diag": np.diagonal(matrices, axis1=1, axis2=2),
    }[family]
    theirs = GaussianMixture.from_parameters(
        best["weights"], best["means"], covariances, covariance_type=family, engine=engine
    )
    settings = {"covariance_type": family, "reg_covar": 0.0, "engine": engine}
    gone_on = GaussianMixture(best["n_components"], init_params=theirs, **settings).fit(x)
    # mclust's likelihood was taken before its last M-step, so that its parameters beat it a little.
    for model, ahead in ((theirs, 0.01), (gone_on, 0.1)):
        assert 0.0 <= model.score(x) * len(x) - best["log_likelihood"] < ahead
        assert model.bic(x) == pytest.approx(best["bic"], abs=2.1 * ahead)
        assert model.icl(x) == pytest.approx(best["icl"], abs=20 * ahead)
        assert model.n_parameters() == best["n_parameters"]
        assert np.mean(model.predict(x) == digits(best["labels"])) > 0.99


@BEST
def test_a_fit_of_our_own_is_no_worse_than_mclusts_choice(best):
    x = datasets.load(best["dataset"]).data
    model = GaussianMixture(
        best["n_components"],
        covariance_type=best["covariance_type"],
        n_init=5,
        tol=1e-7,
        max_iter=2000,
        random_state=0,
    ).fit(x)
    assert model.bic(x) <= best["bic"] + 0.05


def test_old_faithful_has_three_components_of_one_covariance():
    chosen = select(datasets.load("faithful").data, range(1, 6), random_state=0)
    best = chosen.best_candidate
    assert (best.covariance_type, best.n_components) == ("tied", 3)
    assert 2314.2 < best.bic <= 2314.316  # mclust's, which stops a little earlier
    assert best.icl == pytest.approx(2357.82, abs=1.5)  # and ICL is one higher at the optimum


def matched(model, means):
    """The model's components in the order of the nearest of `means`."""
    cost = np.linalg.norm(model.means_[:, None] - means[None], axis=2)
    return linear_sum_assignment(cost)[0][np.argsort(linear_sum_assignment(cost)[1])]


def assert_recovered(model, x, weights, means, covariances):
    """Parameters within six standard errors of the truth.

    With labels known, the standard error of a mean is sd / sqrt(n_j), of a covariance about
    sd_a sd_b sqrt(2 / n_j), of a weight sqrt(w (1 - w) / n); unknown labels of components
    that overlap a little add less than half to each.
    """
    means, covariances, weights = map(np.asarray, (means, covariances, weights))
    order = matched(model, means)
    n = len(x)
    rows = weights * n
    sd = np.sqrt(np.diagonal(covariances, axis1=1, axis2=2))
    assert np.all(np.abs(model.weights_[order] - weights) < 6 * np.sqrt(weights / n))
    assert np.all(np.abs(model.means_[order] - means) < 6 * sd / np.sqrt(rows)[:, None])
    off = np.abs(model.covariance_matrices_[order] - covariances)
    scale = sd[:, :, None] * sd[:, None, :] * np.sqrt(2 / rows)[:, None, None]
    assert np.all(off < 6 * scale)


def drawn(weights, means, covariances, n, seed):
    """Rows of a mixture by numpy's own sampler, and their labels."""
    random = np.random.default_rng(seed)
    y = random.choice(len(weights), size=n, p=weights)
    x = np.empty((n, len(means[0])))
    for j, (mean, covariance) in enumerate(zip(means, covariances, strict=True)):
        x[y == j] = random.multivariate_normal(mean, covariance, size=int(np.sum(y == j)))
    return x, y


@pytest.mark.parametrize("seed", range(3))
def test_heights_of_a_cake_shops_customers(seed):
    """200 customers, children of about 140 cm and adults of about 170 cm."""
    random = np.random.default_rng(seed)
    heights = np.concatenate([random.normal(140, 5, 100), random.normal(170, 8, 100)])[:, None]
    model = GaussianMixture(2, random_state=0).fit(heights)
    truth = [0.5, 0.5], [[140.0], [170.0]], [[[25.0]], [[64.0]]]
    assert_recovered(model, heights, *truth)
    assert adjusted_rand_score(np.repeat([0, 1], 100), model.predict(heights)) > 0.85
    assert select(heights, range(1, 6), "full", random_state=0).best.n_components == 2


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("engine", KERNELS)
def test_three_components_of_unequal_shares(seed, engine):
    weights = [0.3, 0.6, 0.1]
    means = [[2.5, 8.0], [8.0, 2.5], [10.0, 10.0]]
    covariances = [[[2, 1], [1, 2]], [[3, 1.5], [1.5, 2]], [[2, 0], [0, 2]]]
    x, y = drawn(weights, means, covariances, 2000, seed)
    model = GaussianMixture(3, engine=engine, random_state=0).fit(x)
    assert_recovered(model, x, weights, means, covariances)
    assert adjusted_rand_score(y, model.predict(x)) > 0.95
    truth = GaussianMixture.from_parameters(weights, means, covariances)
    assert model.score(x) >= truth.score(x), "the maximum is above the truth"


@pytest.mark.parametrize("seed", range(3))
def test_two_correlated_gaussians(seed):
    means = [[4.0, 3.0], [2.0, 5.0]]
    covariances = [[[1, 0.7], [0.7, 1]], [[0.5, 0.4], [0.4, 0.5]]]
    random = np.random.default_rng(seed)
    x = np.vstack(
        [random.multivariate_normal(m, c, 1000) for m, c in zip(means, covariances, strict=True)]
    )
    model = GaussianMixture(2, random_state=0).fit(x)
    assert_recovered(model, x, [0.5, 0.5], means, covariances)
    assert adjusted_rand_score(np.repeat([0, 1], 1000), model.predict(x)) > 0.95
    assert select(x, range(1, 5), "full", random_state=0).best.n_components == 2


def test_bic_chooses_three_blobs():
    x, y = make_blobs(500, centers=3, cluster_std=0.6, random_state=42)
    chosen = select(x, range(1, 7), random_state=0)
    assert chosen.best.n_components == 3
    assert adjusted_rand_score(y, chosen.best.predict(x)) == 1.0
    assert "3 components" in chosen.verdict
