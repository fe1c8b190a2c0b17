"""Bad and extreme input: a sound fit, or an error that says what to type."""

from __future__ import annotations

import itertools
import warnings

import numpy as np
import pandas as pd
import polars as pl
import pyarrow
import pytest
from hypothesis import HealthCheck, assume, given
from hypothesis import settings as hypothesis
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import sparse

from mixtura import BayesianGaussianMixture, GaussianMixture, datasets, select
from mixtura.covariance import COVARIANCES
from mixtura.exceptions import CollapsedComponentWarning, InvalidDataError, MixturaError
from mixtura.kernels import KERNELS

QUIET = pytest.mark.filterwarnings("ignore:component .* collapsed", "ignore:.*did not converge")
RANDOM = np.random.RandomState(0)
ROWS = RANDOM.standard_normal((60, 3))

SETS = {
    "duplicated rows": np.repeat(RANDOM.standard_normal((3, 2)), 10, axis=0),
    "one row many times": np.ones((20, 2)),
    "zeros": np.zeros((20, 2)),
    "a constant column": np.c_[ROWS, np.full(60, 3.0)],
    "a constant column far away": np.c_[ROWS, np.full(60, 1e8)],
    "a column of zeros": np.c_[ROWS, np.zeros(60)],
    "two constant columns": np.c_[ROWS[:, :1], np.full((60, 2), 7.0)],
    "a column twice": np.c_[ROWS, ROWS[:, :1]],
    "a sum of columns": np.c_[ROWS, ROWS.sum(axis=1)],
    "fewer rows than features": RANDOM.standard_normal((5, 20)),
    "one row a component": RANDOM.standard_normal((4, 2)),
    "two distinct rows": np.r_[np.zeros((10, 2)), np.ones((10, 2))],
    "one feature": RANDOM.standard_normal((50, 1)),
    "zeros and ones": RANDOM.randint(0, 2, (60, 2)).astype(float),
    "offset 1e8": ROWS + 1e8,
    "offset 1e12": ROWS + 1e12,
    "offset 1e15": ROWS + 1e15,
    "offsets apart": ROWS + np.array([1e12, 0.0, -1e6]),
    "scale 1e-300": ROWS * 1e-300,
    "scale 1e-310": ROWS * 1e-310,
    "scale 1e-160": ROWS * 1e-160,
    "scale 1e-150": ROWS * 1e-150,
    "scale 1e-100": ROWS * 1e-100,
    "scale 1e100": ROWS * 1e100,
    "scale 1e150": ROWS * 1e150,
    "scale 1e200": ROWS * 1e200,
    "scale 1e300": ROWS * 1e300,
    "mixed scales": ROWS * [1e-8, 1.0, 1e8],
    "wildly mixed scales": ROWS * [1e-100, 1.0, 1e100],
    "an outlier": np.r_[ROWS, np.full((1, 3), 1e9)],
    "an outlier very far": np.r_[ROWS, np.full((1, 3), 1e100)],
    "float32": ROWS.astype(np.float32),
    "float32 small": (ROWS * 1e-40).astype(np.float32),
    "float32 large": (ROWS * 1e30).astype(np.float32),
    "float16": ROWS.astype(np.float16),
    "integers": RANDOM.randint(0, 5, (50, 2)),
    "large integers": RANDOM.randint(0, 2**62, (50, 2)),
    "booleans": RANDOM.uniform(size=(50, 3)) > 0.5,
    "objects that are numbers": ROWS.astype(object),
    "lists": ROWS.tolist(),
}


def assert_sound(model, x):
    """Finite everywhere, proportions and covariances proper, rows near and far have labels."""
    x = np.asarray(x, dtype=np.float64)
    assert all(np.all(np.isfinite(history)) for history in model.history_)
    assert model.weights_.sum() == pytest.approx(1.0, abs=1e-12)
    assert np.all(model.weights_ >= 0.0)
    for name in ("means_", "covariances_", "precisions_", "precisions_cholesky_"):
        assert np.all(np.isfinite(getattr(model, name))), name
    matrices = model.covariance_matrices_
    sd = np.sqrt(np.diagonal(matrices, axis1=1, axis2=2))
    assert np.all(sd > 0.0)
    correlations = matrices / sd[:, :, None] / sd[:, None, :]
    assert np.linalg.eigvalsh(correlations).min() > 0.0
    assert np.all(np.isfinite(model.sample(5, 0)[0]))
    far = (x, x + 1e6, -1e3 * x, np.full((1, x.shape[1]), 1e100), np.full((1, x.shape[1]), -1e300))
    for rows in far:
        if np.all(np.isfinite(rows)):
            shares = model.predict_proba(rows)
            np.testing.assert_allclose(shares.sum(axis=1), 1.0, atol=1e-9)
            assert np.all(shares >= 0.0)
            assert not np.any(np.isnan(model.score_samples(rows)))
            assert np.all(model.weights_[model.predict(rows)] > 0.0)
    assert np.isfinite(model.score(x)) and np.isfinite(model.bic(x)) and np.isfinite(model.icl(x))


