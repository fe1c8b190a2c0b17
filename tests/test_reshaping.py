"""Moves find the number of components, each with a bound that rises; their sums are the rows'."""

from __future__ import annotations

from itertools import islice

import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score

import mixtura
from mixtura import BayesianGaussianMixture, datasets
from mixtura.covariance import COVARIANCES
from mixtura.em import scored, steps
from mixtura.estimators.opening import open_rows
from mixtura.exceptions import InvalidParameterError
from mixtura.reshaping import descended
from mixtura.reshaping.births import litter
from mixtura.starts.moments import statistics_given
from mixtura.variational.moments import merged, moments, without
from mixtura.variational.screening import deletion_gains, merger_gains

FAITHFUL = datasets.load("faithful").data
RANDOM = np.random.RandomState(5)
LABELS = RANDOM.choice(5, 900, p=[0.35, 0.25, 0.2, 0.15, 0.05])
ROUND = RANDOM.uniform(-12.0, 12.0, (5, 3))[LABELS] + RANDOM.standard_normal((900, 3))


def all_in_one(x, k, random):
    return np.eye(k)[np.zeros(len(x), dtype=int)]


def near_each_other():
    """Two components that take a run many steps to tell apart."""
    random = np.random.RandomState(0)
    wide, narrow = random.standard_normal((150, 2)), 0.7 * random.standard_normal((150, 2))
    return np.concatenate([wide, np.add(narrow, [2.0, 0.0])])


def shuffled(x, k, random):
    return random.permutation(np.arange(len(x)) % k)


@pytest.mark.parametrize("init", ["kmeans", all_in_one, shuffled])
@pytest.mark.parametrize("family", COVARIANCES)
def test_the_true_number_is_found(family, init):
    fitted = BayesianGaussianMixture(
        n_components=12,
        covariance_type=family,
        covariance_prior_type="conjugate",
        init_params=init,
        moves=True,
        max_iter=1000,
        random_state=0,
    ).fit(ROUND)
    assert len(fitted.effective_components_) == 5
    assert adjusted_rand_score(LABELS, fitted.predict(ROUND)) > 0.98
    assert np.all(np.diff(fitted.weights_[fitted.effective_components_]) <= 0.0)
    assert fitted.weights_[fitted.effective_components_].sum() > 0.99
    assert np.all(np.diff(fitted.history_[-1]) > -1e-9)


def test_a_birth_is_thought_of_on_the_rows_of_its_parent_alone():
    """Of a sample no larger than what a birth looks at, two thirds of it the parent's."""
    noise = np.random.RandomState(0).standard_normal((900, 1))
    rows = np.repeat([[-10.0], [0.0], [6.0]], 300, axis=0) + noise
    fitted = BayesianGaussianMixture(
        n_components=3,
        init_params=lambda x, k, random: np.eye(k)[(x[:, 0] > -5.0).astype(int)],
        moves=True,
        max_iter=1000,
        random_state=0,
    ).fit(rows)
    assert len(fitted.effective_components_) == 3


def test_a_move_tells_what_the_bound_gained():
    fitted = BayesianGaussianMixture(
        n_components=10, init_params=all_in_one, moves=True, max_iter=1000, random_state=0
    ).fit(ROUND)
    assert fitted.moves_[0].kind == "born" and len(fitted.moves_) > 1
    history = fitted.history_[-1]
    for move in fitted.moves_:
        gain = 900 * (history[move.iteration] - history[move.iteration - 1])
        assert move.gain == pytest.approx(gain, rel=1e-9) and gain > 0.1
    plain = BayesianGaussianMixture(n_components=10, max_iter=1000, random_state=0).fit(ROUND)
    assert plain.moves_ == [] and plain.elbo_ < fitted.elbo_


def crowds(n):
    """Three round ones, unequal, two standard deviations apart."""
    random = np.random.RandomState(3)
    labels = random.choice(3, n, p=[0.5, 0.3, 0.2])
    centres = np.array([[0.0, 0.0], [2.0, 1.0], [-0.5, 2.2]])
    return centres[labels] + random.standard_normal((n, 2)) * [[1.0, 0.7]]


