"""What careless and hostile users do: a finite fit comes out, or one clear error."""

from __future__ import annotations

import time
import warnings

import numpy as np
import pandas as pd
import pytest
from sklearn.mixture import GaussianMixture as ScikitLearns

from mixtura import GaussianMixture, MixtureSelector, select
from mixtura.exceptions import InvalidDataError, InvalidParameterError, MixturaWarning

FAMILIES = ("full", "tied", "diag", "spherical")
ENGINES = ("numpy", "numba")


@pytest.fixture(autouse=True)
def _numpy_stays_silent():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.simplefilter("ignore", MixturaWarning)
        yield


@pytest.fixture(scope="module")
def x():
    """Two round clusters 8 standard deviations apart, 60 rows and 40."""
    random = np.random.default_rng(0)
    return np.vstack([random.normal(0, 1, (60, 2)), random.normal(8, 1, (40, 2))])


def _is_sound(fitted, x):
    proba = fitted.predict_proba(x)
    return (
        all(np.isfinite(getattr(fitted, name)).all() for name in ("means_", "covariances_"))
        and np.isfinite(fitted.lower_bound_)
        and np.isfinite(fitted.precisions_).all()
        and np.allclose(proba.sum(axis=1), 1.0, atol=1e-6)
        and not np.isnan(fitted.score_samples(x)).any()
    )


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("reg_covar", [0.0, 1e-6])
def test_rows_that_are_all_the_same(family, engine, reg_covar):
    x = np.ones((30, 3))
    fitted = GaussianMixture(
        5, covariance_type=family, engine=engine, reg_covar=reg_covar, random_state=0
    ).fit(x)
    assert _is_sound(fitted, x)
    assert np.allclose(fitted.means_[fitted.weights_ > 0], 1.0)


@pytest.mark.parametrize("family", FAMILIES)
def test_more_components_than_different_rows(family, x):
    rows = np.repeat(x[:2], 20, axis=0)
    assert _is_sound(GaussianMixture(4, covariance_type=family, random_state=0).fit(rows), rows)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("scale", [1e-145, 1e-100, 1e-20, 1e100, 1e150])
def test_the_unit_of_the_features_decides_nothing(x, family, engine, scale):
    settings = {"covariance_type": family, "engine": engine, "reg_covar": 0, "random_state": 0}
    expected = GaussianMixture(2, **settings).fit(x)
    found = GaussianMixture(2, **settings).fit(x * scale)
    assert np.array_equal(found.predict(x * scale), expected.predict(x))
    assert found.lower_bound_ == pytest.approx(expected.lower_bound_ - 2 * np.log(scale), abs=1e-6)


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("scale", [1e-300, 1e-160])
def test_rows_whose_squares_underflow_are_refused_not_blurred(x, family, scale):
    with pytest.raises(InvalidDataError, match="column 0, whose variance underflows"):
        GaussianMixture(2, covariance_type=family, reg_covar=0).fit(x * scale)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("value", [1e155, 1e200, 1e300])
def test_rows_whose_squares_overflow_are_refused_without_a_warning(x, engine, value):
    with pytest.raises(InvalidDataError, match="overflow"):
        GaussianMixture(2, engine=engine).fit(x * value)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("family", FAMILIES)
def test_rows_far_away_have_probabilities(x, family, engine):
    fitted = GaussianMixture(2, covariance_type=family, engine=engine, random_state=0).fit(x)
    far = np.array([[1e6, 0], [1e150, 1e150], [1e155, 0], [-1e200, 1e200], [1.7e308, -1.7e308]])
    proba, scores = fitted.predict_proba(far), fitted.score_samples(far)
    assert np.isfinite(proba).all() and np.allclose(proba.sum(axis=1), 1.0)
    assert not np.isnan(scores).any() and not np.isposinf(scores).any()
    assert np.array_equal(fitted.predict(far), proba.argmax(axis=1))
    assert not np.isnan([fitted.bic(far), fitted.icl(far), fitted.score(far)]).any()


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("value", [1e3, 1e100, 1e160, 1e300])
def test_far_away_the_widest_component_holds_the_rows(engine, value):
    """The log of a ratio of densities goes to infinity with the distance, whatever the weights."""
    fitted = GaussianMixture.from_parameters(
        [0.999, 0.001], [[0, 0], [5, 5]], [[1, 1], [3, 3]], covariance_type="diag", engine=engine
    )
    assert fitted.predict([[value, -value]]).tolist() == [1]
    assert fitted.predict_proba([[value, -value]]).tolist() == [[0.0, 1.0]]


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("weight", [1e20, 1e300])
def test_one_row_that_outweighs_all_others(x, engine, weight):
    weights = np.ones(100)
    weights[0] = weight
    fitted = GaussianMixture(2, engine=engine, random_state=0).fit(x, sample_weight=weights)
    assert _is_sound(fitted, x)
    assert np.average(fitted.means_, axis=0, weights=fitted.weights_) == pytest.approx(x[0])


