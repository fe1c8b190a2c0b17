"""Memoized batches: the same posterior as by the textbook, a bound that rises, in fewer passes."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone
from sklearn.exceptions import ConvergenceWarning
from sklearn.mixture import BayesianGaussianMixture as Theirs

from mixtura import BayesianGaussianMixture
from mixtura.covariance import COVARIANCES
from mixtura.exceptions import InvalidParameterError

RANDOM = np.random.RandomState(11)
LABELS = RANDOM.randint(0, 4, 1200)
X = np.array([[0.0, 0], [3, 0], [0, 3], [2, 2]])[LABELS] + RANDOM.standard_normal((1200, 2))
START = RANDOM.dirichlet(np.ones(5), len(X))


def ours(x=X, **settings):
    own = {"n_components": 5, "init_params": START, "random_state": 0, "tol": 0.0}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return BayesianGaussianMixture(**(own | settings)).fit(x)


def by_the_textbook(passes, pieces, **settings):
    """Their E-step for a batch and their M-step for all rows, in turns; and their bounds.

    The first E-steps, of the start and of the pass that fills the memory, are of all rows.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        model = Theirs(n_components=5, max_iter=1, random_state=0, **settings).fit(X)
    shares = np.log(START)
    model._m_step(X, shares)
    bounds = []
    for each in [[slice(0, len(X))]] * 2 + [pieces] * (passes - 1):
        for piece in each:
            shares[piece] = model._estimate_log_prob_resp(X[piece])[1]
            model._m_step(X, shares)
        bounds.append(np.squeeze(model._compute_lower_bound(shares, 0.0)))
    return model, np.array(bounds)


@pytest.mark.parametrize("concentration", ["dirichlet_process", "dirichlet_distribution"])
@pytest.mark.parametrize("family", COVARIANCES)
def test_every_pass_is_that_of_the_textbook(family, concentration):
    settings = {"covariance_type": family, "weight_concentration_prior_type": concentration}
    found = ours(max_iter=4, batches=6, **settings)
    pieces = [slice(start, start + 200) for start in range(0, 1200, 200)]
    expected, bounds = by_the_textbook(4, pieces, **settings)
    for name in ("means_", "covariances_", "weight_concentration_", "degrees_of_freedom_"):
        assert_allclose(getattr(found, name), getattr(expected, name), rtol=1e-9, atol=1e-9)
    gains = 1200 * np.diff(found.history_[0][:-1])  # theirs lack constants
    assert_allclose(gains, np.diff(bounds[:-1]), rtol=1e-7)
    assert np.all(gains > 0.0)


@pytest.mark.parametrize("batches", [2, 7, 60, 500])
def test_the_bound_rises_and_the_last_pass_is_exact(batches):
    x, start = X[:60], START[:60]
    found = ours(x, init_params=start, max_iter=12, batches=batches)
    assert np.all(np.diff(found.history_[0]) > -1e-12)
    assert found.n_iter_ == 12 and len(found.lower_bounds_) == 12
    assert found.lower_bounds_[-1] == found.lower_bound_ == pytest.approx(found.elbo_ / 60)
    once = clone(found).set_params(init_params="random", warm_start=True, max_iter=0)
    vars(once).update({name: value for name, value in vars(found).items() if name.endswith("_")})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        once.fit(x)  # a pass with the same parameters
    assert once.lower_bound_ == found.lower_bound_
    assert once.log_likelihood_ == found.log_likelihood_
    assert once.statistics_ == found.statistics_


def test_fewer_passes_lead_to_the_same_bound():
    whole, pieces = (ours(max_iter=100, batches=count, engine="numpy") for count in (1, 10))
    assert pieces.elbo_ > whole.elbo_
    target = whole.lower_bound_ - 1e-3
    passes = [int(np.argmax(each.history_[0] >= target)) for each in (whole, pieces)]
    assert 0 < 1.5 * passes[1] < passes[0]


def test_threads_and_checkpoints_change_no_bit(tmp_path):
    whole = ours(max_iter=9, batches=5)
    path = tmp_path / "fit.safetensors"
    for max_iter in (1, 4, 9):
        gone_on = ours(max_iter=max_iter, batches=5, checkpoint=path)
    for each in (gone_on, ours(max_iter=9, batches=5, n_jobs=3)):
        assert_array_equal(each.history_[0], whole.history_[0])
        assert_array_equal(each.covariances_, whole.covariances_)


def test_moves_go_on_in_batches():
    rows = np.concatenate([centre + RANDOM.standard_normal((150, 2)) for centre in (0, 8, -9, 17)])
    found = ours(
        rows,
        n_components=8,
        init_params=lambda x, k, random: np.eye(k)[np.zeros(len(x), dtype=int)],
        tol=1e-4,
        max_iter=500,
        moves=True,
        batches=10,
    )
    assert len(found.effective_components_) == 4
    assert found.moves_ and found.converged_
    assert np.all(np.diff(found.history_[0]) > -1e-9)
    for move in found.moves_:
        gain = 600 * np.diff(found.history_[0])[move.iteration - 1]
        assert move.gain == pytest.approx(gain, rel=1e-9)


def test_a_callback_that_ends_a_fit_sees_exact_figures():
    class Ends:
        def setup(self, estimator, context): ...
        def teardown(self, estimator, context): ...
        def on_fit_task_begin(self, estimator, context, **rest): ...
        def on_fit_task_end(self, estimator, context, *, metadata=None, **rest):
            return bool(metadata) and metadata["iteration"] == 3

    model = BayesianGaussianMixture(n_components=5, init_params=START, tol=0.0, batches=4)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        found = model.set_callbacks(Ends()).fit(X)
    assert found.stop_reason_ == "callback" and found.n_iter_ == 3
    expected = ours(max_iter=3, batches=4)
    assert found.lower_bound_ == expected.lower_bound_
    assert found.log_likelihood_ == expected.log_likelihood_


@pytest.mark.parametrize("value", [0, -1, 1.5, True, "20", None])
def test_batches_are_whole_numbers(value):
    with pytest.raises(InvalidParameterError, match=r"`batches` must be an integer >= 1.*=20"):
        BayesianGaussianMixture(batches=value).fit(X)