@pytest.fixture(scope="module")
def many():
    """Rows of which a step still gains more than a merger does, where too many share a crowd."""
    return crowds(45_000)


MANY = {
    "n_components": 12,
    "init_params": "k-means++",
    "moves": True,
    "tol": 1e-6,
    "random_state": 0,
}


def test_the_number_is_found_on_many_rows(many):
    fitted = BayesianGaussianMixture(max_iter=1000, **MANY).fit(many)
    assert len(fitted.effective_components_) == 3
    np.testing.assert_allclose(fitted.weights_[:3], [0.5, 0.3, 0.2], atol=0.03)
    assert np.all(np.diff(fitted.history_[0]) > -1e-9)
    three = BayesianGaussianMixture(n_components=3, init_params=fitted.predict(many), max_iter=500)
    assert fitted.elbo_ > three.fit(many).elbo_ - 20.0 and fitted.n_iter_ < 60
    small = many[:9000]  # too few for a sample of them: all moves are of the run, and told
    told = BayesianGaussianMixture(max_iter=1000, **MANY).fit(small)
    assert {move.kind for move in told.moves_} & {"merged", "deleted"}


@pytest.mark.filterwarnings("ignore:.*did not converge")
def test_a_fit_to_many_rows_is_the_same_from_disk_and_after_a_stop(many, tmp_path):
    whole = BayesianGaussianMixture(max_iter=12, **MANY).fit(many)
    path = tmp_path / "fit.safetensors"
    for max_iter in (2, 12):
        stopped = BayesianGaussianMixture(max_iter=max_iter, checkpoint=path, **MANY).fit(many)
    np.testing.assert_array_equal(stopped.history_[0], whole.history_[0])
    read = BayesianGaussianMixture(max_iter=12, **MANY).fit(
        lambda: (many[i : i + 7000] for i in range(0, len(many), 7000))
    )
    assert read.rows_ != whole.rows_
    assert len(read.effective_components_) == len(whole.effective_components_) == 3
    warm = BayesianGaussianMixture(max_iter=3, warm_start=True, **MANY).fit(many)
    again = warm.lower_bound_
    assert warm.fit(many).lower_bound_ >= again


@pytest.mark.parametrize("concentration", ["dirichlet_process", "dirichlet_distribution"])
@pytest.mark.parametrize("family", COVARIANCES)
def test_mergers_lead_on_where_no_single_one_pays(family, concentration):
    x = crowds(4000)
    mixture = BayesianGaussianMixture(
        n_components=10,
        covariance_type=family,
        covariance_prior_type="conjugate",
        weight_concentration_prior_type=concentration,
    )
    model, kernel, rows = mixture._pose(open_rows(mixture, x, reset=True))
    random = np.random.RandomState(0)
    shares = np.eye(10)[random.permutation(np.arange(4000) % 10)]
    shares[:, 9] = 0.0
    shares[:, 0] += 1.0 - shares.sum(axis=1)  # the last holds nothing
    stats = statistics_given(model.family.form, x.mean(axis=0), x, shares)
    start = model.update(stats)
    found = descended(model, kernel, rows, start, random)
    assert sorted(sum(found.groups, ())) == sorted(set(sum(found.groups, ())))
    found = model.after(found.held)
    assert found.means.shape == (10, 2)
    *_, plain = islice(steps(model, kernel, rows, start, random), 7)
    after = scored(model, kernel, rows, 0, found)
    assert after.objective > plain.objective
    there = after.stats.counts >= 1.0
    assert 1 <= there.sum() < 9 and np.all(np.diff(after.stats.counts[there]) < 0.0)


def test_one_crowd_bears_nothing_however_many_rows_a_sample_stands_for():
    random = np.random.RandomState(0)
    x = random.standard_normal((1000, 4))
    mixture = BayesianGaussianMixture(n_components=8)
    model = mixture._pose(open_rows(mixture, x, reset=True)).model
    two = np.concatenate([x[:500] - 3.0, x[500:] + 3.0])
    for rows, bears in ((x, False), (two, True)):
        share = np.full((1000, 1), 200.0)
        held = moments(model.family, statistics_given(model.family.form, np.zeros(4), rows, share))
        found = litter(model, held, 0, 8, rows, share[:, 0], random)
        assert (found is not None) == bears


