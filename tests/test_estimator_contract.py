"""Scikit-learn's contract: check_estimator, frames, pipelines, routing, callbacks."""

from __future__ import annotations

import os
import pickle

import numpy as np
import pandas as pd
import polars as pl
import pytest
import sklearn
from sklearn.base import clone
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import estimator_checks_generator

from mixtura import BayesianGaussianMixture, GaussianMixture, MixtureSelector, datasets
from mixtura.concentrations import CONCENTRATIONS
from mixtura.covariance import COVARIANCES
from mixtura.kernels import KERNELS

FAITHFUL = datasets.load("faithful").data
SELECTOR = MixtureSelector((1, 2), "diag", settings={"n_init": 1}, random_state=0)
TWO = GaussianMixture(2, random_state=0)
BAYESIAN = BayesianGaussianMixture(n_components=2, max_iter=500, random_state=0)
ESTIMATORS = [
    GaussianMixture(),
    *(
        GaussianMixture(2, covariance_type=family, engine=engine)
        for family in COVARIANCES
        for engine in KERNELS
    ),
    GaussianMixture(2, proportions="equal", n_jobs=2),
    GaussianMixture(2, prior="mclust"),
    GaussianMixture("auto"),
    BayesianGaussianMixture(),
    *(
        BayesianGaussianMixture(
            n_components=2,
            covariance_type=family,
            weight_concentration_prior_type=prior,
            init_params="auto",  # k-means draws other seeds for a row twice than for its weight
        )
        for family, prior in zip(COVARIANCES, 2 * list(CONCENTRATIONS), strict=True)
    ),
    SELECTOR,
]


def checks():
    for estimator in ESTIMATORS:
        for checked, check in estimator_checks_generator(estimator):
            # Scikit-learn skips its array-API check where scipy was not told in time.
            if "array_api" not in check.func.__name__ or os.environ.get("SCIPY_ARRAY_API"):
                name = f"{check.func.__name__}-{' '.join(repr(estimator).split())}"
                yield pytest.param(checked, check, id=name)


@pytest.mark.parametrize(("estimator", "check"), list(checks()))
@pytest.mark.filterwarnings("ignore:component .* collapsed", "ignore:.*did not converge")
def test_check_estimator(estimator, check):
    check(estimator)


@pytest.mark.parametrize("estimator", [TWO, BAYESIAN, SELECTOR])
@pytest.mark.parametrize("library", [pd, pl])
def test_frames_go_in_and_out(estimator, library):
    frame = library.DataFrame({"eruptions": FAITHFUL[:, 0], "waiting": FAITHFUL[:, 1]})
    name = library.__name__
    fitted = clone(estimator).set_output(transform=name).fit(frame)
    assert fitted.feature_names_in_.tolist() == ["eruptions", "waiting"]
    shares = fitted.transform(frame)
    assert isinstance(shares, library.DataFrame)
    prefix = type(estimator).__name__.lower()
    assert list(shares.columns) == [f"{prefix}0", f"{prefix}1"]
    assert fitted.get_feature_names_out().tolist() == list(shares.columns)
    np.testing.assert_array_equal(shares.to_numpy(), fitted.predict_proba(frame))
    same = clone(estimator).fit(FAITHFUL)
    np.testing.assert_array_equal(same.predict_proba(FAITHFUL), shares.to_numpy())


@pytest.mark.parametrize("estimator", [TWO, BAYESIAN, SELECTOR])
def test_features_under_other_names_are_refused(estimator):
    fitted = clone(estimator).fit(pd.DataFrame(FAITHFUL, columns=["eruptions", "waiting"]))
    for method in (fitted.predict, fitted.score, fitted.transform):
        with pytest.raises(ValueError, match="feature names should match"):
            method(pd.DataFrame(FAITHFUL, columns=["waiting", "eruptions"]))
    with pytest.raises(ValueError, match="2 features"):
        clone(estimator).fit(FAITHFUL).predict(FAITHFUL[:, :1])


@pytest.mark.parametrize("estimator", [TWO, BAYESIAN, SELECTOR])
def test_pickle_keeps_every_answer(estimator):
    fitted = clone(estimator).fit(FAITHFUL)
    again = pickle.loads(pickle.dumps(fitted))
    for method in ("predict", "predict_proba", "transform", "score_samples", "score"):
        expected = getattr(fitted, method)(FAITHFUL)
        np.testing.assert_array_equal(getattr(again, method)(FAITHFUL), expected)
    np.testing.assert_array_equal(again.sample(9, 1)[0], fitted.sample(9, 1)[0])


@pytest.mark.filterwarnings("ignore:.*did not converge")
@pytest.mark.parametrize(
    "settings",
    [
        {"init_params": [0, 1] * 136, "tol": 1e-2},
        {"means_init": [[2, 50], [4, 80]], "weights_init": (0.3, 0.7)},
        {"precisions_init": [np.eye(2).tolist()] * 2, "max_iter": np.int32(3)},
        {"random_state": np.random.RandomState(0), "n_jobs": np.int64(1), "warm_start": True},
    ],
)
def test_constructor_parameters_are_never_overwritten(settings):
    model = GaussianMixture(2, **settings)
    before = pickle.dumps({name: settings.get(name) for name in settings if name != "random_state"})
    model.fit(FAITHFUL)
    model.predict(FAITHFUL)
    for name, value in settings.items():
        assert getattr(model, name) is value
    after = pickle.dumps({name: settings.get(name) for name in settings if name != "random_state"})
    assert before == after
    cloned = clone(model)
    assert not hasattr(cloned, "means_")
    cloned.fit(FAITHFUL)


