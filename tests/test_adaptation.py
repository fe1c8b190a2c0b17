"""Relevance MAP adaptation: Reynolds, Quatieri and Dunn (2000), equations 7 to 14, by hand."""

from __future__ import annotations

import itertools
import re

import numpy as np
import pandas as pd
import pytest
from scipy.special import logsumexp
from scipy.stats import multivariate_normal
from sklearn.exceptions import NotFittedError
from sklearn.mixture import GaussianMixture as Theirs

from mixtura import BayesianGaussianMixture, GaussianMixture, adapt, datasets, load
from mixtura.adaptation import PARTS
from mixtura.covariance import COVARIANCES
from mixtura.exceptions import InvalidParameterError
from mixtura.kernels import KERNELS

IRIS = datasets.load("iris").data
EVERYONE, SOME = IRIS[::2], IRIS[1:60:2] + 0.2
FAMILIES = pytest.mark.parametrize("family", COVARIANCES)


def fitted(family="full", **settings):
    return GaussianMixture(3, covariance_type=family, random_state=0, **settings).fit(EVERYONE)


def by_hand(mixture, x, row_weights, relevance):
    """The paper's equations, with covariance matrices for its variances."""
    joint = np.log(mixture.weights_) + np.transpose(
        [
            multivariate_normal(mean, covariance).logpdf(x)
            for mean, covariance in zip(mixture.means_, mixture.covariance_matrices_, strict=True)
        ]
    )
    shares = np.exp(joint - logsumexp(joint, axis=1, keepdims=True))  # eq. 7
    shares *= row_weights[:, None]
    counts = shares.sum(axis=0)  # eq. 8
    first = shares.T @ x / counts[:, None]  # eq. 9
    second = np.einsum("nk,na,nb->kab", shares, x, x) / counts[:, None, None]  # eq. 10
    a = counts / (counts + relevance)  # eq. 14
    weights = a * counts / row_weights.sum() + (1 - a) * mixture.weights_  # eq. 11
    means = a[:, None] * first + (1 - a)[:, None] * mixture.means_  # eq. 12
    old = mixture.covariance_matrices_ + np.einsum("ka,kb->kab", *[mixture.means_] * 2)
    moment = a[:, None, None] * second + (1 - a)[:, None, None] * old  # eq. 13
    matrices = moment - np.einsum("ka,kb->kab", means, means)
    return weights / weights.sum(), means, matrices, counts


@FAMILIES
@pytest.mark.parametrize("engine", KERNELS)
@pytest.mark.parametrize("relevance", [16, 0.5])
def test_it_is_the_papers(family, engine, relevance):
    mixture = fitted(family, engine=engine)
    weights, means, matrices, counts = by_hand(mixture, SOME, np.ones(len(SOME)), relevance)
    adapted = adapt(mixture, SOME, relevance, parts=PARTS)
    np.testing.assert_allclose(adapted.weights_, weights, rtol=1e-9)
    np.testing.assert_allclose(adapted.means_, means, rtol=1e-9)
    # Shared covariances: each component counts for its rows, new and old.
    shares = (counts + relevance) / np.sum(counts + relevance)
    expected = COVARIANCES[family].project(matrices, shares)
    np.testing.assert_allclose(adapted.covariances_, expected, rtol=1e-8, atol=1e-10)


@FAMILIES
def test_the_parts_are_those_asked_for(family):
    mixture = fitted(family)
    all_moved = adapt(mixture, SOME, parts=PARTS)
    for parts in itertools.chain(*(itertools.combinations(PARTS, r) for r in (1, 2))):
        adapted = adapt(mixture, SOME, parts=parts)
        for part in PARTS:
            old, new = (getattr(each, f"{part}_") for each in (mixture, adapted))
            if part not in parts:
                np.testing.assert_allclose(new, old, rtol=1e-15)
            elif part != "covariances" or "means" in parts:
                np.testing.assert_allclose(new, getattr(all_moved, f"{part}_"), rtol=1e-12)
    about_old_means = adapt(mixture, SOME, parts="covariances").covariance_matrices_
    _, means, matrices, counts = by_hand(mixture, SOME, np.ones(len(SOME)), 16)
    away = means - mixture.means_
    matrices += np.einsum("ka,kb->kab", away, away)
    family = COVARIANCES[family]
    expected = family.project(matrices, (counts + 16) / np.sum(counts + 16))
    np.testing.assert_allclose(about_old_means, family.matrices(expected, 3, 4), rtol=1e-8)


