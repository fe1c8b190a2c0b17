"""Predictions as Parquet: those of `predict`, in the order of the rows, whole or not at all."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from numpy.testing import assert_array_equal
from tests.rows.conftest import NAMES

import mixtura
from mixtura import GaussianMixture
from mixtura.estimators import writing
from mixtura.exceptions import FileAccessError, InvalidParameterError


@pytest.fixture(scope="module")
def fitted(x):
    return GaussianMixture(3, random_state=0).fit(x)


def test_it_is_what_predict_says(fitted, x, elsewhere, tmp_path):
    written = fitted.predict_to_parquet(elsewhere, tmp_path / "out.parquet")
    frame = pd.read_parquet(written)
    assert list(frame) == ["label", "responsibility_0", "responsibility_1", "responsibility_2"]
    assert_array_equal(frame.label, fitted.predict(x))
    np.testing.assert_allclose(frame.iloc[:, 1:], fitted.predict_proba(x), rtol=1e-12, atol=1e-12)


def test_rows_in_memory_too_and_float32_stays(fitted, x, tmp_path):
    frame = pd.read_parquet(fitted.predict_to_parquet(x.astype("f4"), tmp_path / "out.parquet"))
    assert_array_equal(frame.label, fitted.predict(x.astype("f4")))
    assert frame.responsibility_0.dtype == np.float32


def test_it_goes_beside_the_input(fitted, folder, x, tmp_path):
    path = fitted.predict_to_parquet(mixtura.scan(folder, NAMES))
    assert path == folder.with_name(folder.name + ".predicted.parquet")
    np.save(tmp_path / "x.npy", x)
    path = fitted.predict_to_parquet(str(tmp_path / "x.npy"))
    assert path == tmp_path / "x.predicted.parquet"
    assert len(pd.read_parquet(path)) == len(x)
    for nowhere in (x, [x], str(tmp_path / "*.parquet")):
        with pytest.raises(InvalidParameterError, match="`path` must be given"):
            fitted.predict_to_parquet(nowhere)


def test_row_groups_are_bounded(fitted, x, tmp_path, monkeypatch):
    monkeypatch.setattr(writing, "_NUMBERS", 4000)
    path = fitted.predict_to_parquet(x, tmp_path / "out.parquet")
    found = pq.ParquetFile(path).metadata
    sizes = [found.row_group(i).num_rows for i in range(found.num_row_groups)]
    assert sizes == [1000] * 9


def test_an_old_file_stays_if_the_rows_are_bad(fitted, x, tmp_path):
    old = tmp_path / "out.parquet"
    old.write_text("old")
    bad = x.copy()
    bad[-1, 0] = np.nan
    with pytest.raises(ValueError, match="block 1, row 8999"):
        fitted.predict_to_parquet([x, bad], old)
    assert old.read_text() == "old"
    assert list(tmp_path.iterdir()) == [old]
    with pytest.raises(FileAccessError, match="mkdir"):
        fitted.predict_to_parquet(x, tmp_path / "none" / "out.parquet")