@pytest.mark.parametrize("estimator", [TWO, BAYESIAN])
def test_the_rows_given_are_not_written_to(estimator):
    x = FAITHFUL.copy()
    x.flags.writeable = False
    weights = np.ones(len(x))
    weights.flags.writeable = False
    for engine in KERNELS:
        fitted = clone(estimator).set_params(engine=engine).fit(x, sample_weight=weights)
        fitted.score(x, sample_weight=weights)
    np.testing.assert_array_equal(x, FAITHFUL)


@pytest.mark.parametrize("estimator", [TWO, BAYESIAN])
def test_grid_search_in_a_pipeline(estimator):
    pipeline = make_pipeline(StandardScaler(), clone(estimator))
    name = type(estimator).__name__.lower()
    grid = {
        f"{name}__n_components": [1, 2],
        f"{name}__covariance_type": list(COVARIANCES),
    }
    search = GridSearchCV(pipeline, grid, cv=3).fit(FAITHFUL)
    assert search.best_params_[f"{name}__n_components"] == 2
    assert np.all(np.isfinite(search.cv_results_["mean_test_score"]))
    assert len(search.predict(FAITHFUL)) == 272
    scored = make_pipeline(StandardScaler(), clone(SELECTOR)).fit(FAITHFUL)
    assert scored.predict_proba(FAITHFUL).shape == (272, 2)


@pytest.mark.parametrize("estimator", [TWO, BAYESIAN, SELECTOR])
def test_sample_weights_are_routed_through_a_pipeline(estimator):
    weights = np.random.RandomState(0).randint(0, 3, 272).astype(float)
    with sklearn.config_context(enable_metadata_routing=True):
        scaler = StandardScaler().set_fit_request(sample_weight=False)
        asked = clone(estimator).set_fit_request(sample_weight=True)
        routed = make_pipeline(scaler, asked).fit(FAITHFUL, sample_weight=weights)
        scored = clone(estimator).set_score_request(sample_weight=True).fit(FAITHFUL)
        make_pipeline(scaler, scored).fit(FAITHFUL).score(FAITHFUL, sample_weight=weights)
    scaled = StandardScaler().fit_transform(FAITHFUL)
    direct = clone(estimator).fit(scaled, sample_weight=weights)
    np.testing.assert_array_equal(routed[-1].score_samples(scaled), direct.score_samples(scaled))
    assert direct.score(scaled) != clone(estimator).fit(scaled).score(scaled)


class Recorder:
    """A callback that writes down all it hears and asks to stop at an iteration."""

    def __init__(self, stop_at: int | None = None):
        self.heard = []
        self.iterations = []
        self.fitted = []
        self._stop_at = stop_at

    def setup(self, estimator, context):
        self.heard.append("setup")

    def teardown(self, estimator, context):
        self.heard.append("teardown")

    def on_fit_task_begin(self, estimator, context):
        self.heard.append(f"begin {context.task_name}")

    def on_fit_task_end(self, estimator, context, *, X, metadata, fitted_estimator):
        assert X is FAITHFUL
        self.heard.append(f"end {context.task_name}")
        if context.task_name == "start":
            return False
        self.fitted.append(fitted_estimator)
        if context.task_name == "iteration":
            self.iterations.append((metadata["iteration"], metadata["log_likelihood"]))
        return metadata is not None and metadata["iteration"] == self._stop_at


@pytest.mark.parametrize("batches", [1, 3])
def test_a_callback_hears_every_step_of_a_bayesian_mixture(batches):
    callback = Recorder()
    model = clone(BAYESIAN).set_params(batches=batches, n_init=2).set_callbacks(callback)
    model.fit(FAITHFUL)
    assert len(callback.iterations) == sum(len(start) for start in model.history_)
    for fitted in callback.fitted[:-1]:
        assert fitted.elbo_ == pytest.approx(272 * fitted.lower_bound_)
    last = callback.fitted[-1]
    for name in ("means_", "elbo_", "log_likelihood_", "weight_concentration_prior_"):
        np.testing.assert_array_equal(getattr(last, name), getattr(model, name))


def test_a_callback_hears_every_start_and_step():
    callback = Recorder()
    model = GaussianMixture(2, n_init=2, random_state=0).set_callbacks(callback).fit(FAITHFUL)
    assert callback.heard[:3] == ["setup", "begin fit", "begin start"]
    assert callback.heard[-3:] == ["end start", "end fit", "teardown"]
    for name in ("fit", "start", "iteration"):
        assert callback.heard.count(f"begin {name}") == callback.heard.count(f"end {name}") > 0
    assert callback.heard.count("end start") == 2
    told = [likelihood for _, likelihood in callback.iterations]
    assert sorted(told) == sorted(np.concatenate(model.history_))
    assert [i for i, _ in callback.iterations].count(0) == 2
    for (_, likelihood), fitted in zip(callback.iterations, callback.fitted, strict=False):
        assert fitted.score(FAITHFUL) == pytest.approx(likelihood, rel=1e-12)
    np.testing.assert_array_equal(callback.fitted[-1].means_, model.means_)


def test_a_callback_can_stop_a_start():
    callback = Recorder(stop_at=2)
    model = GaussianMixture(2, tol=0, init_params=[0, 1] * 136).set_callbacks(callback)
    with pytest.warns(ConvergenceWarning):
        model.fit(FAITHFUL)
    assert model.n_iter_ == 2 and not model.converged_
    assert [iteration for iteration, _ in callback.iterations] == [0, 1, 2]
    assert callback.heard[-1] == "teardown"


def test_a_fit_without_callbacks_hears_nothing_of_them():
    callback = Recorder()
    model = clone(TWO).set_callbacks(callback).fit(FAITHFUL)
    heard = len(callback.heard)
    np.testing.assert_array_equal(clone(TWO).fit(FAITHFUL).means_, model.means_)
    assert len(callback.heard) == heard