def fit_or_advice(x, k, **parameters):
    """A sound fit, or one of our errors that names a parameter and says what to do."""
    try:
        model = GaussianMixture(k, random_state=0, **parameters).fit(x)
    except MixturaError as error:
        assert isinstance(error, ValueError)
        assert_advises(str(error))
        return None
    assert_sound(model, x)
    return model


def assert_advises(message):
    assert "`" in message, message
    advice = ("type ", "divide ", "multiply ", "standardise ", "raise ", "give ", "leave ")
    assert any(word in message for word in advice), message


@QUIET
@pytest.mark.parametrize("family", COVARIANCES)
@pytest.mark.parametrize("data", SETS)
def test_extreme_rows(data, family):
    cases = [("numpy", 0.0, 1), ("numpy", 0.0, 4), ("numpy", 1e-6, 2)]
    cases += [("numba", 0.0, 2), ("numba", 1e-6, 4)]
    for engine, reg_covar, k in cases:
        settings = {"covariance_type": family, "engine": engine, "reg_covar": reg_covar}
        fit_or_advice(SETS[data], k, **settings)


@QUIET
@pytest.mark.parametrize("init", ["kmeans", "k-means++", "random", "random_from_data"])
@pytest.mark.parametrize("data", ["duplicated rows", "zeros", "one row a component", "offset 1e12"])
@pytest.mark.filterwarnings("ignore:Number of distinct clusters")
def test_extreme_rows_from_every_start(data, init):
    for family in COVARIANCES:
        assert fit_or_advice(SETS[data], 4, covariance_type=family, init_params=init) is not None


FITTED = [
    "duplicated rows",
    "one row many times",
    "a constant column",
    "fewer rows than features",
    "one row a component",
    "two distinct rows",
    "offset 1e8",
    "offset 1e12",
    "scale 1e-100",
    "scale 1e100",
    "mixed scales",
    "integers",
    "booleans",
    "float16",
    "lists",
]


@QUIET
@pytest.mark.parametrize("data", FITTED)
def test_what_can_be_fitted_is_fitted(data):
    """Advice is no way out for rows that a person may well have."""
    for family, reg_covar in itertools.product(COVARIANCES, (0.0, 1e-6)):
        model = fit_or_advice(SETS[data], 3, covariance_type=family, reg_covar=reg_covar)
        assert model is not None


@pytest.mark.parametrize("family", COVARIANCES)
@pytest.mark.parametrize("offset", [0.0, 1e4, 1e6, 1e8])
def test_an_offset_moves_the_means_and_nothing_else(family, offset):
    x = np.round(ROWS * 64) / 64  # sums with the offset are exact
    parameters = {"covariance_type": family, "init_params": np.arange(60) % 2, "reg_covar": 0.0}
    near, far = (GaussianMixture(2, **parameters).fit(rows) for rows in (x, x + offset))
    np.testing.assert_allclose(far.means_ - offset, near.means_, atol=1e-6)
    np.testing.assert_allclose(far.covariances_, near.covariances_, rtol=1e-5, atol=1e-6)
    assert far.lower_bound_ == pytest.approx(near.lower_bound_, rel=1e-6)


@pytest.mark.parametrize("family", COVARIANCES)
@pytest.mark.parametrize("power", [-400, -100, 100, 400])
def test_a_scale_shifts_the_likelihood_and_nothing_else(family, power):
    """By a power of two, so that no digit changes."""
    parameters = {"covariance_type": family, "init_params": np.arange(60) % 2, "reg_covar": 0.0}
    one = GaussianMixture(2, **parameters).fit(ROWS)
    other = GaussianMixture(2, **parameters).fit(ROWS * 2.0**power)
    np.testing.assert_allclose(other.means_ / 2.0**power, one.means_, rtol=1e-9)
    expected = one.lower_bound_ - 3 * power * np.log(2.0)
    assert other.lower_bound_ == pytest.approx(expected, rel=1e-12)