@FAMILIES
def test_means_alone_are_the_map_point_of_normal_priors(family):
    """Given the responsibilities, no other means have a higher posterior density."""
    mixture, r = fitted(family), 16.0
    adapted = adapt(mixture, SOME)
    shares = mixture.predict_proba(SOME)

    def log_posterior(means):
        total = 0.0
        for j, matrix in enumerate(mixture.covariance_matrices_):
            total += shares[:, j] @ multivariate_normal(means[j], matrix).logpdf(SOME)
            total += multivariate_normal(mixture.means_[j], matrix / r).logpdf(means[j])
        return total

    top = log_posterior(adapted.means_)
    random = np.random.default_rng(0)
    for _ in range(20):
        assert log_posterior(adapted.means_ + 0.01 * random.standard_normal((3, 4))) < top


def test_a_component_without_new_rows_stays_and_the_mixture_is_left_alone():
    mixture = GaussianMixture.from_parameters(
        [0.5, 0.5], [[0.0], [1000.0]], [1.0, 1.0], covariance_type="spherical"
    )
    adapted = adapt(mixture, np.full((64, 1), 2.0), parts=PARTS)
    assert adapted.means_.ravel().tolist() == pytest.approx([1.6, 1000.0])
    assert adapted.covariances_[1] == pytest.approx(1.0)
    assert adapted.weights_[1] == pytest.approx(0.5 / (0.5 + 0.8 + 0.1))
    assert mixture.means_.tolist() == [[0.0], [1000.0]]


def test_a_weight_of_two_is_the_row_twice():
    mixture = fitted()
    weights = np.arange(len(SOME)) % 3.0
    repeated = np.repeat(SOME, weights.astype(int), axis=0)
    one, other = adapt(mixture, SOME, sample_weight=weights), adapt(mixture, repeated)
    np.testing.assert_allclose(one.means_, other.means_, rtol=1e-12)
    doubled = adapt(mixture, SOME, sample_weight=np.full(len(SOME), 2.0))
    np.testing.assert_allclose(doubled.means_, adapt(mixture, SOME, 8).means_, rtol=1e-12)


def test_little_relevance_is_a_step_of_em_and_much_is_none():
    mixture = fitted(reg_covar=0.0)
    step = GaussianMixture(3, init_params=mixture, max_iter=1, reg_covar=0.0)
    with pytest.warns(UserWarning, match="did not converge"):
        step.fit(EVERYONE)
    adapted = adapt(mixture, EVERYONE, 1e-9, parts=PARTS)
    np.testing.assert_allclose(adapted.means_, step.means_, rtol=1e-8)
    np.testing.assert_allclose(adapted.covariances_, step.covariances_, rtol=1e-6)
    still = adapt(mixture, EVERYONE, 1e12, parts=PARTS)
    np.testing.assert_allclose(still.means_, mixture.means_, rtol=1e-9)


def test_it_is_a_mixture_like_any_other(tmp_path):
    frame = pd.DataFrame(SOME, columns=list("abcd"))
    mixture = GaussianMixture(2, covariance_type="diag", tol=1e-4, random_state=0).fit(frame)
    adapted = adapt(mixture, frame)
    assert adapted.get_params() == mixture.get_params()
    assert adapted.feature_names_in_.tolist() == list("abcd")
    adapted.save(tmp_path / "speaker.safetensors")
    again = load(tmp_path / "speaker.safetensors")
    np.testing.assert_array_equal(again.predict_proba(frame), adapted.predict_proba(frame))
    assert adapted.score(frame) >= mixture.score(frame)


def test_what_cannot_be_adapted_is_refused():
    mixture = fitted()
    with pytest.raises(InvalidParameterError, match=r"from_sklearn"):
        adapt(Theirs(2).fit(EVERYONE), SOME)
    with pytest.raises(NotFittedError):
        adapt(GaussianMixture(2), SOME)
    for wrong in (0.0, -1, np.nan, "much"):
        with pytest.raises(InvalidParameterError, match=r"`relevance` .*type relevance=16"):
            adapt(mixture, SOME, wrong)
    for wrong in ((), "mean", ("means", 1), 3):
        with pytest.raises(InvalidParameterError, match=r"`parts` .*type parts="):
            adapt(mixture, SOME, parts=wrong)
    with pytest.raises(ValueError, match="4 features"):
        adapt(mixture, SOME[:, :2])


@FAMILIES
def test_a_bayesian_mixture_is_adapted_as_the_refusal_advises(family):
    x = np.random.RandomState(0).standard_normal((200, 2)) * [1, 3]
    bayesian = BayesianGaussianMixture(
        n_components=2, covariance_type=family, max_iter=2000, random_state=0
    ).fit(x)
    with pytest.raises(InvalidParameterError) as refused:
        adapt(bayesian, x + 1.0)
    advised = re.search(r"GaussianMixture\.from_parameters\(.*\)", str(refused.value))[0]
    point = eval(advised, {"GaussianMixture": GaussianMixture, "mixture": bayesian})
    assert adapt(point, x + 1.0).score(x + 1.0) > point.score(x + 1.0)