def pooled(x, responsibilities, family):
    """What components hold, by the textbook."""
    for share in responsibilities.T:
        count = share.sum()
        mean = share @ x / count
        away = x - mean
        matrix = (share[:, None] * away).T @ away / count
        yield (
            count,
            mean,
            {
                "full": matrix,
                "tied": matrix,
                "diag": np.diag(np.diag(matrix)),
                "spherical": np.trace(matrix) / len(mean) * np.eye(len(mean)),
            }[family],
        )


@pytest.mark.parametrize("family", ["full", "diag", "spherical"])
def test_merged_sums_are_those_of_the_rows_together(family):
    x = ROUND[:200]
    shares = RANDOM.dirichlet(np.ones(4), 200)
    rule = COVARIANCES[family]
    held = moments(rule, statistics_given(rule.form, x.mean(axis=0), x, shares))
    together = shares.copy()
    together[:, 1] += together[:, 3]
    found = merged(held, 1, 3)
    assert found.counts[3] == 0.0
    for j, (count, mean, matrix) in enumerate(pooled(x, together[:, :3], family)):
        assert found.counts[j] == pytest.approx(count)
        np.testing.assert_allclose(found.means[j], mean)
        if family == "full":
            np.testing.assert_allclose(found.matrices[j], matrix, atol=1e-12)
        else:  # whatever is beside the family's variances is left out of them
            variances = [np.trace(each) for each in (found.matrices[j], matrix)]
            assert variances[0] == pytest.approx(variances[1])
    assert without(held, 2).counts[2] == 0.0 and held.counts[2] > 0.0


@pytest.mark.parametrize("concentration", ["dirichlet_process", "dirichlet_distribution"])
@pytest.mark.parametrize("family", ["full", "diag", "spherical"])
def test_gains_of_mergers_are_exact_where_labels_are_sure(family, concentration):
    mixture = BayesianGaussianMixture(
        n_components=5,
        covariance_type=family,
        covariance_prior_type="conjugate",
        weight_concentration_prior_type=concentration,
    )
    problem = mixture._pose(open_rows(mixture, ROUND, reset=True))
    rule, form = problem.model, problem.model.family.form
    shares = np.eye(5)[LABELS]

    def bound(responsibilities):
        stats = statistics_given(form, ROUND.mean(axis=0), ROUND, responsibilities)
        return 900 * rule.bound(0.0, rule.update(stats), 900.0)

    held = moments(rule.family, statistics_given(form, ROUND.mean(axis=0), ROUND, shares))
    gains = merger_gains(rule, held, np.arange(5), shares)
    for one, other in [(0, 1), (1, 4), (2, 3)]:
        together = shares.copy()
        together[:, one] += together[:, other]
        together[:, other] = 0.0
        assert gains[one, other] == pytest.approx(bound(together) - bound(shares), rel=1e-8)


@pytest.mark.filterwarnings("ignore:.*did not converge")
def test_a_checkpoint_between_moves_goes_on_with_the_same_bits(tmp_path):
    x = ROUND[:300]
    settings = {
        "n_components": 8,
        "init_params": all_in_one,
        "moves": True,
        "random_state": 0,
        "tol": 1e-5,
    }
    whole = BayesianGaussianMixture(max_iter=300, **settings).fit(x)
    path = tmp_path / "fit.safetensors"
    first = whole.moves_[0].iteration
    for max_iter in (first - 1, first, first + 1, 300):
        gone_on = BayesianGaussianMixture(max_iter=max_iter, checkpoint=path, **settings).fit(x)
    np.testing.assert_array_equal(gone_on.history_[-1], whole.history_[-1])
    np.testing.assert_array_equal(gone_on.covariances_, whole.covariances_)
    assert gone_on.moves_ == whole.moves_