@pytest.mark.parametrize(
    ("weights", "words"),
    [
        (-np.ones(100), "Negative"),
        (np.full(100, np.nan), "NaN"),
        (np.full(100, 1e308), "finite sum"),
        (np.zeros(100), "`sample_weight`"),
        (np.ones(3), "100 rows"),
        (["a"] * 100, "'a'"),
    ],
)
def test_weights_that_cannot_be(x, weights, words):
    fitted = GaussianMixture(2, random_state=0).fit(x)
    for use in (fitted.fit, fitted.score, fitted.bic, fitted.icl):
        with pytest.raises(InvalidParameterError, match="`sample_weight`") as refused:
            use(x, sample_weight=weights)
        assert words in str(refused.value)


def _frame(x, **columns):
    return pd.DataFrame({"a": x[:, 0], "b": x[:, 1], **columns})


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda x: _frame(x).replace(x[3, 1], np.nan), ("row 3, column 1 ('b') is 'nan'",)),
        (lambda x: _frame(x, c="red"), ("row 0, column 2 ('c') is 'red'", "text")),
        (lambda x: _frame(x, c=pd.date_range("2020", periods=100)), ("column 2 ('c')", "dates")),
        (lambda x: np.where(x == x[5, 0], np.inf, x), ("row 5, column 0 is 'inf'",)),
        (lambda x: x.astype("m8[s]"), ("timedelta64",)),
        (lambda x: np.ma.masked_equal(x, x[5, 0]), ("1", "X.mask")),
        (lambda x: x[:, 0], ("reshape(-1, 1)",)),
        (lambda x: x[None], ("dim 3",)),
        (lambda x: x[:0], ("two rows",)),
        (lambda x: x[:, :0], ("one column",)),
        (lambda x: x + 1j, ("Complex",)),
        (lambda x: [[1, 2], [3]], ("`X`",)),
        (lambda x: [[10**400, 1], [2, 3]], ("row 0, column 0",)),
        (lambda x: np.array([["1e4000", "1"], ["1", "2"]], np.longdouble), ("row 0, column 0",)),
        (lambda x: pd.DataFrame(x, columns=["a", 1]), ("by strings",)),
    ],
)
def test_rows_that_cannot_be_read(x, spoil, words):
    with pytest.raises(InvalidDataError) as refused:
        GaussianMixture(2, random_state=0).fit(spoil(x))
    assert all(word in str(refused.value) for word in words), refused.value


def test_rows_unlike_those_of_the_fit(x):
    fitted = GaussianMixture(2, random_state=0).fit(_frame(x))
    with pytest.raises(InvalidDataError, match="in that order"):
        fitted.predict(_frame(x)[["b", "a"]])
    with pytest.raises(InvalidDataError, match="columns that the mixture was fitted to"):
        GaussianMixture(2, random_state=0).fit(x).predict(np.c_[x, x])


@pytest.mark.parametrize(
    ("parameter", "value"),
    [
        ("n_components", True),
        ("n_components", 2.0),
        ("n_components", -(10**30)),
        ("tol", np.nan),
        ("tol", np.inf),
        ("max_iter", -1),
        ("covariance_type", ["full"]),
        ("engine", np.array(["numpy", "numba"])),
        ("proportions", None),
        ("random_state", "seed"),
        ("random_state", -1),
        ("random_state", np.random.default_rng(0)),
        ("verbose", "a"),
        ("init_params", np.array([None, "a"] * 50, dtype=object)),
        ("init_params", [[1], [1, 2]] * 50),
        ("init_params", np.full((100, 2), 0.4)),
        ("init_params", lambda *_: "rubbish"),
    ],
)
def test_parameters_of_the_wrong_kind(x, parameter, value):
    with pytest.raises(InvalidParameterError, match=parameter):
        GaussianMixture(**{"n_components": 2, parameter: value}).fit(x)


_CROOKED = [[3.0, 2.0], [1.0, 2.0]]


