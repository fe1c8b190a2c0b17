"""Rows in Dask on worker processes: the same result, also when one is killed in mid-fit."""

from __future__ import annotations

import os
import signal
import threading
from collections import Counter

import dask.array as da
import numpy as np
import pytest
from distributed import Client, LocalCluster

from mixtura import BayesianGaussianMixture, GaussianMixture
from mixtura.rows.dask import DaskRows

N, BLOCKS = 24_000, 8


@pytest.fixture(scope="module")
def client():
    with (
        LocalCluster(
            n_workers=2, threads_per_worker=1, dashboard_address=":0", host="127.0.0.1"
        ) as cluster,
        Client(cluster) as client,
    ):
        yield client


@pytest.fixture(scope="module")
def x():
    random = np.random.default_rng(5)
    centres = 2.0 * random.normal(size=(4, 4))
    return centres[random.integers(0, 4, N)] + random.normal(size=(N, 4))


def fitted(rows, kind=GaussianMixture, **settings):
    own = {"n_components": 4, "random_state": 0, "tol": 1e-9, "max_iter": 12}
    return kind(**(own | settings)).fit(rows)


def assert_same(found, expected):
    for name in ("weights_", "means_", "covariances_", "history_"):
        np.testing.assert_allclose(
            getattr(found, name), getattr(expected, name), rtol=1e-8, atol=1e-8, err_msg=name
        )


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize("kind", [GaussianMixture, BayesianGaussianMixture])
def test_workers_with_the_compiled_kernel_give_what_memory_gives(client, x, kind):
    found = fitted(da.from_array(x, chunks=(N // BLOCKS, -1)), kind, engine="numba")
    assert found.rows_ == "dask"
    assert found.kernel_ == "numba"
    assert_same(found, fitted(x, kind, engine="numba"))


def test_workers_make_the_moves_that_memory_makes(client, x):
    settings = {"n_components": 8, "tol": 1e-3, "max_iter": 200, "moves": True}
    found, expected = (
        fitted(rows, BayesianGaussianMixture, **settings)
        for rows in (da.from_array(x, chunks=(N // BLOCKS, -1)), x)
    )
    assert_same(found, expected)
    assert len(found.effective_components_) == 4
    assert [move[:3] for move in found.moves_] == [move[:3] for move in expected.moves_] != []


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_a_worker_killed_in_mid_fit_costs_only_its_blocks(client, x, monkeypatch, tmp_path):
    def load(block, block_info=None):
        number = block_info[0]["chunk-location"][0]
        with open(tmp_path / "reads", "a") as log:
            log.write(f"{number}\n")
        return block

    rows = da.from_array(x, chunks=(N // BLOCKS, -1)).map_blocks(load, meta=np.empty((0, 0)))
    total, passes, held = DaskRows.total, Counter(), []

    def total_with_an_accident(self, function, block_rows):
        passes["made"] += 1
        if passes["made"] == 3:
            pids = client.run(os.getpid)
            address, victim = sorted(pids.items())[0]
            keys = client.has_what()[address]
            held.append(sum("read" in str(key) for key in keys))
            threading.Timer(0.01, os.kill, (victim, signal.SIGKILL)).start()
        return total(self, function, block_rows)

    monkeypatch.setattr(DaskRows, "total", total_with_an_accident)
    found = fitted(rows, engine="numpy")
    monkeypatch.undo()
    assert passes["made"] > 5
    assert_same(found, fitted(x, engine="numpy"))
    reads = Counter((tmp_path / "reads").read_text().split())
    assert set(reads) == {str(i) for i in range(BLOCKS)}
    assert 0 < held[0] < BLOCKS
    assert BLOCKS < sum(reads.values()) <= BLOCKS + held[0]
