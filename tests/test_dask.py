"""Rows in Dask give what the same rows in memory give: on threads, and with nobody's client."""

from __future__ import annotations

import re

import dask
import dask.array as da
import dask.dataframe as dd
import numpy as np
import pandas as pd
import pytest

from mixtura import BayesianGaussianMixture, GaussianMixture
from mixtura.exceptions import InvalidDataError, InvalidParameterError, MissingExtraError
from mixtura.reshaping import rounds
from mixtura.rows._dask import keeping

NAMES = ["width", "height", "depth"]
N = 6000


@pytest.fixture(scope="module")
def x():
    random = np.random.default_rng(3)
    centres = np.array([[0, 0, 0], [6, 1, 0], [0, 5, 3]])
    return centres[random.integers(0, 3, N)] + random.normal(size=(N, 3)) * [1, 0.5, 2]


@pytest.fixture(scope="module")
def weights():
    return np.random.default_rng(4).choice([0.0, 0.5, 3.0], N)


@pytest.fixture
def array(x):
    return da.from_array(x, chunks=(1100, -1))


@pytest.fixture
def frame(x):
    return dd.from_pandas(pd.DataFrame(x, columns=NAMES), npartitions=5)


@pytest.fixture
def folder(x, tmp_path):
    folder = tmp_path / "rows"
    folder.mkdir()
    for i, part in enumerate(np.array_split(x, 3)):
        pd.DataFrame(part, columns=NAMES).to_parquet(folder / f"{i}.parquet")
    return folder


def mixture(kind=GaussianMixture, **settings):
    return kind(**{"n_components": 3, "random_state": 0, **settings})


both = pytest.mark.parametrize("kind", [GaussianMixture, BayesianGaussianMixture])


def assert_same(found, expected):
    assert found.n_iter_ == expected.n_iter_
    posterior = ("mean_precision_", "degrees_of_freedom_", "covariance_prior_", "elbo_")
    bayesian = isinstance(expected, BayesianGaussianMixture)
    for name in ("weights_", "means_", "covariances_", "history_") + posterior * bayesian:
        np.testing.assert_allclose(
            getattr(found, name), getattr(expected, name), rtol=1e-8, atol=1e-8, err_msg=name
        )


@both
@pytest.mark.parametrize("covariance_type", ["full", "tied", "diag", "spherical"])
def test_an_array_gives_what_memory_gives(x, array, covariance_type, kind):
    found = mixture(kind, covariance_type=covariance_type).fit(array)
    assert_same(found, mixture(kind, covariance_type=covariance_type).fit(x))
    assert found.rows_ == "dask"
    assert found.n_features_in_ == 3


@both
def test_a_frame_gives_what_memory_gives_and_names(x, frame, kind):
    found = mixture(kind).fit(frame)
    assert_same(found, mixture(kind).fit(x))
    assert found.feature_names_in_.tolist() == NAMES


@both
def test_a_folder_of_parquet_gives_what_memory_gives(x, folder, kind):
    found = mixture(kind, rows="dask").fit(str(folder))
    assert_same(found, mixture(kind).fit(x))
    assert found.rows_ == "dask"
    assert mixture(kind, rows="dask").fit(folder).feature_names_in_.tolist() == NAMES


def test_moves_are_those_that_memory_makes(x, array, frame, monkeypatch):
    """From one component that holds all rows; births are thought of on the same sample."""
    monkeypatch.setattr(rounds, "_SAMPLE", 1000)

    def all_in_one(x, k, random):
        return np.eye(k)[np.zeros(len(x), dtype=int)]

    settings = {"n_components": 6, "init_params": all_in_one, "moves": True, "tol": 1e-3}
    expected = mixture(BayesianGaussianMixture, **settings).fit(x)
    assert len(expected.effective_components_) == 3 and expected.moves_
    for data in (array, frame):
        found = mixture(BayesianGaussianMixture, **settings).fit(data)
        assert_same(found, expected)
        assert [move[:3] for move in found.moves_] == [move[:3] for move in expected.moves_]


def test_column_chunks_and_integers_are_no_obstacle(x):
    whole = np.round(100 * x).astype(int)
    found = mixture().fit(da.from_array(whole, chunks=(1000, 2)))
    assert_same(found, mixture().fit(whole))


