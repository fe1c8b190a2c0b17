"""What every kernel keeps: scipy's densities, and the sums as they are defined."""

from __future__ import annotations

import array_api_strict as strict
import numpy as np
import pytest
from scipy.special import logsumexp
from scipy.stats import multivariate_normal
from tests.kernels.mixtures import covariances, mixture, rows

from mixtura.density import Density, Form
from mixtura.kernels import KERNELS, choose
from mixtura.stats import Stats

KERNEL = pytest.mark.parametrize("kernel", [KERNELS[name] for name in KERNELS], ids=list(KERNELS))
FORM = pytest.mark.parametrize("form", list(Form))
SUMS = ("log_likelihood", "total", "counts", "shift", "scatter")


def proper(form, d, k):
    """A mixture whose offsets hold weights and determinants in every form."""
    density = mixture(form, d, k)
    if form is not Form.SHARED:
        return density
    return density._replace(offset=density.offset + np.log(np.diagonal(density.scale)).sum())


def scipys(density, x):
    """Log joint from scipy's normal densities, with the weights that the offsets hold."""
    matrices = covariances(density)
    normal = np.transpose(
        [
            multivariate_normal(centre, matrix).logpdf(x)
            for centre, matrix in zip(density.centres, matrices, strict=True)
        ]
    )
    d = density.centres.shape[1]
    log_weights = density.offset + 0.5 * (np.linalg.slogdet(matrices)[1] + d * np.log(2 * np.pi))
    assert np.exp(log_weights).sum() == pytest.approx(1.0)
    return normal.reshape(len(x), -1) + log_weights


@KERNEL
@FORM
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_densities_and_sums_are_those_of_their_definition(kernel, form, dtype):
    density = proper(form, 4, 3)
    x = rows(density, 300).astype(dtype)
    exact = x.astype(np.float64)
    weights = np.random.default_rng(2).exponential(size=300)
    joint = scipys(density, exact)
    evidence = logsumexp(joint, axis=1)
    np.testing.assert_allclose(kernel.log_joint(density, x), joint, rtol=1e-11, atol=1e-11)
    np.testing.assert_allclose(kernel.log_density(density, x), evidence, rtol=1e-11)
    for w in (None, weights):
        stats = kernel.statistics(density, x, w)
        w = np.ones(300) if w is None else w
        shares = w[:, None] * np.exp(joint - evidence[:, None])
        z = exact[None] - density.centres[:, None]
        scatter = np.einsum("nk,kna,knb->kab", shares, z, z)
        scatter = {
            Form.DENSE: scatter,
            Form.SHARED: scatter.sum(axis=0),
            Form.DIAGONAL: np.diagonal(scatter, axis1=1, axis2=2),
        }[form]
        assert stats.log_likelihood == pytest.approx(w @ evidence, rel=1e-11)
        assert stats.total == pytest.approx(w.sum(), rel=1e-13)
        assert isinstance(stats.log_likelihood, float) and isinstance(stats.total, float)
        np.testing.assert_array_equal(stats.centres, density.centres)
        np.testing.assert_allclose(stats.counts, shares.sum(axis=0), rtol=1e-10)
        shift = np.einsum("nk,knd->kd", shares, z)
        np.testing.assert_allclose(stats.shift, shift, atol=1e-9)
        np.testing.assert_allclose(stats.scatter, scatter, rtol=1e-9, atol=1e-9)


@KERNEL
@FORM
def test_stats_of_parts_add_to_the_whole_and_come_apart_again(kernel, form):
    density = proper(form, 3, 4)
    x = rows(density, 500)
    parts = [kernel.statistics(density, part) for part in np.array_split(x, [37, 200, 201])]
    whole = kernel.statistics(density, x)
    added = parts[0] + parts[1] + parts[2] + parts[3]
    left = whole - parts[1] - parts[3]
    for name in SUMS:
        np.testing.assert_allclose(getattr(added, name), getattr(whole, name), rtol=1e-10)
        expected = getattr(parts[0] + parts[2], name)
        np.testing.assert_allclose(getattr(left, name), expected, rtol=1e-8, atol=1e-8)


def centred(stats):
    """First and second moments about the means, which do not depend on the centres."""
    means = stats.centres + stats.shift / stats.counts[..., None]
    inner = stats.shift / stats.counts[..., None]
    if stats.scatter.shape == stats.shift.shape:  # diagonal
        return means, stats.scatter - stats.shift * inner
    if stats.scatter.ndim == stats.shift.ndim:  # shared
        return means, stats.scatter - np.swapaxes(stats.shift, -1, -2) @ inner
    return means, stats.scatter - stats.shift[..., :, None] * inner[..., None, :]


