"""Variational Bayes: scikit-learn's numbers, bounds below the evidence, weights that count."""

from __future__ import annotations

import itertools
import pickle

import numpy as np
import pytest
from scipy.special import betaln, gammaln, logsumexp
from scipy.stats import multivariate_t, t
from sklearn.base import clone
from sklearn.mixture import BayesianGaussianMixture as Theirs

import mixtura
from mixtura import BayesianGaussianMixture, datasets
from mixtura.concentrations import CONCENTRATIONS
from mixtura.covariance import COVARIANCES
from mixtura.exceptions import InvalidParameterError
from mixtura.kernels import KERNELS

pytestmark = pytest.mark.filterwarnings("ignore:.*did not converge")

IRIS = datasets.load("iris").data
FAITHFUL = datasets.load("faithful").data
ONE = np.random.RandomState(1).gamma(2.0, size=(120, 1))
SETS = {"iris": IRIS, "one feature": ONE, "float32 far away": (IRIS + 500.0).astype(np.float32)}
ATTRIBUTES = (
    "weights_",
    "means_",
    "covariances_",
    "precisions_",
    "precisions_cholesky_",
    "weight_concentration_",
    "mean_precision_",
    "degrees_of_freedom_",
    "weight_concentration_prior_",
    "mean_precision_prior_",
    "mean_prior_",
    "degrees_of_freedom_prior_",
    "covariance_prior_",
)
BELIEFS = {
    "weight_concentration_prior": 0.3,
    "mean_precision_prior": 2.0,
    "mean_prior": [5.0, 3.0, 4.0, 1.5],
    "degrees_of_freedom_prior": 6.5,
}
SCATTERS = {
    "full": np.diag([1.0, 2.0, 3.0, 4.0]) + 0.2,
    "tied": np.diag([1.0, 2.0, 3.0, 4.0]) + 0.2,
    "diag": np.array([1.0, 2.0, 3.0, 4.0]),
    "spherical": 1.7,
}


def assert_same(ours, theirs, tolerance=1e-9):
    for name in ATTRIBUTES:
        found, expected = (np.asarray(getattr(each, name)) for each in (ours, theirs))
        assert found.shape == expected.shape, name
        scale = tolerance * np.max(np.abs(expected))
        np.testing.assert_allclose(found, expected, rtol=0.0, atol=scale, err_msg=name)


@pytest.mark.parametrize("concentration", CONCENTRATIONS)
@pytest.mark.parametrize("family", COVARIANCES)
@pytest.mark.parametrize("data", ["iris", "one feature"])
@pytest.mark.parametrize("iterations", [0, 1, 15])
def test_posterior_is_theirs(data, family, concentration, iterations):
    settings = {
        "n_components": 4,
        "covariance_type": family,
        "weight_concentration_prior_type": concentration,
        "max_iter": iterations,
        "tol": 0.0,
        "random_state": 3,
    }
    theirs = Theirs(**settings).fit(SETS[data])
    for engine in KERNELS:
        ours = BayesianGaussianMixture(engine=engine, **settings).fit(SETS[data])
        assert ours.n_iter_ == theirs.n_iter_ == iterations
        assert_same(ours, theirs)


@pytest.mark.parametrize("family", COVARIANCES)
@pytest.mark.parametrize("concentration", CONCENTRATIONS)
def test_beliefs_scores_and_convergence_are_theirs(family, concentration):
    settings = {
        **BELIEFS,
        "n_components": 5,
        "covariance_type": family,
        "covariance_prior": SCATTERS[family],
        "weight_concentration_prior_type": concentration,
        "max_iter": 1000,
        "random_state": 0,
    }
    theirs = Theirs(**settings).fit(IRIS)
    ours = BayesianGaussianMixture(tol=1e-3, tol_per="sum", predictive="plugin", **settings).fit(
        IRIS
    )
    assert ours.converged_ and ours.n_iter_ == theirs.n_iter_
    assert_same(ours, theirs, 1e-8)
    gains = np.diff(np.ravel(theirs.lower_bounds_))
    np.testing.assert_allclose(np.diff(ours.history_[-1][:-1]) * 150, gains, atol=1e-8)
    new = IRIS[::4] + 0.2
    np.testing.assert_array_equal(ours.predict(new), theirs.predict(new))
    for method in ("predict_proba", "score_samples"):
        found, expected = getattr(ours, method)(new), getattr(theirs, method)(new)
        np.testing.assert_allclose(found, expected, rtol=1e-7, atol=1e-7)


def test_a_posterior_is_computed_once_a_step(monkeypatch):
    made = []
    posterior = CONCENTRATIONS["dirichlet_process"].posterior

    def counted(prior, counts):
        made.append(counts)
        return posterior(prior, counts)

    monkeypatch.setattr(CONCENTRATIONS["dirichlet_process"], "posterior", counted)
    BayesianGaussianMixture(n_components=3, max_iter=10, tol=0.0, random_state=0).fit(IRIS)
    assert len(made) == 1 + 11  # the start's, and after every pass


