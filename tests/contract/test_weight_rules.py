"""What every rule for mixing proportions keeps."""

from __future__ import annotations

import numpy as np
import pytest

from mixtura.weights import WEIGHTS

RULE = pytest.mark.parametrize("rule", [WEIGHTS[name] for name in WEIGHTS])


@RULE
@pytest.mark.parametrize("counts", [[3.0], [1.0, 2.0, 7.0], [1e-9, 1e9], [5.0, 0.0, 5.0, 2.0]])
@pytest.mark.parametrize("unit", [1e-200, 1.0, 1e200])
def test_proportions_are_shares_of_one(rule, counts, unit):
    weights = rule.estimate(np.array(counts) * unit)
    assert weights.shape == (len(counts),)
    assert weights.sum() == pytest.approx(1.0, rel=1e-14)
    assert np.all(weights >= 0.0)
    np.testing.assert_array_equal(weights == 0.0, np.array(counts) == 0.0)


@RULE
@pytest.mark.parametrize("k", [1, 2, 5])
def test_the_number_of_parameters_is_the_freedom_of_the_proportions(rule, k):
    counts = np.arange(1.0, k + 1)
    moves = [rule.estimate(counts + 0.1 * row) - rule.estimate(counts) for row in np.eye(k)]
    assert rule.n_parameters(k) == np.linalg.matrix_rank(np.array(moves), tol=1e-9)
