"""Rows outside memory: the very results of the same rows in memory."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from tests.rows.conftest import NAMES

import mixtura
from mixtura import BayesianGaussianMixture, GaussianMixture
from mixtura.reshaping import rounds
from mixtura.rows import MemoryRows, Request, resolve
from mixtura.rows.streamed import StreamedRows
from mixtura.stats import Stats

CLOSE = {"rtol": 1e-8, "atol": 1e-8}
# Figures of a fit to rows, by estimator, and what a posterior has besides parameters.
FIGURES = {
    GaussianMixture: ("score", "aic", "bic", "icl"),
    BayesianGaussianMixture: ("score",),
}
POSTERIOR = (
    *("weight_concentration_", "mean_precision_", "degrees_of_freedom_", "mean_prior_"),
    *("covariance_prior_", "elbo_", "effective_components_"),
)
both = pytest.mark.parametrize("kind", FIGURES)


def same_fit(one, other):
    names = ("weights_", "means_", "covariances_", "precisions_cholesky_", "lower_bounds_")
    for name in names + POSTERIOR * isinstance(one, BayesianGaussianMixture):
        assert_allclose(getattr(one, name), getattr(other, name), **CLOSE, err_msg=name)
    assert one.n_iter_ == other.n_iter_


def all_in_one(x, k, random):
    return np.eye(k)[np.zeros(len(x), dtype=int)]


def opened(X, n_jobs=1, weights=None, rows="auto"):
    request = Request(
        array=np.asanyarray,
        columns=lambda names, d: None,
        weights=lambda n: weights,
        sample_weight=weights,
        picked=None,
        n_jobs=n_jobs,
    )
    return resolve(rows, X, request)


@both
def test_every_place_fits_and_scores_as_memory_does(x, elsewhere, kind):
    ours = kind(n_components=3, random_state=0).fit(elsewhere)
    theirs = kind(n_components=3, random_state=0).fit(x)
    same_fit(ours, theirs)
    assert ours.rows_ in ("arrow", "sliced", "blocks") and theirs.rows_ == "memory"
    assert_array_equal(ours.predict(elsewhere), theirs.predict(x))
    assert_array_equal(ours.fit_predict(elsewhere), theirs.predict(x))
    assert_allclose(ours.predict_proba(elsewhere), theirs.predict_proba(x), **CLOSE)
    assert_allclose(ours.score_samples(elsewhere), theirs.score_samples(x), **CLOSE)
    for name in FIGURES[kind]:
        assert_allclose(getattr(ours, name)(elsewhere), getattr(theirs, name)(x), rtol=1e-8)


def test_moves_are_those_that_memory_makes(x, elsewhere, monkeypatch):
    """From one component that holds all rows; births are thought of on the same sample."""
    monkeypatch.setattr(rounds, "_SAMPLE", 1000)
    settings = {"n_components": 5, "init_params": all_in_one, "moves": True, "random_state": 0}
    ours = BayesianGaussianMixture(**settings).fit(elsewhere)
    theirs = BayesianGaussianMixture(**settings).fit(x)
    same_fit(ours, theirs)
    assert len(theirs.effective_components_) == 3 and theirs.moves_
    for one, other in zip(ours.moves_, theirs.moves_, strict=True):
        assert one[:3] == other[:3]
        assert_allclose(one.gain, other.gain, rtol=1e-8)


@pytest.mark.parametrize("batches", [1, 9])
def test_moves_hold_no_more_rows_than_their_sample(folder, monkeypatch, batches):
    monkeypatch.setattr(rounds, "_SAMPLE", 1000)
    taken = []
    take = StreamedRows.take

    def watched(self, chosen):
        taken.append(len(chosen))
        return take(self, chosen)

    monkeypatch.setattr(StreamedRows, "take", watched)
    start = GaussianMixture.from_parameters(
        np.full(5, 0.2), np.zeros((5, 3)), [9.0 * np.eye(3)] * 5
    )
    settings = {"n_components": 5, "init_params": start, "moves": True, "max_iter": 1000}
    fitted = BayesianGaussianMixture(batches=batches, random_state=0, tol=1e-3, **settings)
    fitted.fit(mixtura.scan(folder, NAMES))
    assert len(fitted.effective_components_) == 3 and fitted.moves_
    assert len(taken) > len(fitted.moves_) and max(taken) <= 1000


@both
@pytest.mark.parametrize("covariance_type", ["full", "tied", "diag", "spherical"])
@pytest.mark.parametrize("engine", ["numpy", "numba"])
def test_families_and_kernels_with_weights_from_a_column(
    x, weights, folder, covariance_type, engine, kind
):
    settings = {"covariance_type": covariance_type, "engine": engine, "random_state": 0}
    scan = mixtura.scan(folder, NAMES, weights="weight")
    ours = kind(n_components=3, **settings).fit(scan)
    theirs = kind(n_components=3, **settings).fit(x, sample_weight=weights)
    same_fit(ours, theirs)
    assert len(ours.predict(scan)) == len(x)  # rows of weight 0 have labels too
    for name in FIGURES[kind]:
        expected = getattr(theirs, name)(x, sample_weight=weights)
        assert_allclose(getattr(ours, name)(scan), expected, rtol=1e-8)


@both
def test_the_name_of_a_column_as_weights(x, weights, folder, kind):
    scan = mixtura.scan(folder, NAMES)
    ours = kind(n_components=2, random_state=0).fit(scan, sample_weight="weight")
    same_fit(ours, kind(n_components=2, random_state=0).fit(x, sample_weight=weights))
    for name in FIGURES[kind]:
        expected = getattr(ours, name)(x, sample_weight=weights)
        assert_allclose(getattr(ours, name)(scan, sample_weight="weight"), expected, rtol=1e-8)


@both
def test_weights_as_an_array(x, weights, elsewhere, kind):
    ours = kind(n_components=2, random_state=0).fit(elsewhere, sample_weight=weights)
    same_fit(ours, kind(n_components=2, random_state=0).fit(x, sample_weight=weights))
    for name in FIGURES[kind]:
        expected = getattr(ours, name)(x, sample_weight=weights)
        found = getattr(ours, name)(elsewhere, sample_weight=weights)
        assert_allclose(found, expected, rtol=1e-8)


@both
def test_any_number_of_threads_gives_the_same_bits(elsewhere, kind):
    one, two = (
        kind(n_components=3, random_state=0, n_jobs=n, engine="numba").fit(elsewhere)
        for n in (1, 3)
    )
    assert_array_equal(one.covariances_, two.covariances_)


def test_the_same_sample_is_drawn_everywhere(x, weights, elsewhere):
    for given in (None, weights):
        rows, theirs = opened(elsewhere, weights=given), opened(x, weights=given)
        assert (rows.n, rows.d) == (theirs.n, theirs.d)
        assert_allclose(rows.weight, theirs.weight)
        for size in (10, 1000, rows.n - 1, rows.n, rows.n + 1):
            mine = rows.sample(size, np.random.RandomState(5))
            yours = theirs.sample(size, np.random.RandomState(5))
            assert isinstance(mine, MemoryRows) and mine.n == min(size, rows.n)
            assert_array_equal(mine.x, yours.x)
            if given is not None:
                assert_allclose(mine.weights, yours.weights)


def test_no_block_is_larger_than_asked_for(x, elsewhere):
    rows = opened(elsewhere)
    sizes = rows.concatenate(lambda block, weights: np.array([len(block)]), 500)
    assert sizes.max() <= 500 and sizes.sum() == len(x)
    assert rows.total(lambda block, weights: np.sum(block, axis=0), 500) == pytest.approx(
        np.sum(x, axis=0)
    )
    assert_array_equal(np.vstack(list(rows.each(lambda block, weights: block, 500))), x)


@pytest.mark.parametrize("count", [1, 7, 20])
def test_batches_are_all_rows_in_order_and_the_same_in_every_pass(x, elsewhere, count):
    rows = opened(elsewhere)

    def seen():
        return [
            batch(lambda block, weights: np.array([np.sum(block), len(block)]))
            for batch in rows.batches(count, 500)
        ]

    batches = seen()
    assert_array_equal(batches, seen())
    assert abs(len(batches) - count) <= 1
    ends = np.cumsum([size for _, size in batches]).astype(int)
    assert ends[-1] == len(x)
    parts = np.split(x, ends[:-1])
    assert_allclose([total for total, _ in batches], [np.sum(part) for part in parts])


def test_a_batch_without_a_weight_is_none(x, elsewhere):
    weights = np.where(np.arange(len(x)) < 2500, 0.0, 2.0)
    rows = opened(elsewhere, weights=weights)
    found = [batch(lambda block, _: len(block)) for batch in rows.batches(9, 1000)]
    assert found[:2] == [None, None] and sum(filter(None, found)) == 6500


def test_memoized_batches_come_to_the_same_bound(x, weights, elsewhere):
    settings = {"n_components": 3, "tol": 1e-9, "max_iter": 500, "random_state": 0}
    weights = np.where(np.arange(len(x)) < 1500, 0.0, weights)  # the first batches have none
    ours = BayesianGaussianMixture(batches=9, **settings).fit(elsewhere, sample_weight=weights)
    theirs = BayesianGaussianMixture(**settings).fit(x, sample_weight=weights)
    assert_allclose(ours.elbo_, theirs.elbo_, rtol=1e-9)
    assert_allclose(ours.means_, theirs.means_, atol=1e-3)
    assert np.all(np.diff(ours.history_[0]) > -1e-12) and ours.n_iter_ < theirs.n_iter_


@pytest.mark.parametrize("memory", [0, 100_000, 10**9])
def test_row_groups_that_are_held_are_read_once(x, folder, memory, monkeypatch):
    calls = Counter()

    def counting(name, method):
        def counted(*given, **named):
            calls[name] += 1
            return method(*given, **named)

        monkeypatch.setattr(pq.ParquetFile, name, counted)

    counting("iter_batches", pq.ParquetFile.iter_batches)
    counting("read_row_group", pq.ParquetFile.read_row_group)

    def total(rows):
        return rows.total(lambda block, _: np.sum(block, axis=0), 1000)

    rows = opened(mixtura.scan(folder, NAMES, memory=memory))
    sums = [total(rows) for _ in range(3)]
    held, groups = calls["read_row_group"], 15
    assert held == {0: 0, 100_000: 5 + 3, 10**9: groups}[memory]  # of 700 rows, and of 200
    assert calls["iter_batches"] == 3 * (groups - held)
    for each in sums:
        assert_array_equal(each, total(opened(mixtura.scan(folder, NAMES))))  # the very bits


def test_filters_and_columns_are_pushed_down(x, folder):
    keep = x[:, 0] > 1.0
    for filter in ([("a", ">", 1.0)], pc.field("a") > 1.0):
        scan = mixtura.scan(folder, ["c", "b"], filter)  # not the column of the filter
        ours = GaussianMixture(2, random_state=0).fit(scan)
        same_fit(ours, GaussianMixture(2, random_state=0).fit(x[keep][:, [2, 1]]))
        assert ours.feature_names_in_.tolist() == ["c", "b"]


def test_columns_are_picked_by_name_after_the_fit(x, folder):
    fitted = GaussianMixture(2, random_state=0).fit(mixtura.scan(folder, ["b", "a"]))
    assert_array_equal(fitted.predict(folder), fitted.predict(mixtura.scan(folder, ["b", "a"])))


def test_float32_stays_and_mixed_columns_become_float64(x, tmp_path):
    narrow = pa.table({"a": x[:, 0].astype("f4"), "b": x[:, 1].astype("f4")})
    mixed = narrow.append_column("i", pa.array(np.arange(len(x)))).append_column(
        "t", pa.array(x[:, 0] > 0)
    )
    pq.write_table(narrow, tmp_path / "narrow.parquet")
    pq.write_table(mixed, tmp_path / "mixed.parquet")
    seen = opened(tmp_path / "narrow.parquet").take(np.arange(3)).x
    assert seen.dtype == np.float32
    assert_array_equal(seen, x[:3, :2].astype("f4"))
    seen = opened(tmp_path / "mixed.parquet").take(np.arange(3)).x
    assert seen.dtype == np.float64
    assert_array_equal(seen[:, 2:], np.c_[np.arange(3), x[:3, 0] > 0])
    fitted = GaussianMixture(2, random_state=0).fit(tmp_path / "narrow.parquet")
    assert fitted.predict_proba(tmp_path / "narrow.parquet").dtype == np.float32


def test_a_memory_map_of_floats_is_not_copied(x, tmp_path):
    np.save(tmp_path / "x.npy", x)
    mapped = np.load(tmp_path / "x.npy", mmap_mode="r")
    assert np.shares_memory(opened(mapped).x, mapped)
    by_path = opened(mapped, rows="sliced")
    assert all(by_path.each(lambda block, _: np.shares_memory(block, mapped), 500))


@pytest.mark.parametrize("init", ["kmeans", "random", "k-means++", "random_from_data", "call"])
@both
def test_every_start_that_is_named_works_on_a_sample(folder, init, kind):
    start = (lambda x, k, random: random.randint(0, k, len(x))) if init == "call" else init
    scan = mixtura.scan(folder, NAMES)
    fitted = kind(n_components=3, init_params=start, random_state=0, max_iter=5, tol=0.0)
    with pytest.warns(UserWarning, match="did not converge"):
        fitted.fit(scan)
    assert np.all(np.diff(fitted.history_[0]) > -1e-9)  # EM on all rows never falls


def test_stats_of_parts_are_added_in_the_order_of_the_rows(elsewhere):
    order = []

    class Told(Stats):
        def __add__(self, other):
            order.append(other.total)
            return self

    def first(block, weights):
        return Told(0.0, float(block[0, 0]), 0, 0, 0, 0)

    rows = opened(elsewhere, n_jobs=3)
    rows.total(first, 100)
    starts = rows.concatenate(lambda block, weights: block[:1, 0], 100)
    assert_array_equal(order, starts[1:])
