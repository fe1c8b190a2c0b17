"""What every covariance family keeps, whatever is in the folder."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from tests.kernels.mixtures import covariances as matrices_of
from tests.kernels.mixtures import mixture, rows

from mixtura.covariance import COVARIANCES
from mixtura.density import Form
from mixtura.determinants import log_dets
from mixtura.kernels import KERNELS

MCLUST = json.loads(Path(__file__).parents[1].joinpath("data", "mclust.json").read_text())
SHAPES = [(1, 1), (3, 1), (1, 4), (3, 2), (4, 5)]
WEIGHTS = np.array([0.4, 0.3, 0.2, 0.1])

FAMILY = pytest.mark.parametrize("family", [COVARIANCES[name] for name in COVARIANCES])
SHAPE = pytest.mark.parametrize(("k", "d"), SHAPES)


def shares(k):
    return WEIGHTS[:k] / WEIGHTS[:k].sum()


def definite(k, d, seed=0):
    """Random covariance matrices (k, d, d), well conditioned."""
    factor = np.random.default_rng(seed).standard_normal((k, d, d + 3))
    return factor @ factor.transpose(0, 2, 1) / (d + 3)


def member(family, k, d, seed=0):
    """A covariance of the family, in its shape."""
    return family.project(definite(k, d, seed), shares(k))


@FAMILY
@SHAPE
def test_shapes(family, k, d):
    covariances = member(family, k, d)
    factor = family.cholesky(covariances)
    scale = {Form.DENSE: (k, d, d), Form.SHARED: (d, d), Form.DIAGONAL: (k, d)}
    assert covariances.shape == factor.shape == family.shape(k, d)
    assert family.matrices(covariances, k, d).shape == (k, d, d)
    assert family.scale(factor, d).shape == scale[family.form]


@FAMILY
@SHAPE
def test_the_factor_is_that_of_the_inverse(family, k, d):
    covariances = member(family, k, d)
    matrices = family.matrices(covariances, k, d)
    factor = family.cholesky(covariances)
    precisions = family.precisions(factor)
    np.testing.assert_allclose(
        family.matrices(precisions, k, d), np.linalg.inv(matrices), rtol=1e-9, atol=1e-12
    )
    np.testing.assert_allclose(family.covariances(factor), covariances, rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(family.cholesky_of_precisions(precisions), factor, rtol=1e-9)
    found = np.broadcast_to(-2.0 * log_dets(family.form, family.scale(factor, d)), (k,))
    np.testing.assert_allclose(found, np.linalg.slogdet(matrices)[1], rtol=1e-10, atol=1e-12)


@FAMILY
@SHAPE
def test_the_scale_whitens(family, k, d):
    covariances = member(family, k, d)
    scale = family.scale(family.cholesky(covariances), d)
    if family.form is Form.DIAGONAL:
        scale = scale[:, :, None] * np.eye(d)
    np.testing.assert_array_equal(scale, np.triu(scale))
    white = np.swapaxes(scale, -1, -2) @ family.matrices(covariances, k, d) @ scale
    np.testing.assert_allclose(white, np.broadcast_to(np.eye(d), (k, d, d)), atol=1e-10)


@FAMILY
@SHAPE
def test_projection_leaves_members_alone_and_keeps_the_total_variance(family, k, d):
    covariances = member(family, k, d)
    again = family.project(family.matrices(covariances, k, d), shares(k))
    np.testing.assert_allclose(again, covariances, rtol=1e-12)
    total = np.einsum("k,kdd->", shares(k), definite(k, d))
    kept = np.einsum("k,kdd->", shares(k), family.matrices(covariances, k, d))
    assert kept == pytest.approx(total)


@FAMILY
@SHAPE
def test_variances_are_added_along_the_features(family, k, d):
    covariances = member(family, k, d)
    before = family.matrices(covariances, k, d).copy()
    wider = family.add_to_diagonal(covariances, np.full(d, 0.7))
    np.testing.assert_allclose(family.matrices(wider, k, d), before + 0.7 * np.eye(d))
    np.testing.assert_array_equal(family.matrices(covariances, k, d), before)


@FAMILY
@SHAPE
def test_narrowest_is_the_least_eigenvalue(family, k, d):
    covariances = member(family, k, d)
    least = np.linalg.eigvalsh(family.matrices(covariances, k, d))[:, 0] / 2.5
    found = np.broadcast_to(family.narrowest(covariances, np.full(d, 2.5)), (k,))
    np.testing.assert_allclose(found, least, rtol=1e-9)


@FAMILY
@SHAPE
def test_too_narrow_is_under_the_floor_or_not_definite(family, k, d):
    covariances = member(family, k, d)
    factor = family.cholesky(covariances)
    scale = family.scale(factor, d)
    if family.form is not Form.DIAGONAL:
        scale = np.diagonal(scale, axis1=-2, axis2=-1)
    least = 1.0 / np.square(scale).max()
    assert not family.too_narrow(factor, np.full(d, 0.99 * least)).any()
    assert family.too_narrow(factor, np.full(d, 1.01 * least)).any()
    assert family.too_narrow(np.full_like(factor, np.nan), np.zeros(d)).all()
    narrow = family.too_narrow(factor, np.zeros(d))
    assert np.broadcast_shapes(narrow.shape, family.shape(k, d)) == family.shape(k, d)


@FAMILY
def test_what_is_not_definite_has_no_factor(family):
    k, d = 3, 2
    for flaw in (0.0, -1.0, 1e-310):
        covariances = member(family, k, d)
        broken = family.add_to_diagonal(flaw * covariances, np.zeros(d))
        assert np.isnan(family.cholesky(broken)).all()
    if family.form is Form.DENSE:
        covariances = member(family, k, d)
        covariances[1] = [[1.0, 2.0], [2.0, 1.0]]
        spoiled = np.isnan(family.cholesky(covariances)).all(axis=(1, 2))
        assert spoiled.tolist() == [False, True, False]


@FAMILY
@SHAPE
def test_the_number_of_parameters_is_the_dimension_of_the_family(family, k, d):
    """The rank of projection's derivative, taken along every entry of every matrix."""
    base = definite(k, d)
    origin = family.matrices(family.project(base, shares(k)), k, d)
    directions = []
    for j in range(k):
        for a in range(d):
            for b in range(a + 1):
                moved = base.copy()
                moved[j, a, b] = moved[j, b, a] = base[j, a, b] + 1e-3
                there = family.matrices(family.project(moved, shares(k)), k, d)
                directions.append((there - origin).ravel())
    rank = np.linalg.matrix_rank(np.array(directions), tol=1e-7)
    assert family.n_parameters(k, d) == rank


