"""`partial_fit`: stepwise EM against sums written out by hand, scikit-learn and the whole data."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.stats import multivariate_normal
from sklearn.base import clone
from sklearn.mixture import GaussianMixture as Theirs

import mixtura
from mixtura import GaussianMixture
from mixtura.exceptions import InvalidParameterError

FAMILIES = ("full", "tied", "diag", "spherical")
MEANS = np.array([[0.0, 0.0], [4.0, 1.0], [-1.0, 5.0]])
WEIGHTS = np.array([0.5, 0.3, 0.2])


def drawn(n, seed=0):
    random = np.random.default_rng(seed)
    return MEANS[random.choice(3, n, p=WEIGHTS)] + random.standard_normal((n, 2)) * [1.0, 0.6]


X = drawn(900)


def given(covariance_type, **settings):
    """A mixture with parameters, none of them right."""
    matrices = np.stack([np.eye(2), [[2.0, 0.3], [0.3, 1.0]], [[1.0, -0.2], [-0.2, 1.5]]])
    covariances = {
        "full": matrices,
        "tied": matrices[1],
        "diag": np.array([[1.0, 2.0], [0.5, 1.0], [1.0, 1.0]]),
        "spherical": np.array([1.0, 2.0, 0.5]),
    }[covariance_type]
    return GaussianMixture.from_parameters(
        [0.3, 0.3, 0.4],
        MEANS + np.array([0.7, -0.4]),
        covariances,
        covariance_type=covariance_type,
        **settings,
    )


class ByHand:
    """The paper's recursion on sums of r, r x and r x x' about the origin, per unit of weight."""

    def __init__(self, start, decay, reg_covar=1e-6):
        self.weights, self.means = start.weights_, start.means_
        self.matrices = start.covariance_matrices_
        self.kind, self.decay, self.reg = start.covariance_type, decay, reg_covar
        self.seen, self.sums = 0.0, None

    def step(self, x, w):
        joint = np.column_stack(
            [
                share * multivariate_normal(m, c).pdf(x)
                for share, m, c in zip(self.weights, self.means, self.matrices, strict=True)
            ]
        )
        r = w[:, None] * joint / joint.sum(axis=1, keepdims=True) / w.sum()
        block = (r.sum(axis=0), r.T @ x, np.einsum("nk,ni,nj->kij", r, x, x))
        self.seen += w.sum()
        gamma = (w.sum() / self.seen) ** self.decay
        old = block if self.sums is None else self.sums
        self.sums = tuple(s + gamma * (t - s) for s, t in zip(old, block, strict=True))
        counts, first, second = self.sums
        self.weights, self.means = counts, first / counts[:, None]
        moments = second / counts[:, None, None]
        raw = moments - self.means[:, :, None] * self.means[:, None, :]
        self.matrices = getattr(self, self.kind)(raw, counts) + self.reg * np.eye(2)

    def full(self, raw, counts):
        return raw

    def tied(self, raw, counts):
        return np.broadcast_to(np.einsum("k,kij->ij", counts, raw), raw.shape)

    def diag(self, raw, counts):
        return raw * np.eye(2)

    def spherical(self, raw, counts):
        return np.trace(raw, axis1=1, axis2=2)[:, None, None] / 2 * np.eye(2)


@pytest.mark.parametrize("covariance_type", FAMILIES)
@pytest.mark.parametrize("decay", [0.0, 0.6, 1.0])
@pytest.mark.parametrize("engine", ["numpy", "numba"])
def test_it_is_the_recursion_of_the_paper(covariance_type, decay, engine):
    ours = given(covariance_type, decay=decay, engine=engine)
    expected = ByHand(ours, decay)
    w = np.random.default_rng(1).uniform(0.5, 3.0, len(X))
    for block in np.split(np.arange(len(X)), [100, 150, 500]):  # of many sizes
        ours.partial_fit(X[block], sample_weight=w[block])
        expected.step(X[block], w[block])
        assert_allclose(ours.weights_, expected.weights, rtol=1e-9)
        assert_allclose(ours.means_, expected.means, rtol=1e-9, atol=1e-10)
        assert_allclose(ours.covariance_matrices_, expected.matrices, rtol=1e-8, atol=1e-10)
    assert ours.statistics_.total == pytest.approx(w.sum())
    assert ours.n_iter_ == 4 and ours.stop_reason_ == "partial" and not ours.converged_


@pytest.mark.parametrize("covariance_type", FAMILIES)
def test_without_memory_it_is_a_step_of_em_on_all_rows(covariance_type):
    ours = given(covariance_type, decay=0.0)
    theirs = Theirs(
        3,
        covariance_type=covariance_type,
        weights_init=ours.weights_,
        means_init=ours.means_,
        precisions_init=ours.precisions_,
        max_iter=4,
        tol=0.0,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs.fit(X)
    for _ in range(4):
        ours.partial_fit(X)
    for name in ("weights_", "means_", "covariances_"):
        assert_allclose(getattr(ours, name), getattr(theirs, name), rtol=1e-9, atol=1e-10)
    assert_allclose(ours.history_[0], theirs.lower_bounds_, rtol=1e-10)


def test_a_long_stream_comes_to_the_mixture_it_is_from():
    ours = GaussianMixture(3, random_state=0, covariance_type="diag")
    for seed in range(300):
        ours.partial_fit(drawn(200, seed))
    order = np.argsort(-ours.weights_)
    assert_allclose(ours.weights_[order], WEIGHTS, atol=0.02)
    assert_allclose(ours.means_[order], MEANS, atol=0.05)
    assert_allclose(ours.covariances_[order], [[1.0, 0.36]] * 3, atol=0.06)
    fresh = drawn(20_000, 1000)
    truth = sum(
        share * multivariate_normal(m, [1.0, 0.36]).pdf(fresh)
        for share, m in zip(WEIGHTS, MEANS, strict=True)
    )
    assert ours.score(fresh) == pytest.approx(np.log(truth).mean(), abs=2e-3)
    assert ours.history_[0][-20:].mean() > ours.history_[0][0]


def test_it_goes_on_from_a_fit_whose_rows_count():
    ours = GaussianMixture(3, random_state=0, decay=1.0, tol=1e-10, max_iter=2000).fit(X)
    expected = ByHand(ours, 1.0)
    expected.step(X, np.ones(len(X)))  # a step at the optimum moves nothing
    assert_allclose(expected.means, ours.means_, atol=1e-3)
    expected.weights, expected.means = ours.weights_, ours.means_
    expected.matrices = ours.covariance_matrices_
    new = drawn(100, 5)
    ours.partial_fit(new)
    expected.step(new, np.ones(100))
    assert_allclose(ours.means_, expected.means, rtol=1e-8, atol=1e-9)
    assert_allclose(ours.covariances_, expected.matrices, rtol=1e-7, atol=1e-9)
    assert ours.statistics_.total == 1000 and ours.n_iter_ == 1


def test_a_fit_forgets_what_was_before():
    ours = GaussianMixture(3, random_state=0)
    fitted = clone(ours).fit(X)
    ours.partial_fit(drawn(500, 9)).fit(X)
    assert_array_equal(ours.means_, fitted.means_)
    assert ours.statistics_.total == len(X)


def test_weights_count_rows():
    once, twice = given("full"), given("full")
    w = np.random.default_rng(2).integers(0, 3, len(X))
    for block in np.split(np.arange(len(X)), 3):
        once.partial_fit(X[block], sample_weight=w[block])
        twice.partial_fit(np.repeat(X[block], w[block], axis=0))
    assert_allclose(once.covariances_, twice.covariances_, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("offset", [1e4, 1e7])
def test_digits_are_kept_far_from_the_origin(offset):
    here, there = given("full", reg_covar=0.0), given("full", reg_covar=0.0)
    there.means_ = there.means_ + offset
    for block in np.split(X, 9):
        here.partial_fit(block)
        there.partial_fit(block + offset)
    assert_allclose(there.covariances_, here.covariances_, rtol=1e-6, atol=1e-7)


def test_blocks_may_be_anywhere_and_are_picked_by_name(tmp_path):
    ours, theirs = GaussianMixture(2, random_state=0), GaussianMixture(2, random_state=0)
    for number, block in enumerate(np.split(X, 3)):
        frame = pd.DataFrame(block, columns=["a", "b"])
        path = tmp_path / f"{number}.parquet"
        frame.assign(other="x")[["other", "b", "a"]].to_parquet(path)
        ours.partial_fit(mixtura.scan(path, ["a", "b"]) if number == 0 else path)
        theirs.partial_fit(frame)
    assert_allclose(ours.means_, theirs.means_, rtol=1e-9)
    assert ours.rows_ == "arrow" and theirs.feature_names_in_.tolist() == ["a", "b"]


def test_it_goes_on_after_a_file(tmp_path):
    ours = GaussianMixture(3, random_state=0)
    for block in np.split(X, 3)[:2]:
        ours.partial_fit(block)
    ours.save(tmp_path / "m.safetensors")
    again = mixtura.load(tmp_path / "m.safetensors")
    for each in (ours, again):
        each.partial_fit(np.split(X, 3)[2])
    assert_array_equal(ours.covariances_, again.covariances_)


def test_what_cannot_be_followed_is_named():
    with pytest.raises(AttributeError, match="partial_fit") as refused:
        GaussianMixture(2, prior="mclust").partial_fit(X)
    assert "type set_params(prior=None)" in str(refused.value.__cause__)
    for decay in (-0.1, 1.1, "slow", True, np.nan):
        with pytest.raises(InvalidParameterError, match=r"`decay` must be a number from 0 to 1"):
            GaussianMixture(2, decay=decay).partial_fit(X)
    with pytest.raises(ValueError, match="n_components = 5, n_samples = 3"):
        GaussianMixture(5).partial_fit(X[:3])
    with pytest.raises(ValueError, match="expecting 2 features"):
        given("full").partial_fit(X[:, :1])
    given("full").partial_fit(X[:1])  # a later block may be small