@pytest.mark.parametrize("family", COVARIANCES)
def test_warm_start_goes_on_as_theirs(family):
    settings = {"n_components": 3, "covariance_type": family, "max_iter": 2, "random_state": 0}
    settings["warm_start"] = True
    ours, theirs = BayesianGaussianMixture(tol=1e-3, tol_per="sum", **settings), Theirs(**settings)
    for _ in range(4):
        ours.fit(FAITHFUL), theirs.fit(FAITHFUL)
        assert (ours.n_iter_, ours.converged_) == (theirs.n_iter_, theirs.converged_)
        assert_same(ours, theirs)


def test_float32_rows_far_away_keep_their_digits():
    settings = {"n_components": 3, "max_iter": 20, "tol": 0.0, "random_state": 0, "n_init": 1}
    labels = np.repeat([0, 1, 2], 50)
    near = BayesianGaussianMixture(init_params=labels, **settings).fit(IRIS)
    far = BayesianGaussianMixture(init_params=labels, **settings).fit(SETS["float32 far away"])
    np.testing.assert_allclose(far.covariances_, near.covariances_, rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("volume", ["wishart", "conjugate"])
@pytest.mark.parametrize("family", COVARIANCES)
@pytest.mark.parametrize("concentration", CONCENTRATIONS)
def test_the_bound_never_falls(family, concentration, volume):
    x = np.random.RandomState(2).standard_normal((300, 3)) * [1.0, 2.0, 0.5]
    fitted = BayesianGaussianMixture(
        n_components=5,
        covariance_type=family,
        weight_concentration_prior_type=concentration,
        covariance_prior_type=volume,
        reg_covar=0.0,
        tol=0.0,
        max_iter=60,
        init_params="random",
        random_state=0,
    ).fit(x)
    assert np.all(np.diff(fitted.history_[-1]) > -1e-12)
    assert fitted.history_[-1][-1] - fitted.history_[-1][0] > 1e-3
    assert fitted.elbo_ == pytest.approx(300 * fitted.lower_bound_, rel=1e-12)


def predictive(family, mean, rows, scatter, dof):
    """Log density of the next row, from what `rows` rows with this `mean` and `scatter` say."""
    d = len(mean)
    if family == "diag":
        scale = np.sqrt(scatter / dof * (rows + 1) / rows)
        return lambda x: t(dof, mean, scale).logpdf(x).sum()
    if family == "spherical":
        shape = scatter / dof * (rows + 1) / rows * np.eye(d)
        return multivariate_t(mean, shape, dof * d).logpdf
    left = dof + 1 - d
    return multivariate_t(mean, scatter * (rows + 1) / rows / left, left).logpdf


def squared(family, away):
    return {
        "full": np.outer(away, away),
        "diag": away**2,
        "spherical": np.mean(away**2),
        "tied": np.outer(away, away),
    }[family]


def log_evidence(family, x, mean, rows, scatter, dof):
    """Log probability of the rows `x`, one predicted from those before it."""
    total = 0.0
    for row in x:
        total += predictive(family, mean, rows, scatter, dof)(row)
        scatter = scatter + squared(family, row - mean) * rows / (rows + 1)
        mean = (rows * mean + row) / (rows + 1)
        rows, dof = rows + 1, dof + 1
    return total


@pytest.mark.parametrize("family", COVARIANCES)
def test_the_bound_of_one_component_is_the_evidence(family):
    x = IRIS[::6] / [1.0, 1.0, 2.0, 0.5]
    fitted = BayesianGaussianMixture(
        **BELIEFS,
        covariance_type=family,
        covariance_prior=SCATTERS[family],
        covariance_prior_type="conjugate",
        weight_concentration_prior_type="dirichlet_distribution",
        reg_covar=0.0,
    ).fit(x)
    expected = log_evidence(family, x, np.array(BELIEFS["mean_prior"]), 2.0, SCATTERS[family], 6.5)
    assert fitted.elbo_ == pytest.approx(expected, rel=1e-10)


@pytest.mark.parametrize("engine", KERNELS)
@pytest.mark.parametrize("family", COVARIANCES)
def test_scores_are_a_mixture_of_student_t(family, engine):
    fitted = BayesianGaussianMixture(
        n_components=3, covariance_type=family, engine=engine, random_state=0
    ).fit(IRIS)
    new = IRIS[::7] * 1.3
    dof = np.broadcast_to(fitted.degrees_of_freedom_, 3) * (3 if family == "tied" else 1)
    scatters = [fitted.covariances_] * 3 if family == "tied" else fitted.covariances_
    density = np.zeros(len(new))
    for j in range(3):
        next_row = predictive(
            family, fitted.means_[j], fitted.mean_precision_[j], scatters[j] * dof[j], dof[j]
        )
        density += fitted.weights_[j] * np.exp([next_row(row) for row in new])
    np.testing.assert_allclose(fitted.score_samples(new), np.log(density), rtol=1e-9)
    assert fitted.score(new) == pytest.approx(np.log(density).mean(), rel=1e-9)


def test_a_score_of_the_next_row_is_the_evidence_that_it_adds():
    """Known exactly of one component: p(x, new) = p(x) p(new | x)."""
    settings = {
        "mean_prior": [3.0, 70.0],
        "covariance_prior": np.diag([1.0, 100.0]),
        "weight_concentration_prior_type": "dirichlet_distribution",
        "reg_covar": 0.0,
    }
    before = BayesianGaussianMixture(**settings).fit(FAITHFUL[:9])
    after = BayesianGaussianMixture(**settings).fit(FAITHFUL[:10])
    gain = after.elbo_ - before.elbo_
    assert before.score_samples(FAITHFUL[9:10])[0] == pytest.approx(gain, rel=1e-9)


def labels_dirichlet(counts, prior):
    """Log probability of labels that are drawn one after the other."""
    k, n = len(counts), np.sum(counts)
    return (
        gammaln(k * prior)
        - gammaln(k * prior + n)
        + np.sum(gammaln(prior + counts))
        - (k * gammaln(prior))
    )


def labels_process(counts, prior):
    after = np.sum(counts) - np.cumsum(counts)
    return np.sum(betaln(1.0 + counts, prior + after) - betaln(1.0, prior))


@pytest.mark.parametrize("family", ["full", "diag", "spherical"])
@pytest.mark.parametrize(
    ("concentration", "labels"),
    [("dirichlet_distribution", labels_dirichlet), ("dirichlet_process", labels_process)],
)
def test_the_bound_is_below_the_evidence_and_near(family, concentration, labels):
    """Every way to label eight rows is tried."""
    x = np.array([[0.0, 0.1], [0.3, -0.2], [-0.4, 0.3], [0.2, 0.5]])
    x = np.concatenate([x, x[:, ::-1] + 6.0])
    prior = {"full": np.eye(2), "diag": np.ones(2), "spherical": 1.0}[family]
    fitted = BayesianGaussianMixture(
        n_components=2,
        covariance_type=family,
        weight_concentration_prior_type=concentration,
        weight_concentration_prior=0.7,
        mean_precision_prior=0.1,
        mean_prior=[3.0, 3.0],
        degrees_of_freedom_prior=3.0,
        covariance_prior=prior,
        covariance_prior_type="conjugate",
        reg_covar=0.0,
        tol=1e-10,
        max_iter=1000,
        random_state=0,
    ).fit(x)
    known = {}
    for chosen in itertools.product([False, True], repeat=8):
        rows = x[np.array(chosen)]
        known[chosen] = log_evidence(family, rows, np.array([3.0, 3.0]), 0.1, prior, 3.0)
    joint = []
    for chosen, of_chosen in known.items():
        others = tuple(not each for each in chosen)
        counts = np.array([sum(others), sum(chosen)])
        joint.append(labels(counts, 0.7) + of_chosen + known[others])
    evidence = logsumexp(joint)
    assert evidence - 1.0 < fitted.elbo_ < evidence


@pytest.mark.parametrize("family", COVARIANCES)
def test_a_weight_of_two_is_the_row_twice(family):
    x = FAITHFUL[:80]
    weights = np.random.RandomState(0).randint(0, 4, 80)
    settings = {"n_components": 3, "covariance_type": family, "max_iter": 15, "tol": 0.0}
    labels = np.arange(80) % 3
    often = np.repeat(np.arange(80), weights)
    weighted = BayesianGaussianMixture(init_params=labels, **settings)
    repeated = BayesianGaussianMixture(init_params=labels[often], **settings)
    weighted.fit(x, sample_weight=weights), repeated.fit(x[often])
    assert_same(weighted, repeated)
    assert weighted.elbo_ == pytest.approx(repeated.elbo_, rel=1e-10)
    np.testing.assert_allclose(weighted.score(x), repeated.score(x), rtol=1e-10)


def test_rows_told_twice_are_known_better():
    one, two = (
        BayesianGaussianMixture(random_state=0).fit(FAITHFUL, sample_weight=np.full(272, w))
        for w in (1.0, 2.0)
    )
    np.testing.assert_allclose(two.mean_precision_ - 1.0, 2 * (one.mean_precision_ - 1.0))


@pytest.mark.parametrize("family", COVARIANCES)
@pytest.mark.parametrize("concentration", CONCENTRATIONS)
def test_to_scikit_learn_and_back(family, concentration):
    settings = {
        "covariance_type": family,
        "weight_concentration_prior_type": concentration,
        "random_state": 0,
        "predictive": "plugin",
    }
    ours = BayesianGaussianMixture(n_components=3, **settings).fit(FAITHFUL)
    theirs = ours.to_sklearn()
    assert isinstance(theirs, Theirs)
    np.testing.assert_allclose(theirs.predict_proba(IRIS[:, :2]), ours.predict_proba(IRIS[:, :2]))
    again = BayesianGaussianMixture.from_sklearn(theirs)
    assert_same(again, ours, 0.0)
    np.testing.assert_array_equal(again.score_samples(FAITHFUL), ours.score_samples(FAITHFUL))
    with pytest.raises(InvalidParameterError, match="BayesianGaussianMixture"):
        BayesianGaussianMixture.from_sklearn(mixtura.GaussianMixture().fit(FAITHFUL).to_sklearn())


@pytest.mark.parametrize("family", COVARIANCES)
@pytest.mark.parametrize("concentration", CONCENTRATIONS)
def test_saved_and_pickled_mixtures_are_the_same(tmp_path, family, concentration):
    fitted = BayesianGaussianMixture(
        n_components=3,
        covariance_type=family,
        weight_concentration_prior_type=concentration,
        random_state=0,
    ).fit(FAITHFUL)
    fitted.save(tmp_path / "model.safetensors")
    for again in (mixtura.load(tmp_path / "model.safetensors"), pickle.loads(pickle.dumps(fitted))):
        assert type(again) is BayesianGaussianMixture and again.elbo_ == fitted.elbo_
        assert_same(again, fitted, 0.0)
        np.testing.assert_array_equal(again.predict_proba(FAITHFUL), fitted.predict_proba(FAITHFUL))


def test_a_checkpoint_goes_on_with_the_same_bits(tmp_path):
    settings = {"n_components": 4, "random_state": 0, "tol": 0.0}
    path = tmp_path / "fit.safetensors"
    whole = BayesianGaussianMixture(max_iter=12, **settings).fit(FAITHFUL)
    BayesianGaussianMixture(max_iter=5, checkpoint=path, **settings).fit(FAITHFUL)
    gone_on = BayesianGaussianMixture(max_iter=12, checkpoint=path, **settings).fit(FAITHFUL)
    assert_same(gone_on, whole, 0.0)
    np.testing.assert_array_equal(gone_on.history_[-1], whole.history_[-1])


@pytest.mark.parametrize("init", ["auto", "kmeans", "k-means++", mixtura.GaussianMixture])
@pytest.mark.parametrize("family", COVARIANCES)
def test_every_start_leads_to_more_than_one_component(family, init):
    x = (FAITHFUL - FAITHFUL.mean(axis=0)) / FAITHFUL.std(axis=0)
    if not isinstance(init, str):
        init = init(4, random_state=0).fit(x)
    settings = {"covariance_type": family, "max_iter": 30}
    several = BayesianGaussianMixture(n_components=4, init_params=init, random_state=0, **settings)
    assert several.fit(x).elbo_ > BayesianGaussianMixture(**settings).fit(x).elbo_ + 50.0


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        (
            "weight_concentration_prior_type",
            "dirichlet",
            "must be one of .*did you mean .dirichlet_process",
        ),
        ("weight_concentration_prior", 0.0, "must be None or a finite number > 0"),
        ("mean_precision_prior", "much", "must be None or a finite number > 0"),
        ("mean_prior", [1.0], "should have the shape of"),
        ("mean_prior", [np.nan, 0.0], r"must be finite, but is nan at \(0,\)"),
        ("mean_prior", ["a", "b"], "array of numbers of shape .*; give values that"),
        ("degrees_of_freedom_prior", 1.0, "should be greater than 1"),
        ("covariance_prior", np.eye(3), "should have the shape of"),
        ("covariance_prior", -np.eye(2), "but that is not positive-definite"),
        ("covariance_prior", np.full((2, 2), np.inf), r"must be finite, but is inf at \(0, 0\)"),
        ("covariance_prior_type", "exact", "must be one of .*; type covariance_prior_type="),
        ("tol_per", "column", "must be one of"),
    ],
)
def test_parameters_are_refused_by_name(name, value, message):
    with pytest.raises(InvalidParameterError, match=message) as error:
        BayesianGaussianMixture(**{name: value}).fit(FAITHFUL)
    assert f"`{name}`" in str(error.value)


def test_fit_leaves_parameters_alone():
    mean = np.array([3.0, 70.0])
    mixture = BayesianGaussianMixture(mean_prior=mean, covariance_prior=np.eye(2).tolist())
    before = clone(mixture).get_params()
    mixture.fit(FAITHFUL)
    assert mixture.mean_prior is mean and mixture.get_params().keys() == before.keys()
