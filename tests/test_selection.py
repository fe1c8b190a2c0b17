"""Choosing a mixture: criteria, ranking, verdict, cross-validation, processes."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from scipy.special import logsumexp
from scipy.stats import multivariate_t
from sklearn.datasets import make_blobs
from sklearn.mixture import GaussianMixture as Theirs
from sklearn.model_selection import KFold

from mixtura import (
    BayesianGaussianMixture,
    GaussianMixture,
    MixtureSelector,
    datasets,
    select,
)
from mixtura.exceptions import InvalidParameterError
from mixtura.selection import Candidate, Selection

FAITHFUL = datasets.load("faithful").data
BLOBS, GROUPS = make_blobs(300, 2, centers=3, cluster_std=0.5, random_state=4)


@pytest.fixture(scope="module")
def chosen():
    return select(FAITHFUL, range(1, 5), random_state=0)


def test_every_candidate_is_tried_and_holds_its_own_criteria(chosen):
    tried = {(c.covariance_type, c.n_components) for c in chosen.candidates}
    families = ("full", "tied", "diag", "spherical")
    assert tried == {(family, k) for family in families for k in range(1, 5)}
    for c in chosen.candidates:
        assert (c.model.covariance_type, c.model.n_components) == c[:2]
        assert c.log_likelihood == pytest.approx(c.model.score(FAITHFUL) * 272, rel=1e-10)
        assert c.bic == pytest.approx(-2 * c.log_likelihood + c.n_parameters * math.log(272))
        assert c.aic == pytest.approx(-2 * c.log_likelihood + c.n_parameters * 2)
        assert c.icl == pytest.approx(c.model.icl(FAITHFUL)) and c.icl >= c.bic - 1e-9
        assert math.isnan(c.cv)
        assert 1 / 3 <= c.stability <= 1.0 and c.seconds > 0.0


@pytest.mark.slow
def test_candidates_are_no_worse_than_scikit_learns(chosen):
    """Ten of its starts, run to the end."""
    for c in chosen.candidates:
        theirs = Theirs(
            c.n_components,
            covariance_type=c.covariance_type,
            n_init=10,
            tol=1e-7,
            max_iter=1000,
            random_state=0,
        ).fit(FAITHFUL)
        slack = 0.5 + 1e-3 * 272  # nats: a start counts as the same within 1e-3 a row
        assert c.log_likelihood >= theirs.score(FAITHFUL) * 272 - slack, c[:2]


@pytest.mark.parametrize(("criterion", "sign"), [("bic", 1), ("aic", 1), ("icl", 1), ("cv", -1)])
def test_the_best_is_best_by_its_criterion(criterion, sign):
    found = select(BLOBS, (1, 3, 4), ("full", "diag"), criterion, cv=3, random_state=0)
    values = [sign * getattr(c, criterion) for c in found.candidates if not c.degenerate]
    assert sign * getattr(found.best_candidate, criterion) == min(values)
    assert found.best is found.best_candidate.model
    assert found.best.n_components >= 3
    ranked = [found.cost(c) for c in found.ranked if not c.degenerate]
    assert ranked == sorted(ranked)
    assert found.lead >= 0.0
    assert found.criterion == criterion


def test_the_table_is_the_candidates(chosen):
    table = chosen.table
    assert isinstance(table, pd.DataFrame)
    assert list(table.columns) == [*Candidate._fields[:-1], "best"]
    assert len(table) == 16 and table["best"].sum() == 1
    best = table[table["best"]].iloc[0]
    assert best["bic"] == table["bic"].min() == chosen.best_candidate.bic
    assert table["n_parameters"].tolist() == [c.n_parameters for c in chosen.candidates]


def test_the_verdict_says_what_by_how_much_and_how_sure(chosen):
    verdict = chosen.verdict
    assert verdict.startswith("BIC chooses 3 components with tied covariance: 2314.")
    assert f"{chosen.lead:.2f} ahead of " in verdict
    assert "of 3 starts reached this likelihood." in verdict
    assert "largest number" not in verdict
    two = select(FAITHFUL, range(1, 3), "full", random_state=0)
    assert "That is the largest number tried: try more components." in two.verdict
    one = select(FAITHFUL, 2, "full", n_init=1, random_state=0)
    assert "Tried from one start only." in one.verdict and math.isnan(one.lead)


def drawn(**changes):
    """A candidate made by hand."""
    base = {
        "covariance_type": "full",
        "n_components": 2,
        "log_likelihood": -100.0,
        "n_parameters": 11,
        "aic": 222.0,
        "bic": 240.0,
        "icl": 245.0,
        "cv": math.nan,
        "predictive": math.nan,
        "converged": True,
        "degenerate": False,
        "stability": 1.0,
        "seconds": 0.1,
        "model": GaussianMixture(2),
    }
    return Candidate(**{**base, **changes})


def test_a_degenerate_candidate_is_never_best_beside_a_sound_one():
    sound, hollow = drawn(), drawn(n_components=9, bic=-1e6, degenerate=True)
    found = Selection([hollow, sound], "bic", 3)
    assert found.best_candidate is sound
    alone = Selection([hollow], "bic", 3)
    assert alone.best_candidate is hollow and "without volume" in alone.verdict


def test_a_likelihood_without_bound_is_not_chosen():
    """Six equal rows: a component that sits on them has a likelihood past all bounds."""
    x = np.r_[np.random.RandomState(0).standard_normal((60, 2)), np.full((6, 2), 0.3)]
    found = select(x, range(1, 6), "full", reg_covar=0.0, random_state=0)
    assert not found.best_candidate.degenerate
    narrowest = np.linalg.eigvalsh(found.best.covariance_matrices_).min()
    assert narrowest > 1e-6


@pytest.mark.parametrize(
    ("lead", "words"), [(0.5, "tie"), (3, "positive"), (7, "strong"), (12, "very strong")]
)
def test_a_lead_in_bic_is_put_in_words(lead, words):
    rivals = [drawn(), drawn(n_components=3, bic=240.0 + lead, log_likelihood=-90.0)]
    assert words in Selection(rivals, "bic", 3).verdict


def test_cross_validation_is_that_of_refits():
    """Folds that go on from the full fit end where fresh fits do."""
    for k in (1, 3):
        found = select(BLOBS, k, "full", "cv", cv=5, random_state=0).best_candidate.cv
        held_out = []
        for train, test in KFold(5, shuffle=True, random_state=1).split(BLOBS):
            fresh = Theirs(k, tol=1e-6, random_state=0).fit(BLOBS[train])
            held_out.append(fresh.score(BLOBS[test]))
        assert found == pytest.approx(np.mean(held_out), abs=0.03)


def test_cross_validation_counts_rows_not_folds():
    """With as many folds as rows: the leave-one-out likelihood of one Gaussian, in closed form."""
    x = FAITHFUL[:40]
    found = select(x, 1, "full", "cv", cv=40, random_state=0, reg_covar=0.0).best_candidate.cv
    expected = []
    for i in range(40):
        rest = np.delete(x, i, axis=0)
        covariance = np.cov(rest.T, bias=True)
        z = x[i] - rest.mean(axis=0)
        log_det = np.linalg.slogdet(2 * np.pi * covariance)[1]
        expected.append(-0.5 * (log_det + z @ np.linalg.solve(covariance, z)))
    assert found == pytest.approx(np.mean(expected), rel=1e-9)


def test_the_predictive_of_one_component_is_a_student_t():
    """Leave-one-out by the conjugate posterior in closed form (Murphy 2007, equation 258)."""
    x, d = FAITHFUL[:30], 2
    found = select(x, 1, "full", "predictive", cv=30, random_state=0, reg_covar=0.0)
    expected = []
    for i in range(30):
        rest = np.delete(x, i, axis=0)  # the prior is of them too: their mean counts for one row
        scatter = np.cov(rest.T) + 29 * np.cov(rest.T, bias=True)
        dof = d + 29 + 1 - d
        shape = scatter * (30 + 1) / (30 * dof)
        expected.append(multivariate_t(rest.mean(axis=0), shape, dof).logpdf(x[i]))
    assert found.best_candidate.predictive == pytest.approx(np.mean(expected), rel=1e-9)


@pytest.mark.parametrize("weighted", [False, True])
def test_the_predictive_of_several_is_a_mixture_of_student_t(weighted):
    weights = np.random.RandomState(0).randint(1, 4, len(BLOBS)) if weighted else None
    settings = {"random_state": 0, "sample_weight": weights}
    found = select(BLOBS, 3, "full", "predictive", cv=3, **settings)
    total = held_out = 0.0
    folds = np.random.RandomState(found.best.random_state)
    for train, test in KFold(3, shuffle=True, random_state=folds).split(BLOBS):
        w = np.ones(len(BLOBS)) if weights is None else weights
        model = BayesianGaussianMixture(n_components=3, init_params=found.best)
        model.set_params(max_iter=1000, tol=1e-9, covariance_prior_type="conjugate")
        model.fit(BLOBS[train], sample_weight=w[train])
        parts = []
        for j, rows in enumerate(model.mean_precision_):
            dof = model.degrees_of_freedom_[j]
            left = dof + 1 - 2
            shape = model.covariances_[j] * dof * (rows + 1) / (rows * left)
            log_weight = np.log(model.weights_[j])
            parts.append(
                log_weight + multivariate_t(model.means_[j], shape, left).logpdf(BLOBS[test])
            )
        held_out += w[test] @ logsumexp(parts, axis=0)
        total += w[test].sum()
    assert found.best_candidate.predictive == pytest.approx(held_out / total, abs=1e-4)


def test_both_held_out_figures_stand_beside_bic():
    found = select(FAITHFUL, (1, 2), "full", "predictive", random_state=0)
    assert found.best.n_components == 2
    assert "Held-out predictive log-likelihood per row chooses 2" in found.verdict
    table = found.table
    assert np.all(np.isfinite(table[["bic", "cv", "predictive"]]))
    assert table["predictive"].idxmax() == table["best"].idxmax()


def test_processes_change_nothing():
    settings = {"n_components": (1, 2, 3), "covariance_types": ("full", "tied"), "random_state": 0}
    one, two = (select(FAITHFUL, n_jobs=n_jobs, **settings) for n_jobs in (1, 2))
    for a, b in zip(one.candidates, two.candidates, strict=True):
        assert a[:2] == b[:2]
        assert a.bic == pytest.approx(b.bic, rel=1e-12)
        np.testing.assert_allclose(a.model.means_, b.model.means_, rtol=1e-10)
    assert one.best_candidate[:2] == two.best_candidate[:2]


def test_progress_is_told_after_every_candidate():
    told = []
    select(FAITHFUL, (1, 2), ("full", "diag"), progress=lambda *news: told.append(news), n_init=1)
    assert [(done, total) for done, total, _ in told] == [(1, 4), (2, 4), (3, 4), (4, 4)]
    assert all(isinstance(candidate, Candidate) for *_, candidate in told)
    assert len({candidate[:2] for *_, candidate in told}) == 4


def test_weights_count_as_rows():
    times = np.random.RandomState(0).randint(0, 3, 272)
    weighted = select(FAITHFUL, (1, 2), "full", sample_weight=times, random_state=0)
    repeated = select(np.repeat(FAITHFUL, times, axis=0), (1, 2), "full", random_state=0)
    for a, b in zip(weighted.candidates, repeated.candidates, strict=True):
        assert a.bic == pytest.approx(b.bic, abs=1e-2)
        assert a.icl == pytest.approx(b.icl, abs=5e-2)
        assert a.model.score(FAITHFUL, sample_weight=times) * times.sum() == pytest.approx(
            a.log_likelihood
        )


def test_the_unit_of_weights_does_not_make_candidates_degenerate():
    shares = np.full(272, 1 / 272)
    for c in select(FAITHFUL, (1, 2), "full", sample_weight=shares, random_state=0).candidates:
        assert not c.degenerate


def test_more_components_than_rows_are_left_out():
    found = select(FAITHFUL[:4], range(1, 10), "spherical", random_state=0)
    assert [c.n_components for c in found.candidates] == [1, 2, 3, 4]


def test_names_of_a_frame_reach_the_best():
    frame = pd.DataFrame(FAITHFUL, columns=["eruptions", "waiting"])
    found = select(frame, 2, "full", random_state=0)
    assert found.best.feature_names_in_.tolist() == ["eruptions", "waiting"]
    found.best.predict(frame)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"n_components": []}, "`n_components`"),
        ({"n_components": 0}, "`n_components`"),
        ({"n_components": range(300, 310)}, "number of rows, 272"),
        ({"covariance_types": ()}, "`covariance_types`"),
        ({"covariance_types": "fulll"}, "did you mean 'full'"),
        ({"criterion": "BIC"}, "`criterion`.*'bic'"),
        ({"criterion": "cv", "cv": 1}, "`cv`"),
        ({"criterion": "cv", "cv": 273}, "`cv`"),
        ({"criterion": "predictive", "cv": 1}, "`cv`"),
        ({"n_component": 3}, "n_component"),
        ({"search": "paths"}, "`search`.*'separate'.*got 'paths'"),
        ({"search": "path", "init_params": "kmeans"}, "`init_params`.*search='separate'"),
        ({"search": "path", "means_init": [[1.0, 2.0]]}, "`means_init`.*search='separate'"),
        ({"warm_start": True}, "`warm_start`"),
        ({"checkpoint": "fit.safetensors"}, "`checkpoint`"),
        ({"tol": -1}, "`tol`"),
    ],
)
def test_what_cannot_be_chosen_from_is_refused_by_name(parameters, message):
    with pytest.raises((InvalidParameterError, TypeError), match=message):
        select(FAITHFUL, **parameters)


def test_the_selector_is_the_selection():
    settings = {"n_components": (1, 2, 3), "covariance_types": "tied", "random_state": 0}
    selector = MixtureSelector(**settings).fit(FAITHFUL)
    found = select(FAITHFUL, **settings)
    assert selector.selection_.best_candidate[:2] == found.best_candidate[:2] == ("tied", 3)
    np.testing.assert_array_equal(selector.predict(FAITHFUL), found.best.predict(FAITHFUL))
    assert selector.score(FAITHFUL) == found.best.score(FAITHFUL)
    assert selector.sample(3, 0)[0].shape == (3, 2)
    assert selector.predict_proba(FAITHFUL).shape == selector.transform(FAITHFUL).shape == (272, 3)
