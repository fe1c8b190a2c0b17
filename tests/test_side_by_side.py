"""Runs side by side are the same runs one by one."""

from __future__ import annotations

from itertools import islice

import numpy as np
import pytest

from mixtura.collapse import Repairer, Repairers
from mixtura.contest import first_guess
from mixtura.covariance import COVARIANCES, side_by_side
from mixtura.em import scored, steps, steps_after
from mixtura.kernels import KERNELS
from mixtura.model import MaximumLikelihood, Spread, unit_density
from mixtura.rows import MemoryRows
from mixtura.starts import seeds
from mixtura.weights import WEIGHTS

K, STEPS = 3, 6


def problem(family, kernel, rule="free"):
    """A crowd of three, and the model of its rows."""
    random = np.random.default_rng(5)
    centres = random.normal(0.0, 3.0, (K, 4))
    rows = MemoryRows(centres[random.integers(K, size=400)] + random.standard_normal((400, 4)))
    whole = kernel.statistics(unit_density(family, rows.x.mean(axis=0)), rows.x)
    return MaximumLikelihood(family, 1e-6, Spread.of(family, whole), WEIGHTS[rule]), rows


@pytest.mark.parametrize("kernel", [KERNELS[name].searcher for name in KERNELS], ids=list(KERNELS))
@pytest.mark.parametrize(
    "family", [COVARIANCES[name] for name in COVARIANCES], ids=list(COVARIANCES)
)
@pytest.mark.parametrize("rule", list(WEIGHTS))
def test_side_by_side_is_one_by_one(family, kernel, rule):
    model, rows = problem(family, kernel, rule)
    random = np.random.default_rng(1)
    starts = [first_guess(model, rows.x, None, random.integers(K, size=rows.n), K) for _ in "1234"]
    alone = [
        next(islice(steps(model, kernel, rows, start, np.random.RandomState(0)), STEPS, None))
        for start in starts
    ]
    together = scored(model, kernel, rows, 0, side_by_side(starts))
    repairers = Repairers([Repairer(model, kernel, rows, np.random.RandomState(0)) for _ in starts])
    *_, together = islice(steps_after(model, kernel, rows, together, repairers), STEPS)
    for number, step in enumerate(alone):
        assert together.log_likelihood[number] == pytest.approx(step.log_likelihood, rel=1e-12)
        for one, of_many in zip(step.parameters, together.parameters, strict=True):
            np.testing.assert_allclose(of_many[number], one, rtol=1e-9, atol=1e-12)
        np.testing.assert_allclose(together.stats[number].counts, step.stats.counts, rtol=1e-9)


def test_a_collapse_is_mended_in_the_run_where_it_is():
    family, kernel = COVARIANCES["full"], KERNELS["numpy"]
    model, rows = problem(family, kernel)
    sound = first_guess(model, rows.x, None, np.arange(rows.n) % K, K)
    # no row is near the third
    far = sound._replace(means=sound.means + np.array([[0.0], [0.0], [1e3]]))
    step = scored(model, kernel, rows, 0, side_by_side([sound, far]))
    repairers = Repairers([Repairer(model, kernel, rows, np.random.RandomState(0)) for _ in "12"])
    step = next(steps_after(model, kernel, rows, step, repairers))
    assert [(repair.component, repair.action) for repair in step.repairs] == [(2, "re-seeded")]
    alone = next(islice(steps(model, kernel, rows, sound, np.random.RandomState(0)), 1, None))
    np.testing.assert_allclose(step.parameters.means[0], alone.parameters.means, rtol=1e-12)
    assert np.all(step.stats.counts > 1.0)


def test_seeds_lie_in_different_crowds():
    random = np.random.RandomState(0)
    crowds = np.repeat(np.eye(5) * 100.0, 40, axis=0)
    x = crowds + random.standard_normal(crowds.shape)
    weights = np.where(np.arange(len(x)) % 40 == 0, 1.0, 0.0)  # one row a crowd counts
    for w in (None, weights):
        found = seeds(x, w, 5, random)
        assert sorted(np.argmax(found, axis=1)) == [0, 1, 2, 3, 4]
    assert len(seeds(np.ones((3, 2)), None, 5, random)) == 3