def numbers():
    """Floats of the sizes that break sums of squares, and few different ones."""
    extreme = [0.0, 1.0, -1.0, 1e-300, 1e-160, 1e-8, 1e8, 1e12, -1e12, 1e100, 1e150, 1e200]
    return st.one_of(st.sampled_from(extreme), st.integers(-3, 3).map(float), st.floats(-1e3, 1e3))


@st.composite
def problems(draw):
    n, d = draw(st.integers(2, 14)), draw(st.integers(1, 3))
    x = draw(arrays(np.float64, (n, d), elements=numbers()))
    parameters = {
        "covariance_type": draw(st.sampled_from(list(COVARIANCES))),
        "engine": draw(st.sampled_from(list(KERNELS))),
        "reg_covar": draw(st.sampled_from([0.0, 1e-6])),
        "proportions": draw(st.sampled_from(["free", "equal"])),
        "init_params": draw(st.sampled_from(["auto", "k-means++", "random"])),
        "max_iter": draw(st.sampled_from([0, 1, 30])),
    }
    return x, draw(st.integers(1, n)), parameters


@QUIET
@hypothesis(
    max_examples=100, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
@given(problems())
def test_any_rows(problem):
    x, k, parameters = problem
    with np.errstate(over="ignore", invalid="ignore"):  # of scikit-learn's k-means++
        fit_or_advice(x, k, **parameters)


@QUIET
@hypothesis(max_examples=50, deadline=None, derandomize=True)
@given(
    arrays(np.float64, (12, 2), elements=st.integers(-4, 4).map(float)),
    arrays(np.float64, 12, elements=st.sampled_from([0.0, 1e-300, 1e-9, 0.5, 1.0, 1e9, 1e200])),
    st.sampled_from(list(COVARIANCES)),
)
def test_any_weights(x, weights, family):
    assume(np.count_nonzero(weights) >= 2)
    model = GaussianMixture(2, covariance_type=family, random_state=0)
    try:
        model.fit(x, sample_weight=weights)
    except MixturaError as error:
        assert_advises(str(error))
    else:
        assert_sound(model, x)
        assert np.isfinite(model.score(x, sample_weight=weights))


@pytest.mark.parametrize(
    ("x", "message"),
    [
        ([1.0, 2.0, 3.0], "Reshape your data"),
        (np.zeros((2, 2, 2)), "dim 3"),
        (5.0, "scalar"),
        (np.zeros((0, 2)), "0 sample"),
        (np.zeros((5, 0)), "0 feature"),
        (np.zeros((1, 2)), "minimum of 2"),
        ([["a", "b"], ["c", "d"]], "could not convert string"),
        (ROWS + 1j, "Complex data"),
        (sparse.csr_matrix(ROWS), "toarray"),
        (np.where(ROWS > 2, np.nan, ROWS), "NaN"),
        (np.where(ROWS > 2, np.inf, ROWS), "infinity"),
        ([[None, 1.0], [2.0, 3.0]], "NaN|NoneType|float"),
    ],
)
def test_what_is_no_table_of_numbers_is_refused(x, message):
    for fit in (GaussianMixture().fit, GaussianMixture(2).fit, lambda rows: select(rows, 1)):
        with pytest.raises((ValueError, TypeError), match=message):
            fit(x)
    fitted = GaussianMixture().fit(ROWS)
    if np.shape(x)[:1] != (1,):
        for method in (fitted.predict, fitted.predict_proba, fitted.score_samples, fitted.score):
            with pytest.raises((ValueError, TypeError)):
                method(x)


@pytest.mark.parametrize("mixture", [GaussianMixture, BayesianGaussianMixture])
@pytest.mark.parametrize(
    ("x", "says", "says_not"),
    [
        (np.arange(3000.0), "X.reshape(-1, 1)", "2999"),
        (pd.Series([1.0, 2.0]), "X[['a']]", "text"),
        (np.zeros((2, 2, 2)), "X.reshape(len(X), -1)", "text"),
        (np.array([[1.0], [np.nan]]), "leave these rows of `X` out", "HistGradient"),
        (pl.LazyFrame({"a": [1.0, 2.0]}), "X.collect()", "text"),
    ],
)
def test_the_advice_is_for_what_is_wrong(mixture, x, says, says_not):
    with pytest.raises(InvalidDataError) as refused:
        mixture().fit(x)
    assert says in str(refused.value) and says_not not in str(refused.value)
    assert ("these rows" in str(refused.value)) == ("these rows" in says)


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        (np.zeros(60), "sample_weight"),
        (-np.ones(60), "[Nn]egative"),
        (np.full(60, np.nan), "NaN"),
        (np.full(60, np.inf), "infinity"),
        (np.ones(59), "60"),
        (np.ones((60, 2)), "1D"),
        (np.eye(60)[0], "n_components"),
    ],
)
def test_weights_that_are_none_are_refused(weights, message):
    with pytest.raises(ValueError, match=message):
        GaussianMixture(2).fit(ROWS, sample_weight=weights)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"n_components": 0}, r"`n_components`.*type n_components=2"),
        ({"n_components": 2.0}, r"`n_components`.*2\.0"),
        ({"n_components": "2"}, r"`n_components`.*'2'"),
        ({"n_components": True}, r"`n_components`.*True"),
        ({"n_components": 61}, r"n_components = 61.*type n_components=60"),
        ({"covariance_type": "ful"}, "`covariance_type`.*did you mean 'full'"),
        ({"covariance_type": None}, "`covariance_type`"),
        ({"covariance_type": ["full"]}, "`covariance_type`"),
        ({"tol": -1e-3}, "`tol`.*type tol=1e-3"),
        ({"tol": np.nan}, "`tol`"),
        ({"tol": np.inf}, "`tol`"),
        ({"reg_covar": -1.0}, "`reg_covar`"),
        ({"reg_covar": "auto"}, "`reg_covar`"),
        ({"max_iter": -1}, "`max_iter`"),
        ({"n_init": 0}, "`n_init`"),
        ({"init_params": "kmeanz"}, "`init_params`.*did you mean 'kmeans'"),
        ({"engine": "cuda"}, r"`engine`.*\['numba', 'numpy'\]|`engine`"),
        ({"proportions": "Free"}, "`proportions`.*did you mean 'free'"),
        ({"stopping": "atken"}, "`stopping`.*did you mean 'aitken'"),
        ({"n_jobs": 0}, "`n_jobs`.*type n_jobs=-1"),
        ({"n_jobs": 1.5}, "`n_jobs`"),
        ({"verbose_interval": 0}, "`verbose_interval`"),
        ({"random_state": "seed"}, "seed"),
    ],
)
def test_parameters_that_are_none_are_refused_by_name(parameters, message):
    with pytest.raises(ValueError, match=message):
        GaussianMixture(**parameters).fit(ROWS)


