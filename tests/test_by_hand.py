"""Mixtures put together or changed by hand, and what notebooks reach for, as in scikit-learn."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.stats import multivariate_normal
from sklearn.base import clone
from sklearn.mixture import BayesianGaussianMixture as TheirBayesian
from sklearn.mixture import GaussianMixture as Theirs

from mixtura import BayesianGaussianMixture, GaussianMixture, load
from mixtura.covariance import COVARIANCES
from mixtura.exceptions import InvalidDataError, InvalidParameterError

X = np.random.RandomState(0).standard_normal((60, 2)) + 4.0 * (np.arange(60) % 2)[:, None]
BY_HAND = {
    "weights_": [0.25, 0.75],
    "means_": [[0, 0], [4, 4]],
    "covariances_": [np.eye(2), 2 * np.eye(2)],
    "precisions_cholesky_": [np.eye(2), np.sqrt(0.5) * np.eye(2)],
}


def put_together(names, values=BY_HAND):
    mixture = GaussianMixture(2, random_state=0)
    for name in names:
        setattr(mixture, name, np.array(values[name]))
    return mixture


@pytest.mark.parametrize("left_out", [None, "covariances_", "precisions_cholesky_"])
@pytest.mark.parametrize("kind", [np.array, list])
def test_a_mixture_put_together_by_hand(left_out, kind):
    mixture = GaussianMixture(2, random_state=0)
    for name in BY_HAND.keys() - {left_out}:
        setattr(mixture, name, kind(BY_HAND[name]))
    densities = [
        w * multivariate_normal(m, c).pdf(X) for w, m, c, _ in zip(*BY_HAND.values(), strict=True)
    ]
    assert_allclose(mixture.score_samples(X), np.log(np.sum(densities, axis=0)), rtol=1e-12)
    assert_allclose(mixture.predict_proba(X).T, densities / np.sum(densities, axis=0), atol=1e-12)
    assert mixture.bic(X) == pytest.approx(-2 * 60 * mixture.score(X) + 11 * np.log(60))
    assert mixture.sample(5)[0].shape == (5, 2)
    assert_allclose(mixture.covariance_matrices_, BY_HAND["covariances_"])
    assert not hasattr(mixture, "n_features_in_")
    with pytest.raises(InvalidDataError, match=r"X has 3 features, but .* expecting 2"):
        mixture.predict(np.c_[X, X[:, 0]])


def test_a_covariance_set_by_hand_that_is_none():
    names = BY_HAND.keys() - {"precisions_cholesky_"}
    crooked = put_together(names, BY_HAND | {"covariances_": [np.eye(2), -np.eye(2)]})
    with pytest.raises(InvalidParameterError, match="`covariances_`"):
        crooked.predict(X)


def test_a_mixture_that_could_not_be_loaded_is_not_saved(tmp_path):
    path = tmp_path / "mixture.safetensors"
    with pytest.raises(InvalidParameterError, match="from_parameters"):
        put_together(BY_HAND).save(path)
    fewer = GaussianMixture(3, random_state=0).fit(X)
    for name in (*BY_HAND, "precisions_"):
        setattr(fewer, name, getattr(fewer, name)[:2])
    fewer.weights_ = fewer.weights_ / fewer.weights_.sum()
    with pytest.raises(InvalidParameterError, match=r"`weights_` has shape \(2,\), not \(3,\)"):
        fewer.save(path)
    with pytest.raises(InvalidParameterError, match="`statistics_` is not the sums"):
        fewer.set_params(n_components=2).save(path)
    assert not path.exists()
    advised = GaussianMixture.from_parameters(fewer.weights_, fewer.means_, fewer.covariances_)
    advised.save(path)
    assert_allclose(load(path).predict_proba(X), fewer.predict_proba(X))


def test_a_mixture_with_components_left_out_goes_on_predicting():
    fewer, theirs = (each(3, random_state=0).fit(X) for each in (GaussianMixture, Theirs))
    theirs.__dict__.update({name: getattr(fewer, name) for name in BY_HAND})
    for mixture in (fewer, theirs):
        kept = np.argsort(mixture.weights_)[1:]
        for name in BY_HAND:
            setattr(mixture, name, getattr(mixture, name)[kept])
        mixture.weights_ = mixture.weights_ / mixture.weights_.sum()
    assert_allclose(fewer.predict_proba(X), theirs.predict_proba(X), atol=1e-9)


@pytest.mark.parametrize("family", COVARIANCES)
@pytest.mark.parametrize(
    ("ours", "theirs"),
    [(GaussianMixture, Theirs), (BayesianGaussianMixture, TheirBayesian)],
)
def test_what_notebooks_reach_for_is_what_scikit_learn_says(family, ours, theirs):
    fitted = theirs(n_components=2, covariance_type=family, random_state=0).fit(X)
    same = ours.from_sklearn(fitted)
    found = same._estimate_weighted_log_prob(X)
    assert_allclose(found, fitted._estimate_weighted_log_prob(X), rtol=1e-9)
    for one, other in zip(
        same._estimate_log_prob_resp(X), fitted._estimate_log_prob_resp(X), strict=True
    ):
        assert_allclose(one, other, rtol=1e-7, atol=1e-7)
    if ours is GaussianMixture:
        assert_allclose(same._estimate_log_prob(X), fitted._estimate_log_prob(X), rtol=1e-9)


class Careful(GaussianMixture):
    """A subclass as people write them: fewer parameters, a `fit` of its own."""

    def __init__(self, n_components=1, *, patience=1, random_state=None):
        super().__init__(n_components, random_state=random_state)
        self.patience = patience

    def fit(self, X, y=None):
        super().fit(X)
        self.waited_ = self.patience
        return self


def test_a_subclass_with_a_fit_of_its_own():
    mixture = clone(Careful(2, patience=3, random_state=0))
    expected = GaussianMixture(2, random_state=0).fit(X)
    np.testing.assert_array_equal(mixture.fit_predict(X), expected.predict(X))
    assert mixture.waited_ == 3
    assert mixture.bic(X) == expected.bic(X)