@pytest.mark.filterwarnings("ignore:.*did not converge")
def test_a_fit_that_stops_again_and_again_has_the_same_bits(tmp_path):
    """Before the moves, at them, where none was found any more, and on the way to `tol`."""
    x = near_each_other()
    settings = {"n_components": 4, "moves": True, "random_state": 0}
    whole = BayesianGaussianMixture(max_iter=500, **settings).fit(x)
    assert whole.moves_ and whole.n_iter_ > whole.moves_[-1].iteration + 5
    path = tmp_path / "fit.safetensors"
    for max_iter in (*range(1, whole.n_iter_, 3), 500):
        gone_on = BayesianGaussianMixture(max_iter=max_iter, checkpoint=path, **settings).fit(x)
    np.testing.assert_array_equal(gone_on.history_[-1], whole.history_[-1])
    np.testing.assert_array_equal(gone_on.covariances_, whole.covariances_)
    assert gone_on.moves_ == whole.moves_


def test_a_component_that_is_another_again_costs_nothing_but_its_parameters():
    """Its rows and its weight go to its twin: every row is as likely as before."""
    mixture = BayesianGaussianMixture(n_components=3)
    rule = mixture._pose(open_rows(mixture, ROUND, reset=True)).model
    shares = np.zeros((900, 3))
    shares[:450, 0], shares[450:, 1], shares[450:, 2] = 1.0, 0.75, 0.25
    stats = statistics_given(rule.family.form, ROUND.mean(axis=0), ROUND, shares)
    gains = deletion_gains(rule, moments(rule.family, stats), np.arange(3), shares)
    d = ROUND.shape[1]
    price = 0.5 * (d + d * (d + 1) / 2) * np.log(1.0 + 450 * 0.25)
    # the weight also goes to rows that are surely of the first component
    lost = 450 * np.log(0.75) - 900 * np.log(1.0 - 0.25 * 0.5)
    assert gains[2] == pytest.approx(price + lost, rel=1e-9)


@pytest.mark.parametrize("seed", range(3))
def test_a_component_between_two_that_touch_is_deleted(seed):
    """It would be left without rows in hundreds of steps, and not within the default `max_iter`."""
    noise = np.random.RandomState(seed).standard_normal((4000, 1))
    fitted = BayesianGaussianMixture(n_components=20, moves=True, random_state=seed)
    fitted.fit(noise + np.repeat([[0.0], [4.0]], 2000, axis=0))
    assert fitted.converged_ and len(fitted.effective_components_) == 2


def test_moves_do_not_wait_for_tol():
    """They come where a run rests coarsely; after the last it goes on to `tol`."""
    x = near_each_other()
    settings = {"n_components": 4, "max_iter": 2000, "random_state": 0}
    plain = BayesianGaussianMixture(**settings).fit(x)
    moved = BayesianGaussianMixture(moves=True, **settings).fit(x)
    assert moved.moves_[0].iteration < plain.n_iter_ / 4
    gains = np.diff(moved.history_[-1])
    assert moved.converged_ and gains[-2] < moved.tol <= gains[-3]


@pytest.mark.filterwarnings("ignore:`init_params` is a function")
def test_moves_are_saved(tmp_path):
    fitted = BayesianGaussianMixture(
        n_components=6, init_params=all_in_one, moves=True, max_iter=1000, random_state=0
    ).fit(FAITHFUL)
    assert fitted.moves_
    fitted.save(tmp_path / "model.safetensors")
    again = mixtura.load(tmp_path / "model.safetensors")
    assert again.moves_ == fitted.moves_
    np.testing.assert_array_equal(again.effective_components_, fitted.effective_components_)


def test_weights_count_in_moves():
    """Rows of weight 1/100 say too little for more than one component."""
    settings = {"n_components": 6, "moves": True, "max_iter": 1000, "random_state": 0}
    heavy = BayesianGaussianMixture(**settings).fit(FAITHFUL, sample_weight=np.full(272, 4.0))
    light = BayesianGaussianMixture(**settings).fit(FAITHFUL, sample_weight=np.full(272, 0.02))
    assert len(heavy.effective_components_) >= 2
    assert len(light.effective_components_) == 1


@pytest.mark.parametrize("value", [1, "yes", None])
def test_moves_are_true_or_false(value):
    with pytest.raises(InvalidParameterError, match="`moves` must be True or False"):
        BayesianGaussianMixture(moves=value).fit(FAITHFUL)