def test_a_collapsed_component_is_named_with_its_rows():
    x = np.r_[ROWS, np.repeat([[9.0, 9.0, 9.0]], 3, axis=0)]
    labels = np.r_[np.zeros(60), np.ones(3)]
    with pytest.warns(CollapsedComponentWarning) as caught:
        model = GaussianMixture(2, init_params=labels, reg_covar=0.0, random_state=0).fit(x)
    text = str(caught[0].message)
    assert "component 1 " in text and "rows (" in text and "60, 61, 62)" in text
    assert "`n_components`" in text and "`reg_covar`" in text
    assert caught[0].filename == __file__, "the warning points at the line that called fit"
    assert_sound(model, x)


def test_a_collapsed_component_names_the_rows_as_the_user_counts_them():
    """Rows of weight 0 are left out of the fit, not out of the count."""
    x = np.r_[ROWS, np.repeat([[9.0, 9.0, 9.0]], 3, axis=0)]
    labels = np.r_[np.zeros(60), np.ones(3)]
    weights = np.r_[np.zeros(10), np.ones(53)]
    with pytest.warns(CollapsedComponentWarning, match=r"component 1 .*\b60\b"):
        GaussianMixture(2, init_params=labels, reg_covar=0.0, random_state=0).fit(
            x, sample_weight=weights
        )


def test_a_sound_fit_warns_of_nothing():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        GaussianMixture(2, random_state=0).fit(ROWS)


@QUIET
@pytest.mark.parametrize("family", COVARIANCES)
def test_components_beyond_the_distinct_rows_are_pruned(family):
    x = SETS["two distinct rows"]
    model = GaussianMixture(5, covariance_type=family, random_state=0).fit(x)
    assert_sound(model, x)
    labels = model.predict(x)
    assert len(set(labels[:10])) == 1 and len(set(labels[10:])) == 1 and labels[0] != labels[-1]


