"""Ctrl-C while rows are read or computed: no thread is left, and the next pass is whole."""

from __future__ import annotations

import os
import signal
import threading
import time

import numpy as np
import pytest
from tests.rows.test_same_everywhere import opened

from mixtura import GaussianMixture
from mixtura.rows import listening


def press_ctrl_c(when):
    """A function that sends SIGINT to this process in its call number `when`."""
    calls = iter(range(10**9))

    def called(*_):
        if next(calls) == when:
            os.kill(os.getpid(), signal.SIGINT)

    return called


def pools():
    """Our threads; Zarr and Arrow keep theirs."""
    return {each for each in threading.enumerate() if each.name.startswith("ThreadPool")}


def left(before):
    """Threads that are still there after a moment: one that just began may not be waited for."""
    end = time.monotonic() + 5.0
    while pools() - before and time.monotonic() < end:
        time.sleep(0.01)
    return pools() - before


@pytest.mark.parametrize("when", [0, 1, 7])
def test_while_a_fit_reads(elsewhere, x, when):
    mixture = GaussianMixture(3, random_state=0, n_jobs=3)
    before = pools()
    with pytest.raises(KeyboardInterrupt), listening(press_ctrl_c(when)):
        mixture.fit(elsewhere)
    assert not left(before)
    assert not hasattr(mixture, "means_")
    expected = GaussianMixture(3, random_state=0).fit(x)
    np.testing.assert_allclose(mixture.fit(elsewhere).means_, expected.means_, rtol=1e-8, atol=1e-8)


@pytest.mark.parametrize("block_rows", [50, 9000])
def test_while_a_thread_computes(elsewhere, x, block_rows):
    rows, press = opened(elsewhere, n_jobs=2), press_ctrl_c(0)
    total = np.sum(x, axis=0)

    def function(block, weights):
        press()
        return np.sum(block, axis=0)

    before = pools()
    with pytest.raises(KeyboardInterrupt):
        rows.total(function, block_rows)
    assert not left(before)
    np.testing.assert_allclose(rows.total(function, block_rows), total)


def test_a_prediction_that_is_stopped_leaves_no_file(x, elsewhere, tmp_path):
    mixture = GaussianMixture(3, random_state=0).fit(x)
    (tmp_path / "out").mkdir()
    with pytest.raises(KeyboardInterrupt), listening(press_ctrl_c(1)):
        mixture.predict_to_parquet(elsewhere, tmp_path / "out" / "p.parquet")
    assert not list((tmp_path / "out").iterdir())