def test_float32_stays_float32(x, array, frame):
    small = mixture().fit(array.astype(np.float32))
    assert_same(small, mixture().fit(x.astype(np.float32)))
    assert small.predict_proba(array.astype(np.float32)).dtype == np.float32
    assert small.predict_proba(frame.astype(np.float32)[NAMES]).compute().dtype == np.float32


def test_lengths_that_nobody_knows_and_partitions_without_rows(x, frame):
    kept = x[x[:, 0] > 1.0]
    found = mixture().fit(frame[frame.width > 1.0])
    assert_same(found, mixture().fit(kept))
    ordered = dd.from_pandas(
        pd.DataFrame(x[np.argsort(x[:, 0])], columns=NAMES), npartitions=5, sort=False
    )
    some = ordered[ordered.width > 5.0]
    assert 0 in some.map_partitions(len).compute().to_list()
    fitted = mixture().fit(some)
    assert_same(fitted, mixture().fit(some.compute().to_numpy()))
    assert len(fitted.predict(some).compute()) == len(some)
    assert fitted.score(some) == pytest.approx(fitted.score(some.compute()), rel=1e-12)


def test_memoized_batches_are_partitions(x, array):
    settings = {"tol": 1e-9, "max_iter": 500}
    found = mixture(BayesianGaussianMixture, batches=20, **settings).fit(array)
    same = mixture(BayesianGaussianMixture, batches=6, **settings).fit(array)  # 6 partitions
    whole = mixture(BayesianGaussianMixture, **settings).fit(x)
    np.testing.assert_array_equal(found.history_[0], same.history_[0])
    assert found.elbo_ == pytest.approx(whole.elbo_, rel=1e-9)


@both
@pytest.mark.parametrize("given_as", ["dask array", "array", "series", "column"])
def test_weights(x, array, frame, weights, given_as, kind):
    data, given = {
        "dask array": (array, da.from_array(weights, chunks=1100)),
        "array": (frame, weights),
        "series": (frame, dd.from_pandas(pd.Series(weights), npartitions=5)),
        "column": (frame.assign(w=da.from_array(weights, chunks=1200)), "w"),
    }[given_as]
    found = mixture(kind).fit(data, sample_weight=given)
    expected = mixture(kind).fit(x, sample_weight=weights)
    assert_same(found, expected)
    for name in ("score", "bic")[: 1 + (kind is GaussianMixture)]:
        score = getattr(expected, name)(x, sample_weight=weights)
        assert getattr(found, name)(data, sample_weight=given) == pytest.approx(score, rel=1e-9)


@both
@pytest.mark.parametrize("scheduler", ["synchronous", "threads"])
def test_sums_have_the_same_bits_whatever_ran_first(array, scheduler, kind):
    with dask.config.set(scheduler=scheduler, num_workers=3):
        found = mixture(kind, init_params="kmeans").fit(array)
    again = mixture(kind, init_params="kmeans").fit(array)
    assert np.array_equal(found.means_, again.means_)
    assert found.lower_bound_ == again.lower_bound_


@both
def test_results_are_lazy_and_the_same(x, array, frame, kind):
    fitted = mixture(kind).fit(array)
    local = mixture(kind).fit(x)
    for data in (array, frame.rename(columns=str)):
        model = fitted if data is array else mixture(kind).fit(frame)
        for name in ("predict", "predict_proba", "transform", "score_samples"):
            found = getattr(model, name)(data)
            assert isinstance(found, da.Array), name
            np.testing.assert_allclose(found.compute(), getattr(local, name)(x), atol=1e-8)
    assert fitted.predict(array).chunks == (array.chunks[0],)
    assert fitted.predict_proba(array).shape == (N, 3)
    assert isinstance(fitted.score(array), float)
    assert fitted.score(array) == pytest.approx(local.score(x), rel=1e-12)


def test_nothing_is_read_before_a_lazy_result_is_wanted(x, array):
    def fail(block):
        raise RuntimeError("read")

    lazy = mixture().fit(x).predict(array.map_blocks(fail, dtype=float, meta=np.empty((0, 0))))
    with pytest.raises(RuntimeError, match="read"):
        lazy.compute()


def test_a_fitted_mixture_takes_the_columns_of_its_fit(x, frame):
    model = mixture().fit(frame)
    mixed = frame[NAMES[::-1]].assign(other=1.0)
    assert np.array_equal(model.predict(mixed).compute(), model.predict(frame).compute())
    with pytest.raises(InvalidDataError, match=r"'depth'"):
        model.predict(frame[["width", "height"]])
    with pytest.raises(InvalidDataError, match="3 features"):
        model.predict(da.zeros((10, 2)))


