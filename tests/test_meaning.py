"""What a fit means: likelihood, density, weights, samples, starts, threads, output."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from joblib import Parallel, delayed
from scipy.special import logsumexp
from scipy.stats import multivariate_normal
from sklearn.datasets import make_blobs
from sklearn.mixture import GaussianMixture as Theirs

from mixtura import GaussianMixture, datasets
from mixtura.covariance import COVARIANCES
from mixtura.estimators.threads import thread_count
from mixtura.kernels import KERNELS

pytestmark = pytest.mark.filterwarnings("ignore:.*did not converge")

RANDOM = np.random.RandomState(0)
SETS = {
    "iris": datasets.load("iris").data,
    "overlapping": RANDOM.standard_normal((500, 2)) * [1.0, 3.0],
    "offset": make_blobs(400, 3, centers=3, random_state=0)[0] + 1e6,
    "heavy tails": RANDOM.standard_t(2, size=(300, 2)),
    "one feature": RANDOM.gamma(2.0, size=(300, 1)),
    "wide": RANDOM.standard_normal((200, 12)),
    "rounded": np.round(RANDOM.standard_normal((300, 2)), 1),
    "float32": make_blobs(300, 4, centers=2, random_state=1)[0].astype(np.float32),
}
# The likelihood may fall by rounding, this much of its size.
FALL = 1e-10
BOTH = pytest.mark.parametrize("engine", KERNELS)
FAMILIES = pytest.mark.parametrize("family", COVARIANCES)


def assert_never_falls(model):
    for history in model.history_:
        fall = np.max(history[:-1] - history[1:], initial=-np.inf)
        assert fall <= FALL * np.max(np.abs(history)), f"fell by {fall}"


@BOTH
@FAMILIES
@pytest.mark.parametrize("data", SETS)
def test_the_likelihood_never_falls(data, family, engine):
    settings = {"covariance_type": family, "engine": engine, "reg_covar": 0.0, "tol": 0.0}
    for k, init in ((2, "random"), (3, "kmeans"), (4, "auto")):
        model = GaussianMixture(k, init_params=init, random_state=k, max_iter=40, **settings)
        model.fit(SETS[data])
        assert len(model.history_[-1]) == 41
        assert_never_falls(model)


@BOTH
@FAMILIES
def test_the_likelihood_never_falls_with_weights_and_equal_proportions(family, engine):
    x = SETS["overlapping"]
    weights = np.random.RandomState(1).exponential(size=len(x))
    for proportions in ("free", "equal"):
        model = GaussianMixture(
            3,
            covariance_type=family,
            engine=engine,
            proportions=proportions,
            reg_covar=0.0,
            tol=0.0,
            random_state=0,
            max_iter=40,
        )
        assert_never_falls(model.fit(x, sample_weight=weights))


@BOTH
@FAMILIES
@pytest.mark.parametrize("data", ["iris", "overlapping", "wide", "float32", "one feature"])
def test_the_density_is_scipys(data, family, engine):
    x = SETS[data]
    model = GaussianMixture(3, covariance_type=family, engine=engine, random_state=0).fit(x)
    joint = np.log(model.weights_) + np.transpose(
        [
            multivariate_normal(mean, covariance).logpdf(x)
            for mean, covariance in zip(model.means_, model.covariance_matrices_, strict=True)
        ]
    )
    density = logsumexp(joint, axis=1)
    np.testing.assert_allclose(model.score_samples(x), density, rtol=1e-9, atol=1e-9)
    assert model.score(x) == pytest.approx(density.mean(), rel=1e-10)
    assert model.lower_bound_ == pytest.approx(density.mean(), rel=1e-10)
    shares = np.exp(joint - density[:, None])
    tolerance = 1e-6 if x.dtype == np.float32 else 1e-9
    np.testing.assert_allclose(model.predict_proba(x), shares, atol=tolerance)
    np.testing.assert_array_equal(model.predict(x), shares.argmax(axis=1))
    icl = model.bic(x) - 2.0 * np.log(shares.max(axis=1)).sum()
    assert model.icl(x) == pytest.approx(icl, rel=1e-9)


@BOTH
@FAMILIES
@pytest.mark.parametrize("max_iter", [0, 1, 7, 300])
def test_the_bound_is_the_score_of_the_parameters_returned(family, engine, max_iter):
    x = SETS["iris"]
    model = GaussianMixture(
        3, covariance_type=family, engine=engine, max_iter=max_iter, n_init=2, random_state=0
    ).fit(x)
    assert model.lower_bound_ == pytest.approx(model.score(x), rel=1e-12)
    assert model.history_[-1][-1] == model.lower_bound_
    assert len(model.history_) == 2
    assert model.history_[-1][-1] >= model.history_[0][-1] - 1e-9  # equal ones: the first
    assert len(model.lower_bounds_) == model.n_iter_ <= max_iter


def test_the_mean_and_covariance_of_one_component_are_the_rows_own():
    for data, x in SETS.items():
        model = GaussianMixture(reg_covar=0.0).fit(x)
        x = x.astype(np.float64)
        np.testing.assert_allclose(model.means_[0], x.mean(axis=0), rtol=1e-12, err_msg=data)
        expected = np.cov(x.T, bias=True).reshape(model.covariances_[0].shape)
        scale = np.abs(expected).max()
        np.testing.assert_allclose(model.covariances_[0], expected, atol=1e-11 * scale)


def weighted_and_repeated(family, engine):
    """The same rows weighted 0, 1, 2, 3, and written out, fitted from equal starts."""
    x = SETS["iris"]
    times = np.random.RandomState(5).randint(0, 4, len(x))
    repeated = np.repeat(x, times, axis=0)
    settings = {
        "covariance_type": family,
        "engine": engine,
        "means_init": x[[0, 60, 140]],
        "max_iter": 30,
        "tol": 1e-4,
    }
    weighted = GaussianMixture(3, **settings).fit(x, sample_weight=times)
    return weighted, GaussianMixture(3, **settings).fit(repeated), x, repeated, times


@BOTH
@FAMILIES
def test_weight_two_is_the_row_twice_and_zero_is_none(family, engine):
    weighted, plain, x, repeated, times = weighted_and_repeated(family, engine)
    assert weighted.n_iter_ == plain.n_iter_
    for name in ("weights_", "means_", "covariances_", "precisions_cholesky_", "lower_bound_"):
        found, expected = getattr(weighted, name), getattr(plain, name)
        scale = np.max(np.abs(expected))
        np.testing.assert_allclose(found, expected, atol=1e-9 * scale, rtol=0, err_msg=name)
    for method in ("score", "bic", "aic", "icl"):
        found = getattr(weighted, method)(x, sample_weight=times)
        assert found == pytest.approx(getattr(plain, method)(repeated), rel=1e-9)
        assert found != pytest.approx(getattr(plain, method)(x), rel=1e-6)


@BOTH
@FAMILIES
def test_weight_two_is_the_row_twice_from_a_start_of_our_own(family, engine):
    """In any order of the rows: a start sees different rows, and what they weigh."""
    x = SETS["iris"]
    times = np.random.RandomState(5).randint(0, 4, len(x))
    shuffled = np.random.RandomState(6).permutation(np.repeat(x, times, axis=0))
    settings = {"covariance_type": family, "engine": engine, "random_state": 0}
    weighted = GaussianMixture(3, **settings).fit(x, sample_weight=times)
    plain = GaussianMixture(3, **settings).fit(shuffled)
    np.testing.assert_allclose(weighted.means_, plain.means_, rtol=1e-8)
    np.testing.assert_allclose(weighted.predict_proba(x), plain.predict_proba(x), atol=1e-8)


@pytest.mark.parametrize("init", ["auto", "kmeans", "k-means++", "random", "random_from_data"])
def test_rows_of_weight_zero_are_left_out_whatever_they_hold(init):
    x, y = make_blobs(300, 2, centers=3, random_state=0)
    weights = (y < 2).astype(float)
    wild = np.where(weights[:, None] > 0, x, 1e9)
    settings = {"init_params": init, "random_state": 0}
    found = GaussianMixture(2, **settings).fit(wild, sample_weight=weights)
    expected = GaussianMixture(2, **settings).fit(x[y < 2])
    np.testing.assert_allclose(found.means_, expected.means_, rtol=1e-12)
    np.testing.assert_allclose(found.covariances_, expected.covariances_, rtol=1e-9)


@FAMILIES
def test_the_size_of_weights_does_not_matter_to_the_parameters(family):
    x = SETS["iris"]
    base = np.random.RandomState(2).exponential(size=len(x))
    settings = {"covariance_type": family, "means_init": x[[0, 60, 140]]}
    one = GaussianMixture(3, **settings).fit(x, sample_weight=base)
    for size in (1e-200, 1e-9, 1e9, 1e200):
        other = GaussianMixture(3, **settings).fit(x, sample_weight=base * size)
        np.testing.assert_allclose(other.means_, one.means_, rtol=1e-9)
        assert other.lower_bound_ == pytest.approx(one.lower_bound_, rel=1e-9)


@FAMILIES
def test_samples_have_the_mixtures_moments(family):
    model = GaussianMixture(3, covariance_type=family, random_state=0).fit(SETS["iris"])
    n = 60_000
    rows, labels = model.sample(n, random_state=1)
    assert rows.shape == (n, 4) and labels.shape == (n,)
    share = np.bincount(labels, minlength=3) / n
    error = 5 * np.sqrt(model.weights_ * (1 - model.weights_) / n)  # five standard errors
    assert np.all(np.abs(share - model.weights_) < error)
    for j, (mean, covariance) in enumerate(
        zip(model.means_, model.covariance_matrices_, strict=True)
    ):
        own = rows[labels == j]
        sd = np.sqrt(covariance.diagonal())
        assert np.all(np.abs(own.mean(axis=0) - mean) < 5 * sd / np.sqrt(len(own)))
        off = (np.cov(own.T) - covariance) / np.outer(sd, sd)
        assert np.all(np.abs(off) < 5 * np.sqrt(2 / len(own)))


def test_samples_repeat_with_their_seed_and_only_then():
    model = GaussianMixture(2, random_state=3).fit(SETS["iris"])
    np.testing.assert_array_equal(model.sample(5, 1)[0], model.sample(5, 1)[0])
    np.testing.assert_array_equal(model.sample(5)[0], model.sample(5)[0])
    assert not np.array_equal(model.sample(5, 1)[0], model.sample(5, 2)[0])


@BOTH
@pytest.mark.parametrize("family", ["diag", "spherical"])
def test_float32_rows_survive_an_offset_of_a_million(family, engine):
    """float32 holds sixteenths there; scikit-learn fails from 1e4 on."""
    near, labels = make_blobs(600, 3, centers=3, random_state=0)
    near = np.round(near * 16) / 16
    far = (near + 1e6).astype(np.float32)
    settings = {
        "covariance_type": family,
        "engine": engine,
        "init_params": labels,
        "reg_covar": 0.0,
    }
    expected = GaussianMixture(3, **settings).fit(near)
    found = GaussianMixture(3, **settings).fit(far)
    np.testing.assert_allclose(found.means_ - 1e6, expected.means_, atol=1e-6)
    np.testing.assert_allclose(found.covariances_, expected.covariances_, rtol=1e-6)
    assert found.score(far) == pytest.approx(expected.score(near), rel=1e-7)
    np.testing.assert_array_equal(found.predict(far), expected.predict(near))
    with pytest.raises(ValueError, match="ill-defined"):
        Theirs(3, covariance_type=family, random_state=0, reg_covar=0.0).fit(far)


@FAMILIES
@pytest.mark.parametrize("data", SETS)
def test_kernels_agree(data, family):
    x = SETS[data]
    settings = {"covariance_type": family, "init_params": "kmeans", "random_state": 0}
    one, other = (GaussianMixture(3, engine=engine, **settings).fit(x) for engine in KERNELS)
    assert {one.kernel_, other.kernel_} == set(KERNELS)
    assert one.n_iter_ == other.n_iter_
    np.testing.assert_allclose(one.weights_, other.weights_, rtol=1e-7)
    np.testing.assert_allclose(one.means_, other.means_, rtol=1e-7, atol=1e-8)
    np.testing.assert_allclose(
        one.covariances_, other.covariances_, rtol=1e-6, atol=1e-7 * np.abs(one.covariances_).max()
    )
    np.testing.assert_allclose(one.score_samples(x), other.score_samples(x), rtol=1e-7)


def test_small_work_is_the_textbooks_and_large_is_compiled():
    small = GaussianMixture(2, random_state=0).fit(SETS["iris"])
    assert (small.kernel_, small.rows_) == ("numpy", "memory")
    large = np.random.RandomState(0).standard_normal((120_000, 2))
    assert GaussianMixture(3, max_iter=1, init_params="random").fit(large).kernel_ == "numba"


@BOTH
@FAMILIES
def test_the_number_of_threads_changes_no_bit(family, engine):
    x, labels = make_blobs(40_000, 3, centers=3, random_state=0)
    settings = {"covariance_type": family, "engine": engine, "init_params": labels, "max_iter": 3}
    one, two, five = (
        GaussianMixture(3, n_jobs=n_jobs, tol=0.0, **settings).fit(x) for n_jobs in (1, 2, 5)
    )
    for other in (two, five):
        np.testing.assert_array_equal(one.means_, other.means_)
        np.testing.assert_array_equal(one.covariances_, other.covariances_)
        np.testing.assert_array_equal(one.predict_proba(x), other.predict_proba(x))


@pytest.mark.parametrize("backend", ["loky", "threading"])
def test_a_fit_in_a_joblib_worker_takes_one_thread(backend):
    tasks = [delayed(thread_count)(None) for _ in range(2)]
    assert Parallel(n_jobs=2, backend=backend)(tasks) == [1, 1]
    assert thread_count(3) == 3
    assert thread_count(-1) >= 1


def test_omp_num_threads_is_a_limit(monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    assert thread_count(None) == 1


NOT_SYMMETRIC = [[3.0, 2.0], [1.0, 2.0]]
NOT_DEFINITE = [[1.0, 2.0], [2.0, 1.0]]


@pytest.mark.parametrize("matrix", [NOT_SYMMETRIC, NOT_DEFINITE])
@pytest.mark.parametrize("family", ["full", "tied"])
def test_a_matrix_that_is_no_covariance_is_refused_by_name(matrix, family):
    why = "not symmetric" if matrix is NOT_SYMMETRIC else "not positive-definite"
    good = [[2.0, 1.0], [1.0, 2.0]]
    given = [good, matrix] if family == "full" else matrix
    with pytest.raises(ValueError, match=f"(?s){why}.*`covariances`"):
        GaussianMixture.from_parameters([0.5, 0.5], [[0, 0], [1, 1]], given, covariance_type=family)
    with pytest.raises(ValueError, match=f"(?s){why}.*`precisions_init`"):
        GaussianMixture(2, covariance_type=family, precisions_init=given).fit(SETS["overlapping"])


@pytest.mark.parametrize(
    ("parameters", "name"),
    [
        (([0.5, 0.6], [[0.0], [1.0]], [1.0, 1.0]), "weights"),
        (([1.5, -0.5], [[0.0], [1.0]], [1.0, 1.0]), "weights"),
        (([1.0], [[0.0], [1.0]], [1.0, 1.0]), "weights"),
        (([0.5, 0.5], [0.0, 1.0], [1.0, 1.0]), "means"),
        (([0.5, 0.5], [[0.0], [np.nan]], [1.0, 1.0]), "means"),
        (([0.5, 0.5], [["a"], ["b"]], [1.0, 1.0]), "means"),
        (([0.5, 0.5], [[0.0], [1.0, 2.0]], [1.0, 1.0]), "means"),
        (([0.5, 0.5], [[0.0], [1.0]], [1.0, 0.0]), "covariances"),
        (([0.5, 0.5], [[0.0], [1.0]], [1.0, -1.0]), "covariances"),
        (([0.5, 0.5], [[0.0], [1.0]], [1.0, np.inf]), "covariances"),
        (([0.5, 0.5], [[0.0], [1.0]], [[1.0], [1.0]]), "covariances"),
    ],
)
def test_parameters_that_are_none_are_refused_by_name(parameters, name):
    with pytest.raises(ValueError, match=f"`{name}`"):
        GaussianMixture.from_parameters(*parameters, covariance_type="spherical")


@FAMILIES
def test_a_mixture_from_parameters_is_the_mixture(family):
    fitted = GaussianMixture(3, covariance_type=family, random_state=0).fit(SETS["iris"])
    again = GaussianMixture.from_parameters(
        fitted.weights_, fitted.means_, fitted.covariances_, covariance_type=family
    )
    x = SETS["iris"] + 0.1
    np.testing.assert_allclose(again.score_samples(x), fitted.score_samples(x), rtol=1e-9)
    assert again.bic(x) == pytest.approx(fitted.bic(x), rel=1e-10)
    np.testing.assert_array_equal(again.sample(7, 0)[1], fitted.sample(7, 0)[1])


def first(x, init, **settings):
    """The parameters a fit begins with."""
    return GaussianMixture(3, init_params=init, max_iter=0, reg_covar=0.0, **settings).fit(x)


@FAMILIES
def test_labels_and_responsibilities_begin_with_their_own_moments(family):
    x = SETS["iris"]
    labels = datasets.load("iris").labels
    own = [x[labels == name] for name in np.unique(labels)]
    shares = (labels[:, None] == np.unique(labels)).astype(float)

    def called(rows, k, random):
        assert rows.shape == (150, 4) and k == 3 and isinstance(random, np.random.RandomState)
        return shares

    scatter = [np.cov(rows.T, bias=True) for rows in own]
    within = np.mean(scatter, axis=0)  # the three are equally many
    for init in (labels, labels.tolist(), shares, called, lambda *_: labels):
        model = first(x, init, covariance_type=family)
        np.testing.assert_allclose(model.weights_, np.full(3, 1 / 3))
        np.testing.assert_allclose(model.means_, [rows.mean(axis=0) for rows in own])
        for j, found in enumerate(model.covariance_matrices_):
            expected = {
                "full": scatter[j],
                "tied": within,
                "diag": np.diag(scatter[j].diagonal()),
                "spherical": np.eye(4) * scatter[j].diagonal().mean(),
            }[family]
            np.testing.assert_allclose(found, expected, atol=1e-12)
        assert model.n_iter_ == 0 and not model.converged_


@pytest.mark.parametrize("theirs", [False, True])
@pytest.mark.parametrize(("source", "family"), list(itertools.product(COVARIANCES, repeat=2)))
def test_a_mixture_begins_another_of_any_family(source, family, theirs):
    x = SETS["iris"]
    given = (Theirs if theirs else GaussianMixture)(3, covariance_type=source, random_state=0)
    given.fit(x)
    began = first(x, given, covariance_type=family)
    np.testing.assert_allclose(began.means_, given.means_)
    np.testing.assert_allclose(began.weights_, given.weights_)
    if source == family:
        np.testing.assert_allclose(began.covariances_, given.covariances_, rtol=1e-9)
    # Projection keeps the total variance of the mixture's components.
    totals = [
        np.einsum("k,kdd->", model.weights_, matrices)
        for model, matrices in ((began, began.covariance_matrices_), (given, _matrices(given)))
    ]
    if family != "spherical" or source == "spherical":
        np.testing.assert_allclose(*totals, rtol=1e-9)
    assert GaussianMixture(3, covariance_type=family, init_params=given).fit(x).converged_


def _matrices(mixture):
    k, d = mixture.means_.shape
    family = COVARIANCES[mixture.covariance_type]
    return family.matrices(np.asarray(mixture.covariances_), k, d)


@pytest.mark.parametrize(
    ("init", "message"),
    [
        ("kmean", "did you mean 'kmeans'"),
        ([0, 1] * 75, "n_components=2"),
        ([0, 1, 2], "one value, or one row, for every row"),
        (np.full((150, 3), 0.5), "divide each row by its sum"),
        (np.full((150, 3), np.nan), "divide each row by its sum"),
        (lambda x, k, random: np.zeros(3), "callable"),
        (GaussianMixture(2).fit(SETS["iris"]), "n_components=2"),
        (GaussianMixture(3).fit(SETS["wide"]), "features"),
        (GaussianMixture(3), "not fitted"),
        (None, "`init_params`"),
        (7, "`init_params`"),
    ],
)
def test_a_start_that_is_none_is_refused_by_name(init, message):
    with pytest.raises(ValueError, match=message):
        GaussianMixture(3, init_params=init).fit(SETS["iris"])


def test_max_iter_zero_returns_the_start():
    x = SETS["iris"]
    means = x[[0, 60, 140]]
    model = GaussianMixture(3, means_init=means, max_iter=0).fit(x)
    np.testing.assert_array_equal(model.means_, means)
    assert model.n_iter_ == 0 and not model.converged_ and len(model.history_[-1]) == 1
    assert np.isfinite(model.lower_bound_)
    assert set(model.predict(x)) == {0, 1, 2}


def test_verbose_tells_starts_iterations_and_gains(capsys):
    x = SETS["iris"]
    settings = {"n_init": 2, "random_state": 0, "max_iter": 4, "tol": 0.0, "verbose_interval": 2}
    GaussianMixture(3, **settings).fit(x)
    assert capsys.readouterr().out == ""
    GaussianMixture(3, verbose=1, **settings).fit(x)
    quiet = capsys.readouterr().out.splitlines()
    assert quiet == [line for start in (0, 1) for line in _lines(start)]
    model = GaussianMixture(3, verbose=2, **settings).fit(x)
    loud = capsys.readouterr().out
    assert f"{model.lower_bound_:.6f}" in loud
    assert "gain" in loud and " s" in loud


def _lines(start):
    return [f"Start {start}", *(f"  Iteration {i}" for i in (0, 2, 4))]