@pytest.mark.parametrize(
    ("attribute", "value"),
    [
        ("covariances_", np.array([_CROOKED, _CROOKED])),
        ("covariances_", -np.array([np.eye(2), np.eye(2)])),
        ("means_", np.full((2, 2), np.nan)),
        ("weights_", np.array([3.0, -2.0])),
    ],
)
def test_a_start_from_a_spoilt_mixture(x, attribute, value):
    start = ScikitLearns(2, random_state=0).fit(x)
    setattr(start, attribute, value)
    with pytest.raises(InvalidParameterError, match=attribute):
        GaussianMixture(2, init_params=start).fit(x)


@pytest.mark.parametrize(
    ("attribute", "value"),
    [
        ("weights_", np.array([-1.0, 2.0])),
        ("weights_", np.array([2.0, 2.0])),
        ("weights_", np.array([np.nan, 1.0])),
        ("means_", np.zeros((3, 2))),
        ("means_", np.full((2, 2), np.nan)),
        ("precisions_cholesky_", np.eye(2)),
        ("precisions_cholesky_", np.full((2, 2, 2), np.nan)),
        ("covariance_type", "diag"),
        ("n_jobs", 0),
    ],
)
def test_attributes_spoilt_by_hand(x, attribute, value):
    fitted = GaussianMixture(2, random_state=0).fit(x)
    setattr(fitted, attribute, value)
    for use in (fitted.predict, fitted.predict_proba, fitted.score_samples):
        with pytest.raises(InvalidParameterError, match=attribute):
            use(x)


@pytest.mark.parametrize(("before", "after"), [("tied", "diag"), ("diag", "tied")])
def test_a_warm_start_in_another_family_of_the_same_shape(x, before, after):
    fitted = GaussianMixture(2, covariance_type=before, warm_start=True, random_state=0).fit(x)
    with pytest.raises(InvalidParameterError, match="`covariance_type`"):
        fitted.set_params(covariance_type=after).fit(x)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_start_that_no_row_can_reach(x, engine):
    start = {"weights_init": [0.5, 0.5], "precisions_init": [np.eye(2)] * 2}
    with pytest.raises(InvalidDataError, match="underflows"):
        GaussianMixture(2, means_init=[[1e200, 0], [-1e200, 0]], engine=engine, **start).fit(x)


@pytest.mark.parametrize("value", [1e-320, 0.0, -1.0, np.nan, 1j])
def test_a_variance_that_has_no_inverse(value):
    with pytest.raises(InvalidParameterError, match="`covariances`"):
        GaussianMixture.from_parameters([1], [[0, 0]], [value], covariance_type="spherical")


def test_a_selection_of_rows_that_are_all_the_same():
    assert select(np.ones((20, 2)), (1, 2, 3), random_state=0).best.n_components == 1


@pytest.mark.parametrize(
    ("parameter", "value"),
    [
        ("n_components", 2.5),
        ("n_components", "3"),
        ("n_components", None),
        ("n_components", ["a"]),
        ("n_components", [0, 1]),
        ("n_components", []),
        ("covariance_types", None),
        ("n_jobs", 0),
        ("n_jobs", "a"),
        ("progress", 3),
        ("random_state", "a"),
        ("settings", 3),
        ("settings", {"n_components": 3}),
    ],
)
def test_a_selection_of_the_wrong_kind(x, parameter, value):
    use = select if parameter != "settings" else _fit_selector
    with pytest.raises(InvalidParameterError, match=f"`{parameter}`"):
        use(x, **{parameter: value})


def _fit_selector(x, settings):
    return MixtureSelector(settings=settings).fit(x)


def test_numbers_of_numpy_are_numbers(x):
    chosen = select(x, np.int64(2), "diag", "cv", cv=np.int64(3), random_state=0)
    assert [candidate.n_components for candidate in chosen.candidates] == [2]


def test_many_features_and_few_rows_take_no_time():
    """A tied covariance of 2000 features would take minutes and say nothing of 50 rows."""
    random = np.random.default_rng(0)
    x = random.normal(size=(50, 2000)) + 3.0 * (np.arange(50) % 2)[:, None]
    began = time.process_time()
    fitted = GaussianMixture(2, covariance_type="spherical", random_state=0).fit(x)
    GaussianMixture(10, covariance_type="spherical", random_state=0).fit(x)
    assert time.process_time() - began < 10.0
    assert np.array_equal(fitted.predict(x) == fitted.predict(x)[0], np.arange(50) % 2 == 0)