@FAMILY
def test_the_number_of_parameters_is_mclusts(family):
    (name,) = (name for name in COVARIANCES if COVARIANCES[name] is family)
    features = {"iris": 4, "diabetes": 3, "thyroid": 5, "faithful": 2}
    for start in MCLUST["starts"]:
        k, d = start["n_components"], features[start["dataset"]]
        if name in start["models"]:
            theirs = start["models"][name]["n_parameters"]
            assert family.n_parameters(k, d) + k * d + k - 1 == theirs


def statistics(family, k, d, seed=0):
    """Stats of rows under a mixture of the family's form; counts and scatter of each component."""
    density = mixture(family.form, d, k, seed, apart=1.0)
    x = rows(density, 300) + 0.3
    weights = np.random.default_rng(3).exponential(size=300)
    stats = KERNELS["numpy"].statistics(density, x, weights)
    joint = KERNELS["numpy"].log_joint(density, x)
    posterior = np.exp(joint - joint.max(axis=1, keepdims=True))
    posterior *= weights[:, None] / posterior.sum(axis=1, keepdims=True)
    counts = posterior.sum(axis=0)
    means = posterior.T @ x / counts[:, None]
    about = x[None] - means[:, None]
    scatter = np.einsum("nk,kna,knb->kab", posterior, about, about) / counts[:, None, None]
    return stats, counts, scatter


@FAMILY
@SHAPE
def test_the_estimate_is_that_of_the_rows(family, k, d):
    stats, counts, scatter = statistics(family, k, d)
    expected = family.project(scatter, counts / counts.sum())
    np.testing.assert_allclose(family.estimate(stats), expected, rtol=1e-9, atol=1e-12)


@FAMILY
@SHAPE
def test_no_other_member_of_the_family_is_likelier(family, k, d):
    """The expected complete-data log-likelihood is at its maximum (Bishop 2006, eq. 9.40)."""
    stats, counts, scatter = statistics(family, k, d)

    def expected_log_likelihood(covariances):
        matrices = family.matrices(covariances, k, d)
        quadratic = np.einsum("kab,kba->k", np.linalg.inv(matrices), scatter)
        return -0.5 * np.sum(counts * (np.linalg.slogdet(matrices)[1] + quadratic))

    best = family.estimate(stats)
    top = expected_log_likelihood(best)
    matrices = family.matrices(best, k, d)
    for seed in range(20):
        other = matrices + 0.05 * (definite(k, d, seed) - np.eye(d)) * matrices.mean()
        moved = family.project(other, shares(k))
        if np.linalg.eigvalsh(family.matrices(moved, k, d)).min() > 0.0:
            assert expected_log_likelihood(moved) <= top + 1e-9


@FAMILY
def test_an_empty_component_does_not_spoil_the_estimate(family):
    stats, *_ = statistics(family, 3, 2)
    scatter = stats.scatter.copy()
    if family.form is not Form.SHARED:
        scatter[1] = 0.0
    counts, shift = stats.counts.copy(), stats.shift.copy()
    counts[1], shift[1] = 0.0, 0.0
    empty = type(stats)(stats.log_likelihood, stats.total, counts, stats.centres, shift, scatter)
    assert np.all(np.isfinite(family.estimate(empty)))


def test_helpers_agree_on_what_a_covariance_is():
    """The mixtures of the kernel tests have the covariances that their factors say."""
    density = mixture(Form.DENSE, 3, 2)
    factor = COVARIANCES["full"].cholesky(matrices_of(density))
    np.testing.assert_allclose(factor, density.scale, rtol=1e-9, atol=1e-12)
