"""Rows outside memory that cannot be used: refused by file, row group, row and column."""

from __future__ import annotations

import re
import threading

import numpy as np
import pandas as pd
import pyarrow
import pyarrow.compute
import pytest

import mixtura
from mixtura import GaussianMixture
from mixtura.exceptions import MixturaError
from mixtura.rows.ahead import in_order

GOOD = pd.DataFrame(np.random.RandomState(0).standard_normal((3000, 2)), columns=["a", "b"])


def spoilt(row, column, value):
    frame = GOOD.astype({column: object}) if value is None else GOOD.copy()
    frame.loc[row, column] = value
    return frame.astype(float)


def _files(tmp_path, **frames):
    for name, frame in frames.items():
        frame.to_parquet(tmp_path / f"{name}.parquet", row_group_size=1000)
    return tmp_path


def _text(path, text):
    path.write_text(text)
    return path


def _halved(path):
    GOOD.to_parquet(path)
    path.write_bytes(path.read_bytes()[:5000])
    return path


def _shrinking():
    sizes = iter([3000, 3000, 2000, 2000])
    return lambda: [GOOD.iloc[: next(sizes)]]


CASES = {
    "null": (
        lambda p: _files(p, one=GOOD, two=spoilt(2345, "b", None)),
        ["two.parquet, row group 2, row 345, column 'b' is empty"],
    ),
    "infinity": (
        lambda p: _files(p, one=spoilt(7, "a", np.inf)),
        ["one.parquet, row group 0, row 7, column 'a' is inf"],
    ),
    "under a filter": (
        lambda p: mixtura.scan(_files(p, one=spoilt(2100, "b", np.nan)), filter=[("a", ">", -9)]),
        ["row group 2, row 100 of those that `filter` keeps"],
    ),
    "text": (
        lambda p: _files(p, one=GOOD.assign(c="x")),
        ["'c'", "string", "columns=['a', 'b']"],
    ),
    "dates": (lambda p: _files(p, one=GOOD.assign(c=pd.Timestamp(0))), ["'c'", "timestamp"]),
    "a column that one file has not": (
        lambda p: _files(p, one=GOOD, two=GOOD.rename(columns={"b": "c"})),
        ["two.parquet has no column 'b'"],
    ),
    "a type of its own in one file": (
        lambda p: _files(p, one=GOOD, two=GOOD.assign(b="x")),
        ["column 'b' of", "two.parquet holds values of type", "columns=['a']"],
    ),
    "no such column": (lambda p: mixtura.scan(_files(p, one=GOOD), ["a", "bb"]), ["mean 'b'?"]),
    "no such weights": (
        lambda p: mixtura.scan(_files(p, one=GOOD), ["a"], weights="w"),
        ["`weights`", "'w'"],
    ),
    "half a byte of memory": (
        lambda p: mixtura.scan(p, memory=0.5),
        ["`memory`", "0.5", "2_000_000_000"],
    ),
    "negative weights": (
        lambda p: mixtura.scan(_files(p, one=GOOD), ["a"], weights="b"),
        ["`weights`", "row group 0, row "],
    ),
    "an operator unknown": (
        lambda p: mixtura.scan(_files(p, one=GOOD), filter=[("a", "~", 0)]),
        ["`filter`", "~"],
    ),
    "a filter on no column": (
        lambda p: mixtura.scan(_files(p, one=GOOD), filter=[("z", ">", 0)]),
        ["`filter`", "['a', 'b']"],
    ),
    "nothing left": (
        lambda p: mixtura.scan(_files(p, one=GOOD), filter=[("a", ">", 99)]),
        ["no rows"],
    ),
    "no such file": (lambda p: p / "none.parquet", ["none.parquet", "spelling"]),
    "no file of the pattern": (lambda p: str(p / "*.pq"), ["*.pq", "spelling"]),
    "an empty folder": (lambda p: p, ["spelling"]),
    "text in a file": (lambda p: _text(p / "x.csv", "a,b\n1,2\n"), ["x.csv", "pandas.read_csv"]),
    "half a file": (
        lambda p: _halved(p / "half.parquet"),
        ["half.parquet", "write the file again"],
    ),
    "not an array": (lambda p: _text(p / "x.npy", "no"), ["x.npy", "numpy.save"]),
    "a generator": (lambda p: (b for b in [GOOD]), ["fit(blocks) instead of fit(blocks())"]),
    "no block": (lambda p: lambda: iter([]), ["at least one"]),
    "blocks of other columns": (
        lambda p: [GOOD, GOOD.rename(columns={"b": "c"})],
        ["block 1", "('a', 'c')"],
    ),
    "a flat block": (lambda p: lambda: [GOOD.a], ["shape (3000,) in block 0"]),
    "text in a block": (lambda p: [GOOD, GOOD.assign(b="x")], ["block 1"]),
    "infinity in a block": (
        lambda p: [GOOD, spoilt(5, "b", np.inf)],
        ["block 1, row 5, column 'b' is inf"],
    ),
    "fewer rows in a later pass": (lambda p: _shrinking(), ["3000 rows and then 2000"]),
}


@pytest.mark.parametrize("case", CASES)
def test_it_is_refused_by_place(case, tmp_path):
    make, words = CASES[case]
    with pytest.raises(MixturaError) as refused:
        GaussianMixture(2, random_state=0).fit(make(tmp_path))
    assert "`" in str(refused.value)
    assert all(word in str(refused.value) for word in words), refused.value


@pytest.mark.parametrize("value", [None, np.nan, np.inf])
def test_the_filter_that_is_advised_leaves_bad_rows_out(tmp_path, value):
    path = _files(tmp_path, one=GOOD, two=spoilt(2345, "b", value))
    with pytest.raises(MixturaError) as refused:
        GaussianMixture(1).fit(path)
    advised = re.search(r"filter=(pyarrow.*\)\)), or", str(refused.value))[1]
    sound = mixtura.scan(path, filter=eval(advised, {"pyarrow": pyarrow}))
    wanted = np.r_[GOOD, GOOD.drop(index=2345)].mean(axis=0)
    np.testing.assert_allclose(GaussianMixture(1).fit(sound).means_[0], wanted, rtol=1e-10)


def test_a_bad_cell_is_found_in_a_prediction_too(tmp_path):
    fitted = GaussianMixture(2, random_state=0).fit(GOOD)
    for use in (fitted.predict, fitted.score, fitted.score_samples):
        with pytest.raises(MixturaError, match="row group 2, row 999, column 'a'"):
            use(_files(tmp_path, one=spoilt(2999, "a", np.nan)))


def test_other_columns_than_those_of_the_fit(tmp_path):
    fitted = GaussianMixture(2, random_state=0).fit(_files(tmp_path, one=GOOD))
    with pytest.raises(MixturaError, match=r"'b'.*\['a'\]"):
        fitted.predict(mixtura.scan(tmp_path, ["a"]))
    with pytest.raises(MixturaError, match="3 features"):
        fitted.predict([np.zeros((4, 3))])


def test_weights_twice_and_labels(tmp_path):
    _files(tmp_path, one=GOOD.abs())
    with pytest.raises(MixturaError, match=r"`sample_weight`.*got both"):
        scan = mixtura.scan(tmp_path, ["a"], weights="b")
        GaussianMixture(2).fit(scan, sample_weight=np.ones(3000))
    with pytest.raises(MixturaError, match=r"`sample_weight`.*3000 rows"):
        GaussianMixture(2).fit(tmp_path, sample_weight=np.ones(5))
    with pytest.raises(MixturaError, match=r'`init_params`.*type init_params="auto"'):
        GaussianMixture(2, init_params=np.zeros(3000)).fit(tmp_path)


@pytest.mark.parametrize("columns", ["a", [], ["a", "a"]])
def test_columns_that_are_no_names(columns):
    with pytest.raises(MixturaError, match="`columns`"):
        mixtura.scan("rows/", columns)


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
@pytest.mark.parametrize("reading", [True, False])
def test_an_error_ends_every_thread(error, reading):
    begun = []

    def parts():
        for number in range(1000):
            if reading and number == 9:
                raise error
            yield (number,)

    def work(number):
        begun.append(number)
        if not reading and number == 9:
            raise error
        return number

    before = threading.active_count()
    with pytest.raises(error):
        list(in_order(work, parts(), 3))
    assert threading.active_count() == before
    assert len(begun) <= 9 + 2 * (2 * 3 + 1)


def test_parts_in_flight_are_bounded():
    read = []
    results = in_order(lambda number: number, ((read.append(i) or i,) for i in range(1000)), 2)
    for done, result in enumerate(results):
        assert result == done
        assert len(read) <= done + 2 * 2 + 2