@pytest.mark.parametrize(
    ("x", "says"),
    [
        (ROWS + 1j, "X.real"),
        (pd.DataFrame(ROWS + 1j), "X.real"),
        (sparse.csr_array(ROWS), "X.toarray()"),
        (pd.DataFrame(ROWS).astype(pd.SparseDtype("float", 0.0)), "X.sparse.to_dense()"),
        (pd.DataFrame(ROWS, columns=["a", "a", "b"]), "a name of its own"),
        (np.asmatrix(ROWS), "numpy.asarray(X)"),
        (pd.DataFrame(ROWS).mask(ROWS > 2), "X.dropna()"),
        (pl.DataFrame({"a": [1.0, None, 2.0]}), "X.drop_nulls()"),
        (pyarrow.table({"a": [1.0, None, 2.0]}), "X.drop_null()"),
        (pl.Series([1.0, 2.0]), "X.reshape(-1, 1)"),
        (lambda n: [ROWS], "missing a required argument: 'n'"),
    ],
)
def test_what_is_refused_is_not_shown_whole_and_the_advice_fits(x, says):
    with pytest.raises(InvalidDataError) as refused:
        GaussianMixture().fit(x)
    message = str(refused.value)
    assert says in message and "dates" not in message
    assert len(message) < 400 and ".;" not in message


@pytest.mark.parametrize(
    "days",
    [
        pd.Series(pd.date_range("2020", periods=60)),
        pd.Series(pd.to_timedelta(np.arange(60), "D")),
        pd.Series(pd.period_range("2020", periods=60, freq="D")),
        pd.Series(pd.date_range("2020", periods=60)).astype("timestamp[ns][pyarrow]"),
    ],
)
def test_a_column_of_dates_is_refused_by_name_in_every_kind_of_frame(days):
    frame = pd.DataFrame({"a": ROWS[:, 0], "day": days})
    frames = [frame]
    if days.dtype.kind == "M":
        frames += [pl.from_pandas(frame), pyarrow.Table.from_pandas(frame)]
    for each in frames:
        with pytest.raises(InvalidDataError, match=r"dates or durations in column 1 \('day'\)"):
            GaussianMixture().fit(each)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        (
            {"init_params": "foo"},
            r"`init_params` must be one of \['auto', .*type init_params='auto'",
        ),
        ({"init_params": None}, r"got None; .*type init_params=\"auto\""),
        ({"engine": "cuda"}, r"`engine` must be one of \['auto', 'numba', 'numpy'\]"),
        ({"warm_start": "no"}, "`warm_start` must be True or False, got 'no'"),
    ],
)
def test_what_is_refused_is_told_all_that_may_be(parameters, message):
    with pytest.raises(MixturaError, match=message):
        GaussianMixture(**{"n_components": 2, **parameters}).fit(ROWS)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"covariance_types": ["foo"]}, "`covariance_types` must be one of"),
        ({"covariance_types": b"full"}, "`covariance_types` must be one or several"),
        ({"n_components": b"ab"}, "`n_components` must be one or several"),
    ],
)
def test_a_selection_names_its_own_parameter(parameters, message):
    with pytest.raises(MixturaError, match=message):
        select(ROWS, **parameters)


def test_partial_fit_goes_on_with_the_same_components_only():
    mixture = GaussianMixture(2, random_state=0).partial_fit(ROWS)
    with pytest.raises(MixturaError, match=r"`partial_fit` needs .* n_components=3.*clone"):
        mixture.set_params(n_components=3).partial_fit(ROWS)
    with pytest.raises(MixturaError, match=r"`partial_fit` needs .*`covariance_type`"):
        mixture.set_params(n_components=2, covariance_type="diag").partial_fit(ROWS)
    mixture.set_params(covariance_type="full").partial_fit(ROWS)


@pytest.mark.parametrize("name", [-1, [], None, np.arange(2), "fathful"])
def test_names_that_are_none(name):
    with pytest.raises(MixturaError, match="`name` must be one of"):
        datasets.load(name)
    if name is not None and not isinstance(name, str):
        with pytest.raises(MixturaError, match="`path` must be the name of a file"):
            GaussianMixture().fit(ROWS).predict_to_parquet(ROWS, name)
