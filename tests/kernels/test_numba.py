"""The compiled kernel: scipy's densities, sums in extended precision, and hard rows."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from scipy.special import logsumexp
from scipy.stats import multivariate_normal
from tests.kernels.mixtures import covariances, mixture, rows

from mixtura.density import Density, Form
from mixtura.kernels import KERNELS
from mixtura.kernels._compiled import compile as compile_module
from mixtura.stats import Stats

FORMS = list(Form)
KERNEL = KERNELS["numba"]
TEXTBOOK = KERNELS["numpy"]

# Sizes at the edges of blocks (256 rows), vectors (32 or 8 rows) and columns (four features).
SHAPES = [
    (1, 1, 1),
    (31, 2, 3),
    (33, 3, 5),
    (255, 4, 2),
    (256, 5, 4),
    (257, 8, 7),
    (700, 33, 3),
    (90, 130, 2),
    (300, 2, 300),
]


def assert_same(found: Stats, expected: Stats, tolerance: float = 1e-12) -> None:
    """Every sum agrees, relative to the largest number of its array."""
    for name in ("log_likelihood", "total", "counts", "shift", "scatter"):
        value, truth = np.asarray(getattr(found, name)), np.asarray(getattr(expected, name))
        assert value.shape == truth.shape, name
        error = np.max(np.abs(value - truth))
        assert error <= tolerance * np.max(np.abs(truth)), f"{name} is off by {error}"


def exact_statistics(density: Density, x: np.ndarray, w: np.ndarray) -> Stats:
    """The sums from their definition, in extended precision."""
    offset, centres, scale = (np.asarray(a, np.longdouble) for a in density[:3])
    z = x.astype(np.longdouble)[None] - centres[:, None]
    y = z * scale[:, None] if density.form is Form.DIAGONAL else z @ scale
    joint = offset[:, None] - (y * y).sum(-1) / 2
    top = joint.max(0)
    r = np.exp(joint - top)
    evidence = top + np.log(r.sum(0))
    r *= w / r.sum(0)
    scatter = {
        Form.DENSE: lambda: np.einsum("kn,kna,knb->kab", r, z, z),
        Form.SHARED: lambda: np.einsum("kn,kna,knb->ab", r, z, z),
        Form.DIAGONAL: lambda: np.einsum("kn,kna->ka", r, z * z),
    }[density.form]()
    shift = np.einsum("kn,kna->ka", r, z)
    return Stats((w * evidence).sum(), w.sum(), r.sum(1), centres, shift, scatter)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(("n", "d", "k"), SHAPES)
def test_agrees_with_the_textbook(form, n, d, k):
    density = mixture(form, d, k)
    x = rows(density, n)
    weights = np.random.default_rng(2).exponential(size=n)
    for w in (None, weights):
        assert_same(KERNEL.statistics(density, x, w), TEXTBOOK.statistics(density, x, w))
    for function in ("log_joint", "log_density"):
        found, expected = (getattr(kernel, function)(density, x) for kernel in (KERNEL, TEXTBOOK))
        assert found.shape == expected.shape
        np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("form", FORMS)
def test_densities_are_scipys(form):
    density = mixture(form, 5, 3)
    if form is Form.SHARED:  # the mixture leaves the determinant out
        log_det = np.log(np.diagonal(density.scale)).sum()
        density = density._replace(offset=density.offset + log_det)
    x = rows(density, 300)
    normal = [
        multivariate_normal(centre, covariance).logpdf(x)
        for centre, covariance in zip(density.centres, covariances(density), strict=True)
    ]
    log_det = -np.linalg.slogdet(covariances(density))[1] / 2
    log_weights = density.offset - log_det + 2.5 * np.log(2 * np.pi)
    expected = np.transpose(normal) + log_weights
    np.testing.assert_allclose(KERNEL.log_joint(density, x), expected, rtol=1e-11)
    np.testing.assert_allclose(
        KERNEL.log_density(density, x), logsumexp(expected, axis=1), rtol=1e-11
    )


@pytest.mark.parametrize("form", FORMS)
def test_sums_are_exact(form):
    density = mixture(form, 6, 5, apart=1.0)
    x = rows(density, 600)
    w = np.random.default_rng(3).exponential(size=600)
    assert_same(KERNEL.statistics(density, x, w), exact_statistics(density, x, w), 4e-15)


@pytest.mark.parametrize("apart", [0.3, 1.0, 3.0])  # all rows count for a component, some, a fifth
def test_sums_are_exact_where_rows_are_chosen(apart):
    density = mixture(Form.DENSE, 20, 5, apart=apart)
    x = rows(density, 600)
    w = np.random.default_rng(4).exponential(size=600)
    w[::5] = 0.0
    found, expected = KERNEL.statistics(density, x, w), exact_statistics(density, x, w)
    assert_same(found, expected, 4e-15)
    for j in range(5):
        one, truth = found.scatter[j], expected.scatter[j]
        assert np.max(np.abs(one - truth)) <= 2e-14 * np.max(np.abs(truth))


@pytest.mark.parametrize("form", FORMS)
def test_float32_rows_are_summed_in_float64(form):
    density = mixture(form, 7, 4)
    x = rows(density, 500).astype(np.float32)
    assert_same(KERNEL.statistics(density, x), KERNEL.statistics(density, x.astype(np.float64)), 0)


@pytest.mark.parametrize("form", FORMS)
def test_distance_from_the_origin_costs_nothing(form):
    density = mixture(form, 4, 3)
    density = density._replace(centres=np.round(density.centres * 8) / 8)
    x = np.round(rows(density, 400) * 64) / 64  # sums with 1e8 are exact
    far = density._replace(centres=density.centres + 1e8)
    assert_same(KERNEL.statistics(far, x + 1e8), KERNEL.statistics(density, x))
    np.testing.assert_allclose(KERNEL.log_joint(far, x + 1e8), KERNEL.log_joint(density, x), 1e-12)


@pytest.mark.parametrize("form", FORMS)
def test_a_row_of_weight_two_is_the_row_twice_and_of_zero_is_none(form):
    density = mixture(form, 3, 4)
    x = rows(density, 333)
    times = np.random.default_rng(4).integers(0, 3, 333)
    weighted = KERNEL.statistics(density, x, times.astype(float))
    assert_same(weighted, KERNEL.statistics(density, np.repeat(x, times, axis=0)))


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("size", [1e-200, 1e-20, 1e20, 1e200])
def test_the_scale_of_weights_does_not_matter(form, size):
    density = mixture(form, 3, 4)
    x = rows(density, 100)
    one, other = KERNEL.statistics(density, x), KERNEL.statistics(density, x, np.full(100, size))
    np.testing.assert_allclose(other.counts / size, one.counts, rtol=1e-13)
    np.testing.assert_allclose(other.scatter / size, one.scatter, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("form", FORMS)
def test_a_pruned_component_gets_nothing(form):
    density = mixture(form, 3, 4, apart=0.5)
    offset = density.offset.copy()
    offset[2] = -np.inf
    density = density._replace(offset=offset)
    x = rows(density, 300)
    stats = KERNEL.statistics(density, x)
    assert stats.counts[2] == 0
    assert_same(stats, TEXTBOOK.statistics(density, x))
    assert np.all(KERNEL.log_joint(density, x)[:, 2] == -np.inf)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("distance", [1e3, 1e6, 1e100])
def test_far_rows_stay_finite_and_exact(form, distance):
    density = mixture(form, 3, 4)
    x = rows(density, 70)
    x[::7] += distance
    assert_same(KERNEL.statistics(density, x), exact_statistics(density, x, np.ones(70)))
    expected = TEXTBOOK.log_density(density, x)
    assert np.all(np.isfinite(expected)) and expected.min() < -1e5
    np.testing.assert_allclose(KERNEL.log_density(density, x), expected, rtol=1e-12)


@pytest.mark.parametrize("form", FORMS)
def test_a_mixture_without_components_left_has_no_density(form):
    density = mixture(form, 2, 2)._replace(offset=np.full(2, -np.inf))
    assert np.all(KERNEL.log_density(density, rows(density, 5)) == -np.inf)


@pytest.mark.parametrize("form", FORMS)
def test_responsibilities_are_exact_across_their_whole_range(form):
    """Two components of one dimension: the share of the second runs from 1 to e**-600."""
    shape = {Form.DENSE: (2, 1, 1), Form.SHARED: (1, 1), Form.DIAGONAL: (2, 1)}[form]
    density = Density(np.zeros(2), np.array([[0.0], [20.0]]), np.ones(shape), form)
    for x in np.linspace(-20.0, 30.0, 101):
        stats = KERNEL.statistics(density, np.array([[x]]))
        expected = 1 / (1 + np.exp(200.0 - 20.0 * x))
        if expected > 1e-15:
            np.testing.assert_allclose(stats.counts[1], expected, rtol=1e-13)
        np.testing.assert_allclose(stats.counts.sum(), 1, rtol=1e-14)


@pytest.mark.parametrize("form", FORMS)
def test_rows_may_be_strided_or_read_only(form):
    density = mixture(form, 3, 2)
    x = rows(density, 100)
    expected = KERNEL.statistics(density, x)
    wide = np.repeat(x, 2, axis=1)[:, ::2]
    frozen = x.copy()
    frozen.flags.writeable = False
    for other in (wide, np.asfortranarray(x), frozen):
        assert_same(KERNEL.statistics(density, other), expected, 0)
    assert x.flags.writeable


@pytest.mark.parametrize("form", FORMS)
def test_blocks_add_to_the_whole_from_many_threads(form):
    density = mixture(form, 5, 6)
    x = rows(density, 2000)
    with ThreadPoolExecutor(4) as pool:
        blocks = [x[i : i + 77] for i in range(0, 2000, 77)]
        parts = list(pool.map(lambda block: KERNEL.statistics(density, block), blocks))
    assert_same(sum(parts[1:], parts[0]), KERNEL.statistics(density, x))


def test_input_is_left_alone():
    density = mixture(Form.DENSE, 3, 2)
    x = rows(density, 40)
    before = x.copy(), density.offset.copy(), density.centres.copy(), density.scale.copy()
    KERNEL.statistics(density, x, np.ones(40))
    for old, new in zip(before, (x, *density[:3]), strict=True):
        np.testing.assert_array_equal(old, new)


def test_compiles_where_nothing_can_be_written(monkeypatch):
    def refuse(*args, cache=False, **options):
        if cache:
            raise RuntimeError("cannot cache function: no locator available")
        return lambda function: (function, options)

    monkeypatch.setattr(compile_module, "njit", refuse)

    def double(x):
        return 2 * x

    function, options = compile_module.compiled(double)
    assert function is double and options["nogil"]


def test_a_second_process_reads_machine_code_from_disk(tmp_path):
    program = """
import numpy as np
from mixtura.density import Density, Form
from mixtura.kernels import KERNELS
from mixtura.kernels._compiled.passes import log_density
density = Density(np.zeros(1), np.zeros((1, 2)), np.ones((1, 2)), Form.DIAGONAL)
KERNELS["numba"].log_density(density, np.zeros((3, 2)))
print(sum(log_density.stats.cache_hits.values()))
"""
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path)}
    run = [
        subprocess.run(
            [sys.executable, "-c", program], env=environment, capture_output=True, check=True
        ).stdout.strip()
        for _ in range(2)
    ]
    assert run == [b"0", b"1"]


@pytest.mark.slow
def test_machines_with_half_the_register_agree():
    """The tests above on AVX2, whose registers hold four numbers, where this machine has more."""
    environment = {
        **os.environ,
        "NUMBA_CPU_NAME": "haswell",
        "NUMBA_CPU_FEATURES": "+sse3,+ssse3,+sse4.1,+sse4.2,+popcnt,+avx,+avx2,+fma,+bmi,+bmi2",
    }
    command = [sys.executable, "-m", "pytest", "-q", __file__, "-k", "agrees or exact or weight"]
    run = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout
