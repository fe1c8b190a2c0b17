"""n_components="auto": the number of components on data where it is known."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.datasets import make_blobs
from sklearn.metrics import adjusted_rand_score

from mixtura import GaussianMixture, adapt, datasets, load, select
from mixtura.covariance import COVARIANCES
from mixtura.exceptions import InvalidParameterError
from mixtura.rows import MemoryRows

FAITHFUL = datasets.load("faithful").data
BLOBS, LABELS = make_blobs(500, centers=3, cluster_std=0.6, random_state=42)


def auto(**settings):
    return GaussianMixture("auto", **{"random_state": 0, **settings})


def drawn(k, d, n, apart, seed):
    """Rows of k components with covariances and means drawn at random."""
    random = np.random.default_rng(seed)
    means = apart * random.standard_normal((k, d))
    factors = random.standard_normal((k, d, 2 * d)) / np.sqrt(2 * d)
    y = random.integers(k, size=n)
    noise = random.standard_normal((n, 2 * d))
    return means[y] + np.einsum("nab,nb->na", factors[y], noise), y


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("family", COVARIANCES)
def test_three_blobs_are_three(family, seed):
    model = auto(covariance_type=family, random_state=seed).fit(BLOBS)
    assert model.n_components_ == len(model.weights_) == 3
    assert adjusted_rand_score(LABELS, model.predict(BLOBS)) == 1.0
    assert "BIC chooses 3 components" in model.choice_.verdict
    assert "very strong evidence" in model.choice_.verdict


def test_one_cloud_is_one():
    x = np.random.default_rng(0).standard_normal((300, 3))
    model = auto().fit(x)
    assert model.n_components_ == 1
    np.testing.assert_allclose(model.means_[0], x.mean(axis=0), rtol=1e-9)
    assert "BIC chooses 1 component:" in model.choice_.verdict


@pytest.mark.parametrize(
    ("name", "family", "k", "bic"),
    [  # mclust's table of BIC, sign turned, where its start and ours end alike
        ("faithful", "full", 2, 2322.20),
        ("faithful", "tied", 3, 2314.32),
        ("iris", "full", 2, 574.02),
        ("diabetes", "full", 3, 4734.56),
        ("thyroid", "full", 3, 4809.76),
    ],
)
def test_classic_sets_have_mclusts_number(name, family, k, bic):
    x = datasets.load(name).data
    model = auto(covariance_type=family).fit(x)
    assert model.n_components_ == k
    assert model.bic(x) <= bic + 0.1


@pytest.mark.parametrize(("k", "d", "n", "apart"), [(7, 2, 1000, 12.0), (12, 6, 2000, 3.0)])
def test_many_components_are_counted(k, d, n, apart):
    x, y = drawn(k, d, n, apart, seed=1)
    model = auto().fit(x)
    assert abs(model.n_components_ - k) <= 1
    assert adjusted_rand_score(y, model.predict(x)) > 0.9


def test_a_sample_counts_what_all_rows_have():
    """More rows than the sample: the last numbers are fitted to all of them."""
    x, _ = drawn(5, 3, 30_000, 4.0, seed=2)
    model = auto().fit(x)
    assert model.n_components_ == 5
    for each in model.choice_.ranked:
        exact = each.n_parameters * np.log(len(x)) - 2.0 * each.log_likelihood
        assert each.bic == pytest.approx(exact, rel=1e-12)
    best = model.choice_.ranked[0]
    assert model.bic(x) == pytest.approx(best.bic, abs=1.0)


def test_many_rows_that_overlap_are_counted_in_few_passes(monkeypatch):
    """Two standard deviations apart: numbers that cannot win are given up."""
    random = np.random.RandomState(3)
    labels = random.choice(3, 45_000, p=[0.5, 0.3, 0.2])
    centres = np.array([[0.0, 0.0], [2.0, 1.0], [-0.5, 2.2]])
    x = centres[labels] + random.standard_normal((45_000, 2)) * [[1.0, 0.7]]
    passes = []

    def counted(rows, function, block_rows, total=MemoryRows.total):
        passes.append(rows.n == len(x))
        return total(rows, function, block_rows)

    monkeypatch.setattr(MemoryRows, "total", counted)
    model = auto().fit(x)
    assert model.n_components_ == 3
    assert 10 <= sum(passes) < 80
    three = GaussianMixture(3, tol=1e-6, max_iter=500, random_state=0).fit(x)
    best, *others = model.choice_.ranked
    assert best.bic == pytest.approx(three.bic(x), abs=2.0)
    for each in others:  # no better than was promised
        own = GaussianMixture(each.n_components, tol=1e-6, max_iter=500, random_state=0).fit(x)
        assert own.bic(x) > best.bic


def test_what_was_tried_is_told():
    model = auto(covariance_type="tied").fit(FAITHFUL)
    tried, table = model.choice_.tried, model.choice_.table
    numbers = [each.n_components for each in tried]
    assert numbers == sorted(set(numbers)) and numbers[0] == 1
    assert table.loc[table["best"], "n_components"].tolist() == [model.n_components_]
    ranked = model.choice_.ranked
    assert {model.n_components_ - 1, model.n_components_, model.n_components_ + 1} <= {
        each.n_components for each in ranked
    }
    assert model.choice_.lead == pytest.approx(ranked[1].bic - ranked[0].bic)
    for each in ranked:
        again = GaussianMixture(
            each.n_components, covariance_type="tied", n_init=2, tol=1e-7, max_iter=500
        ).fit(FAITHFUL)
        assert each.n_parameters == again.n_parameters()
        assert each.bic <= again.bic(FAITHFUL) + 2.0  # as good a mixture as a search for that k


def test_a_selection_finds_nothing_better():
    chosen = select(FAITHFUL, range(1, 5), "tied", random_state=0)
    model = auto(covariance_type="tied").fit(FAITHFUL)
    assert model.n_components_ == chosen.best.n_components
    assert model.bic(FAITHFUL) <= chosen.best_candidate.bic + 0.1


def test_weights_count_as_rows():
    weights = np.random.default_rng(0).integers(0, 2, size=len(BLOBS)) * 1.5
    model = auto(tol=1e-9).fit(BLOBS, sample_weight=weights)
    assert model.n_components_ == 3
    best = model.choice_.ranked[0]
    assert best.bic == pytest.approx(model.bic(BLOBS, weights), abs=0.5)
    repeated = np.repeat(BLOBS[::4], 2, axis=0)
    one, other = auto().fit(BLOBS[::4], sample_weight=np.full(125, 2.0)), auto().fit(repeated)
    assert one.choice_.ranked[0].bic == pytest.approx(other.choice_.ranked[0].bic, abs=1.0)


def test_few_rows_are_few_components():
    for n in (2, 5, 12):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            model = auto().fit(BLOBS[:n])
        assert 1 <= model.n_components_ <= max(1, n // 6)


def test_with_a_prior_and_equal_proportions():
    model = auto(prior="mclust", proportions="equal").fit(BLOBS[::5])
    assert model.n_components_ == 3
    assert np.ptp(model.weights_) < 1e-12


def test_the_contract_is_kept(tmp_path):
    model = auto(tol=1e-5, checkpoint=tmp_path / "fit").fit(FAITHFUL)
    assert model.n_components == "auto" and model.init_params == "auto" and model.n_init == 1
    assert clone(model).get_params() == model.get_params()
    again = clone(model).fit(FAITHFUL)  # goes on from the checkpoint, complete
    np.testing.assert_array_equal(again.means_, model.means_)
    warm = model.set_params(warm_start=True, checkpoint=None).fit(FAITHFUL)
    assert warm.n_components_ == again.n_components_
    model.save(tmp_path / "model.safetensors")
    loaded = load(tmp_path / "model.safetensors")
    assert loaded.choice_ == model.choice_
    np.testing.assert_array_equal(loaded.predict_proba(FAITHFUL), model.predict_proba(FAITHFUL))
    theirs = model.to_sklearn()
    assert theirs.n_components == model.n_components_
    np.testing.assert_array_equal(theirs.predict(FAITHFUL), model.predict(FAITHFUL))
    assert adapt(model, FAITHFUL[:20]).n_components == model.n_components_
    assert not hasattr(GaussianMixture(2).fit(FAITHFUL), "choice_")


def test_the_same_seed_finds_the_same():
    one, other = (auto(random_state=3).fit(FAITHFUL) for _ in range(2))
    np.testing.assert_array_equal(one.means_, other.means_)
    assert one.choice_ == other.choice_


@pytest.mark.parametrize(
    ("name", "value"),
    [("means_init", [[0.0, 0.0]]), ("weights_init", [1.0]), ("init_params", np.zeros(272, int))],
)
def test_a_start_that_tells_the_number_is_refused(name, value):
    with pytest.raises(InvalidParameterError, match=rf"`{name}` must be .*; type {name}="):
        auto(**{name: value}).fit(FAITHFUL)


def test_other_words_are_refused():
    with pytest.raises(InvalidParameterError, match="`n_components` must be an integer"):
        GaussianMixture("many").fit(FAITHFUL)
    with pytest.raises(InvalidParameterError):
        select(FAITHFUL, ["auto"], "full")