@pytest.mark.parametrize(("room", "reads"), [(0, 5), (10**12, 2)])
def test_rows_are_kept_where_there_is_room(x, monkeypatch, room, reads):
    seen = []

    def load(start):
        seen.append(start)
        return x[start : start + 2000]

    blocks = [da.from_delayed(dask.delayed(load)(i), (2000, 3), float) for i in range(0, N, 2000)]
    monkeypatch.setattr(keeping, "_memory", lambda: room)
    mixture(means_init=x[:3], tol=10.0).fit(da.concatenate(blocks))
    times = len(seen) / len(blocks)
    assert times == 1 if room else times >= reads


@pytest.mark.parametrize(
    ("value", "text"), [(np.nan, "nan"), (np.inf, "inf")], ids=["missing", "infinite"]
)
def test_a_bad_cell_is_named_by_partition_and_column(x, value, text):
    bad = x.copy()
    bad[2505, 1] = value
    for data, column in (
        (da.from_array(bad, chunks=(1000, -1)), "column 1"),
        (dd.from_pandas(pd.DataFrame(bad, columns=NAMES), npartitions=6), "column 'height'"),
    ):
        with pytest.raises(InvalidDataError, match=f"{text} in partition 2, row 505 .*{column}"):
            mixture().fit(data)
        with pytest.raises(InvalidDataError, match="partition 2"):
            mixture().fit(x).predict(
                data if column == "column 1" else data.to_dask_array()
            ).compute()


def test_columns_of_text_are_named(frame):
    with pytest.raises(InvalidDataError, match=r"`X` .*real numbers.*'colour'.*X\[\['width'"):
        mixture().fit(frame.assign(colour="red"))


def test_what_is_no_collection_is_named(x, array):
    with pytest.raises(InvalidDataError, match=r"from_array"):
        mixture(rows="dask").fit(x)
    with pytest.raises(InvalidDataError, match=r"`X`.*shape"):
        mixture().fit(array[:, 0])
    with pytest.raises(InvalidDataError, match="complex"):
        mixture().fit(array.astype(complex))


def test_weights_that_do_not_fit_are_named(array, frame, weights):
    for given, text in (
        (weights[:-1], "6000"),
        (da.from_array(weights, chunks=2000), "partitions"),
        (da.from_array(weights, chunks=1100) - 1.0, r"-(1.0|0.5) in partition \d"),
        (-weights, "sample_weight"),
        ("w", "column"),
        (da.zeros(N, chunks=1100), "weight above 0"),
    ):
        with pytest.raises((InvalidParameterError, InvalidDataError), match=text):
            mixture().fit(array, sample_weight=given)
    with pytest.raises(InvalidDataError, match="'mass'"):
        mixture().fit(frame, sample_weight="mass")


def test_too_few_rows_are_named(frame):
    with pytest.raises(InvalidDataError, match="none in 5 partitions"):
        mixture().fit(frame[frame.width > 1e6])
    with pytest.raises(InvalidDataError, match="n_samples = 2"):
        mixture().fit(da.zeros((2, 2)))


def test_dask_that_is_missing_is_named(monkeypatch, folder):
    monkeypatch.setitem(__import__("sys").modules, "dask.dataframe", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'mixtura\[dask\]'"):
        mixture(rows="dask").fit(str(folder))


def test_a_component_without_rows_is_repaired_among_partitions(x, array):
    far = np.vstack([x[:2], [[1e3, 1e3, 1e3]]])
    with pytest.warns(UserWarning, match="component 2 collapsed"):
        found = mixture(means_init=far).fit(array)
    with pytest.warns(UserWarning, match="component 2 collapsed"):
        assert_same(found, mixture(means_init=far).fit(x))


def test_what_is_no_table_is_told_how_to_become_one(x):
    for data, advice in (
        (da.from_array(x[:, 0], chunks=1000), "X.reshape(-1, 1)"),
        (dd.from_pandas(pd.Series(x[:, 0], name="a"), npartitions=2), "X.to_frame()"),
        (x, "dask.array.from_array"),
    ):
        with pytest.raises(InvalidDataError, match=re.escape(f"type {advice}")) as caught:
            mixture(rows="dask").fit(data)
        assert data is x or "from_array" not in str(caught.value)
