"""When a fit ends: each rule against gains that are known, each reason by its cause."""

from __future__ import annotations

import warnings
from typing import get_args

import numpy as np
import pytest
from sklearn.base import clone

from mixtura import GaussianMixture, datasets
from mixtura.cli import summary
from mixtura.em import Reason
from mixtura.stopping import STOPPING

GAIN, AITKEN = STOPPING["gain"], STOPPING["aitken"]


def geometric(limit, gap, rate, steps):
    """Likelihoods that approach `limit` by the factor `rate` a step."""
    return [limit - gap * rate**step for step in range(steps)]


@pytest.mark.parametrize("rate", [0.1, 0.5, 0.99])
@pytest.mark.parametrize("gap", [1e-6, 1.0, 1e3])
def test_aitken_knows_the_limit_of_a_geometric_series(rate, gap):
    # the limit less the likelihood before the last step, exactly
    likelihoods = geometric(0.0, gap, rate, 3)
    remaining = -likelihoods[1]
    assert AITKEN.close(likelihoods, remaining * 1.001)
    assert not AITKEN.close(likelihoods, remaining * 0.999)


@pytest.mark.parametrize("rule", [GAIN, AITKEN])
@pytest.mark.parametrize("likelihoods", [[], [-3.0]])
def test_one_step_says_nothing(rule, likelihoods):
    assert not rule.close(likelihoods, np.finfo(float).max)


def test_aitken_sees_no_limit_while_gains_grow():
    assert not AITKEN.close([0.0, 1e-9, 3e-9], 1e-3)  # a plateau that is being left
    assert GAIN.close([0.0, 1e-9, 3e-9], 1e-3)


@pytest.mark.parametrize("rule", [GAIN, AITKEN])
def test_no_gain_is_the_end_unless_tol_is_0(rule):
    assert rule.close([1.0, 1.0, 1.0], 1e-12)
    assert rule.close([1.0, 1.0, 1.0 - 1e-15], 1e-12)
    assert not rule.close([1.0, 1.0, 1.0], 0.0)


def overlapping(seed):
    random = np.random.default_rng(seed)
    return np.concatenate([random.normal(-0.8, 1.0, (400, 2)), random.normal(0.8, 1.0, (600, 2))])


@pytest.mark.parametrize("family", ["full", "tied", "diag", "spherical"])
def test_aitken_keeps_its_promise_where_the_last_gain_does_not(family):
    # what is left to gain is measured by going on to 1e-13
    x, tol = overlapping(3), 1e-6
    mixture = GaussianMixture(
        2, covariance_type=family, init_params="kmeans", random_state=0, tol=tol, max_iter=20_000
    )
    gain = clone(mixture).fit(x)
    aitken = clone(mixture).set_params(stopping="aitken").fit(x)
    limit = clone(mixture).set_params(tol=1e-13).fit(x).lower_bound_
    assert aitken.converged_ and aitken.n_iter_ > gain.n_iter_
    assert limit - aitken.lower_bound_ < tol < limit - gain.lower_bound_


@pytest.mark.parametrize("rule", list(STOPPING))
def test_a_fit_says_that_it_converged_or_ran_out_of_iterations(rule):
    x = datasets.load("faithful").data
    mixture = GaussianMixture(3, random_state=0, init_params="random", tol=1e-5, stopping=rule)
    done = clone(mixture).set_params(max_iter=5000).fit(x)
    assert (done.stop_reason_, done.converged_) == ("converged", True)
    with pytest.warns(UserWarning, match="did not converge"):
        short = clone(mixture).set_params(max_iter=2).fit(x)
    assert (short.stop_reason_, short.converged_, short.n_iter_) == ("max_iter", False, 2)


def test_a_fit_of_no_iterations_ran_out_of_them():
    x = datasets.load("faithful").data
    assert GaussianMixture(2, max_iter=0).fit(x).stop_reason_ == "max_iter"


class Stop:
    """A callback that asks to stop at an iteration."""

    def __init__(self, iteration):
        self.iteration = iteration

    def setup(self, estimator, context):
        pass

    teardown = on_fit_task_begin = setup

    def on_fit_task_end(self, estimator, context, *, metadata=None):
        return metadata is not None and metadata["iteration"] == self.iteration


@pytest.mark.filterwarnings("ignore:Best performing")
def test_a_callback_is_a_reason_unless_the_run_was_over():
    x = datasets.load("faithful").data
    mixture = GaussianMixture(3, random_state=0, init_params="kmeans")
    if not hasattr(mixture, "set_callbacks"):
        pytest.skip("this scikit-learn has no callbacks")
    alone = clone(mixture).fit(x)
    stopped = clone(mixture).set_callbacks(Stop(1)).fit(x)
    assert (stopped.stop_reason_, stopped.converged_, stopped.n_iter_) == ("callback", False, 1)
    late = clone(mixture).set_callbacks(Stop(alone.n_iter_)).fit(x)
    assert (late.stop_reason_, late.converged_) == ("converged", True)


def test_parameters_that_were_given_were_not_fitted():
    given = GaussianMixture.from_parameters([1.0], [[0.0]], [[[1.0]]])
    assert given.stop_reason_ == "given"
    from sklearn.mixture import GaussianMixture as Theirs

    x = datasets.load("faithful").data
    for most, reason in ((100, "converged"), (0, "max_iter")):
        theirs = Theirs(2, random_state=0, max_iter=max(most, 1), tol=1e-3 if most else 0.0)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that it did not converge
            theirs.fit(x)
        assert GaussianMixture.from_sklearn(theirs).stop_reason_ == reason


def test_every_reason_has_words_on_the_command_line():
    assert set(summary._ENDED) == {*get_args(Reason), "given", "partial"} - {"running"}