@KERNEL
@FORM
@pytest.mark.parametrize("search", [False, True])
@pytest.mark.parametrize(("runs", "k", "d"), [(1, 2, 3), (1, 9, 3), (5, 3, 4), (2, 2, 12)])
def test_mixtures_side_by_side_are_one_by_one(kernel, form, search, runs, k, d):
    """Blocks add too, whatever the sums are about."""
    quick = kernel.searcher if search else kernel
    random, first = np.random.default_rng(3), mixture(form, d, k)
    each = [
        first._replace(centres=first.centres + 0.3 * random.standard_normal((k, d)))
        for _ in range(runs)
    ]
    together = Density(*(np.stack(field) for field in list(zip(*each, strict=True))[:3]), form)
    x = rows(each[0], 300)
    weights = np.random.default_rng(2).exponential(size=300)
    for w in (None, weights):
        found = quick.statistics(together, x, w)
        halves = [
            quick.statistics(together, x[part], None if w is None else w[part])
            for part in (slice(0, 120), slice(120, 300))
        ]
        for run, density in enumerate(each):
            expected = kernel.statistics(density, x, w)
            for one in (found[run], (halves[0] + halves[1])[run]):
                assert one.log_likelihood == pytest.approx(expected.log_likelihood, rel=1e-12)
                np.testing.assert_allclose(one.counts, expected.counts, rtol=1e-10)
                for moment, truth in zip(centred(one), centred(expected), strict=True):
                    np.testing.assert_allclose(moment, truth, rtol=1e-9, atol=1e-9)


@KERNEL
@FORM
def test_a_row_that_no_component_reaches_has_no_density(kernel, form):
    density = proper(form, 2, 3)
    nowhere = density._replace(offset=np.full(3, -np.inf))
    rows = np.random.default_rng(0).normal(size=(5, 2))
    with np.errstate(all="ignore"):
        assert np.all(kernel.log_density(nowhere, rows) == -np.inf)
        assert not np.isfinite(kernel.statistics(nowhere, rows).log_likelihood)


@KERNEL
@FORM
def test_blocks_are_of_a_sane_size(kernel, form):
    for d, k in ((1, 1), (2, 300), (130, 2)):
        size = kernel.block_rows(proper(form, d, k))
        assert isinstance(size, int) and 1 <= size <= 2**22


@KERNEL
def test_the_kernel_says_its_name(kernel):
    assert KERNELS[kernel.name] is kernel
    assert choose(kernel.name, 10, 2, 2) is kernel


@FORM
@pytest.mark.parametrize("weighted", [False, True])
def test_the_textbook_runs_on_any_array_library(form, weighted):
    """Nothing outside the array API: the strictest implementation of it gives the same sums."""
    kernel = KERNELS["numpy"]
    density = proper(form, 3, 4)
    x = rows(density, 50)
    weights = np.random.default_rng(5).exponential(size=50) if weighted else None
    foreign = Density(*(strict.asarray(field) for field in density[:3]), form)
    other = strict.asarray(x)
    other_weights = strict.asarray(weights) if weighted else None
    expected = kernel.statistics(density, x, weights)
    found = kernel.statistics(foreign, other, other_weights)
    assert isinstance(found, Stats)
    for name in ("counts", "shift", "scatter"):
        value = getattr(found, name)
        assert type(value).__module__.startswith("array_api_strict"), name
        np.testing.assert_allclose(np.asarray(value), getattr(expected, name), rtol=1e-12)
    assert found.log_likelihood == pytest.approx(expected.log_likelihood, rel=1e-13)
    both = Density(*(strict.stack([field, field]) for field in foreign[:3]), form)
    twice = kernel.searcher.statistics(both, other, other_weights)
    np.testing.assert_allclose(np.asarray(twice.counts)[1], expected.counts, rtol=1e-10)
    for method in ("log_joint", "log_density"):
        value = getattr(kernel, method)(foreign, other)
        np.testing.assert_allclose(np.asarray(value), getattr(kernel, method)(density, x))
    for dtype in (strict.float32, strict.float64):
        narrow = kernel.statistics(foreign, strict.asarray(x, dtype=dtype), other_weights)
        assert narrow.scatter.dtype == strict.float64
