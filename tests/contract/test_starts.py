"""What every start keeps."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.datasets import make_blobs

from mixtura import GaussianMixture
from mixtura.starts import STARTS, given

START = pytest.mark.parametrize("name", STARTS)
X, LABELS = make_blobs(200, 3, centers=4, cluster_std=0.3, random_state=0)


def assigned(name, x, weights, k, seed=0):
    guess = STARTS[name].assign(x, weights, k, np.random.RandomState(seed))
    assert guess.shape in ((len(x),), (len(x), k))
    if guess.ndim == 1:
        assert np.issubdtype(guess.dtype, np.integer)
        assert guess.min() >= 0 and guess.max() < k
    else:
        given(guess, len(x), k, name)
    return guess


@START
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("k", [1, 4, 200])
def test_every_row_is_assigned(name, dtype, k):
    assigned(name, X.astype(dtype), None, k)
    assigned(name, X.astype(dtype), np.linspace(0.1, 2.0, 200), k)


@START
def test_the_seed_decides(name):
    seen = [assigned(name, X, None, 4, seed).tobytes() for seed in (0, 1, 2, 3, 0)]
    assert seen[0] == seen[-1]
    assert len(set(seen)) > 1


@START
def test_the_rows_are_left_alone(name):
    x, weights = X.copy(), np.ones(200)
    x.flags.writeable = weights.flags.writeable = False
    assigned(name, x, weights, 3)


@START
@pytest.mark.parametrize("offset", [0.0, 1e8])
def test_a_fit_can_go_on_from_it(name, offset):
    """From the best of ten starts EM finds four groups far apart."""
    model = GaussianMixture(
        4, init_params=name, n_init=10, max_iter=300, tol=1e-6, random_state=0
    ).fit(X + offset)
    pairs = set(zip(LABELS.tolist(), model.predict(X + offset).tolist(), strict=True))
    assert len(pairs) == 4
