"""A table in memory, and the same rows wherever else rows may be."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow.dataset
import pytest
import zarr

import mixtura

NAMES = ["a", "b", "c"]


@pytest.fixture(scope="session")
def x():
    random = np.random.RandomState(0)
    centres = np.array([[0.0, 0, 0], [4, 0, 1], [0, 5, -1]])
    return centres[random.randint(0, 3, 9000)] + random.standard_normal((9000, 3))


@pytest.fixture(scope="session")
def weights(x):
    return np.random.RandomState(1).randint(0, 4, len(x)).astype(float)


@pytest.fixture(scope="session")
def folder(x, weights, tmp_path_factory):
    """Parquet in three files and many row groups, with columns beside those to fit to."""
    folder = tmp_path_factory.mktemp("rows")
    frame = pd.DataFrame(x, columns=NAMES).assign(weight=weights, text="t", number=range(len(x)))
    for number in range(3):
        part = frame.iloc[number * 3000 : (number + 1) * 3000]
        part.to_parquet(folder / f"part-{number}.parquet", row_group_size=700)
    return folder


def _arrow_file(x, folder, tmp_path):
    path = tmp_path / "x.feather"
    pd.DataFrame(x, columns=NAMES).to_feather(path)
    return path


def _npy(x, folder, tmp_path):
    np.save(tmp_path / "x.npy", x)
    return str(tmp_path / "x.npy")


def _memmap_by_columns(x, folder, tmp_path):
    np.save(tmp_path / "columns.npy", np.asfortranarray(x))
    return np.load(tmp_path / "columns.npy", mmap_mode="r")


def _zarr(x, folder, tmp_path):
    array = zarr.create_array(tmp_path / "x.zarr", shape=x.shape, chunks=(777, 2), dtype=x.dtype)
    array[:] = x
    return array


def _frames(x, folder, tmp_path):
    return [pd.DataFrame(x[i : i + 2500], columns=NAMES) for i in range(0, len(x), 2500)]


KINDS = {
    "scan": lambda x, folder, tmp_path: mixtura.scan(folder, NAMES),
    "scan with some row groups held": lambda x, folder, tmp_path: mixtura.scan(
        folder, NAMES, memory=100_000
    ),
    "pattern": lambda x, folder, tmp_path: mixtura.scan(str(folder / "part-*.parquet"), NAMES),
    "dataset": lambda x, folder, tmp_path: mixtura.scan(
        pyarrow.dataset.dataset(folder, format="parquet"), NAMES
    ),
    "feather": _arrow_file,
    "npy": _npy,
    "memory map by columns": _memmap_by_columns,
    "zarr": _zarr,
    "list of frames": _frames,
    "generator function": lambda x, folder, tmp_path: (
        lambda: (x[i : i + 1234] for i in range(0, len(x), 1234))
    ),
}


@pytest.fixture(params=KINDS)
def elsewhere(request, x, folder, tmp_path):
    return KINDS[request.param](x, folder, tmp_path)
