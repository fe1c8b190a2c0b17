"""The benchmarks measure what they say, and the README shows what was measured."""

from __future__ import annotations

import json

import numpy as np
import pytest
from benchmarks import (
    batches,
    bayesian,
    counting,
    first_fit,
    fit,
    machine,
    many_machines,
    means,
    memory,
    optimum,
    out_of_core,
    passes,
    path,
    run,
    tables,
)
from benchmarks.bound import mean_bound
from benchmarks.evaluate import Parameters, mean_log_likelihood
from benchmarks.peers import MIXTURA, ONE_THREAD, ONEDAL, SKLEARN, Fitted
from benchmarks.timing import geometric_mean, in_turns
from benchmarks.workloads import OVERLAPPING, PEERS_OWN, REAL, SEPARATED, starting_parameters
from scipy.special import logsumexp, softmax
from scipy.stats import beta, multivariate_normal, wishart

from mixtura import BayesianGaussianMixture, contest

TINY = SEPARATED[0].cut(400)._replace(passes=2)


@pytest.mark.parametrize("diagonal", [False, True])
def test_evaluator_agrees_with_scipy(diagonal):
    rng = np.random.default_rng(0)
    x = rng.standard_normal((50, 3)) * 3
    factors = rng.standard_normal((2, 3, 3))
    full = factors @ factors.transpose(0, 2, 1) + np.eye(3)
    variances = np.diagonal(full, axis1=1, axis2=2)
    weights, means = np.array([0.3, 0.7]), rng.standard_normal((2, 3))
    covariances = [np.diag(v) for v in variances] if diagonal else full
    density = sum(
        w * multivariate_normal(m, c).pdf(x)
        for w, m, c in zip(weights, means, covariances, strict=True)
    )
    mixture = Parameters(weights, means, variances if diagonal else full)
    assert mean_log_likelihood(x, mixture) == pytest.approx(np.log(density).mean(), rel=1e-12)


def test_evaluator_adds_blocks(monkeypatch):
    x = TINY.rows(seed=0)
    start = starting_parameters(x, TINY.k, "full", seed=0)
    whole = mean_log_likelihood(x, start)
    monkeypatch.setattr("benchmarks.evaluate._BLOCK", 7)
    assert mean_log_likelihood(x, start) == pytest.approx(whole, rel=1e-12)


@pytest.mark.parametrize("workload", (*SEPARATED, *OVERLAPPING), ids=lambda w: w.label)
def test_workloads_are_drawn_from_the_seed(workload):
    small = workload.cut(500)
    x = small.rows(seed=1)
    assert x.shape == (500, small.d) and x.dtype == np.float64 and x.flags.c_contiguous
    np.testing.assert_array_equal(x, small.rows(seed=1))
    assert not np.array_equal(x, small.rows(seed=2))


@pytest.mark.parametrize("workload", (*REAL, *PEERS_OWN), ids=lambda w: w.name)
def test_real_data_have_the_stated_shape(workload):
    assert workload.rows(seed=0).shape == (workload.n, workload.d)


def test_overlapping_means_are_one_deviation_apart():
    far, near = SEPARATED[4].cut(20_000).rows(seed=0), OVERLAPPING[2].cut(20_000).rows(seed=0)
    assert near.std() < far.std() / 2


@pytest.mark.parametrize("index", [0, 5], ids=["full", "diag"])
def test_every_peer_does_the_same_passes(index):
    peers = [p for p in (SKLEARN, ONEDAL, MIXTURA, ONE_THREAD) if p.installed]
    row = passes.measured(SEPARATED[index].cut(2_000)._replace(passes=2), peers, repeats=1)
    assert set(row["log_likelihood"]) == set(row["cpu"]) == {peer.name for peer in peers}
    json.dumps(row)


def test_other_work_is_refused(monkeypatch):
    def idle(x, start, iterations):
        return Fitted(start, iterations)

    monkeypatch.setattr(ONE_THREAD, "fit_from", idle)
    with pytest.raises(ArithmeticError, match="not the same work"):
        passes.measured(TINY, [SKLEARN, ONE_THREAD], repeats=1)


@pytest.mark.parametrize(("question", "peer"), [(fit, SKLEARN), (optimum, MIXTURA)])
def test_fits_are_scored_by_the_evaluator(question, peer):
    row = question.measured(REAL[0], seeds=[0])
    x = REAL[0].rows(seed=0)
    options = {"n_init": 10} if question is optimum and peer is SKLEARN else {}
    again = peer.fit(x, 3, "full", 0, **options)
    expected = mean_log_likelihood(x, again.parameters)
    assert row["seeds"][peer.name][0]["log_likelihood"] == pytest.approx(expected, rel=1e-9)


def test_a_fit_without_a_means_is_another_fit():
    few = SEPARATED[1].cut(6_000)
    row = means.measured(few, repeats=1)
    (whole,), (alone,) = row["seeds"]["everything"], row["seeds"]["one contestant"]
    assert whole["log_likelihood"] != alone["log_likelihood"]
    assert contest._RULES[3, True].runs > 1  # and what was taken away is there again
    assert means.tables([row]) and means.figures([row])


def test_batches_are_counted_to_the_same_bound(monkeypatch):
    monkeypatch.setattr(batches, "_MOST", 60)
    row = batches.measured(SEPARATED[0].cut(1000)._replace(separation=1.0), 3, seeds=1)
    whole, few, many = row["seeds"][0]
    assert (whole["batches"], few["batches"], many["batches"]) == (1, 5, 20)
    assert 0 < many["passes"] <= few["passes"] <= whole["passes"] < 60
    assert batches.tables([row]) and len(batches.figures([row])) == 4


def test_memory_sees_what_a_fit_allocates():
    row = memory.measured(SEPARATED[6].cut(20_000)._replace(k=64))
    assert row["bytes"][SKLEARN.name] > 20_000 * 64 * 8  # at least its responsibilities
    assert row["later"][MIXTURA.name] < row["bytes"][MIXTURA.name]  # nothing is left to compile


def test_first_fit_is_timed_in_a_fresh_process():
    row = first_fit.measured("faithful", REAL[0], repeats=1, env={})
    assert all(0 < seconds < 60 for seconds in row["wall"].values())


def test_streams_do_the_same_work_and_commands_are_measured():
    row = out_of_core.measured(SEPARATED[1].cut(5_000)._replace(passes=2), repeats=1)
    places = {out_of_core.MEMORY, out_of_core.PARQUET, out_of_core.HELD, out_of_core.NPY}
    assert set(row["log_likelihood"]) == places
    assert set(row["wall"]) == places | {out_of_core.ALONE}
    commands = out_of_core.limited(SEPARATED[0]._replace(k=2), 200_000)
    assert commands["data"] == pytest.approx(800_000, rel=0.01)
    assert all(20e6 < taken < 1e9 for taken in commands["bytes"].values())
    assert out_of_core.figures([row, commands]) and out_of_core.tables([row, commands])


@pytest.mark.slow
def test_workers_do_the_same_work_and_no_rows_cross():
    large = SEPARATED[4].cut(400_000)._replace(passes=3)
    row = many_machines.measured(large, repeats=1)
    assert len(set(row["log_likelihood"])) == 3
    assert 0 < row["crossed"][many_machines.TWO] < row["data"] / 10
    assert many_machines.tables([row]) and many_machines.figures([row])


def test_the_path_and_separate_fits_are_scored_alike():
    row = path.measured(TINY, seeds=[0], most=3)
    (run_,) = row["seeds"]
    one = -2 * 400 * mean_log_likelihood(TINY.rows(0), _one_gaussian(TINY.rows(0)))
    for bics in run_["bic"]:
        assert len(bics) == 3 and bics[0] == pytest.approx(one + 5 * np.log(400), rel=1e-5)
    assert path.tables([row]) and len(path.figures([row])) == 8
    json.dumps(row)


def _one_gaussian(x):
    return Parameters(np.ones(1), x.mean(axis=0)[None], np.cov(x.T, bias=True)[None])


def test_a_worse_bic_is_positive_whatever_its_sign():
    hollow = [[False, False, True], [False, False, False]]
    run_ = {"bic": [[-99.0, 102.0, 7.0], [-100.0, 100.0, 5.0]], "degenerate": hollow}
    assert path._differences({"seeds": [run_]}) == pytest.approx([1.0, 2.0])


@pytest.mark.filterwarnings("ignore:.*did not converge")
def test_the_bound_is_that_of_draws_from_the_posterior():
    """Its log prior, less its log density, and the expected log density of the rows."""
    x = TINY.rows(seed=0)[:60]
    fitted = BayesianGaussianMixture(n_components=2, random_state=0, max_iter=3, tol=0.0).fit(x)
    believed, rows = _of_draws(fitted, x, np.random.default_rng(0), size=1000)
    mean = rows.mean(axis=0)
    expected = believed.mean() + logsumexp(mean, axis=1).sum()
    draws = believed + (softmax(mean, axis=1) * rows).sum(axis=(1, 2))
    error = draws.std() / np.sqrt(1000)
    assert error < 0.1
    assert 60 * mean_bound(x, fitted) == pytest.approx(expected, abs=4 * error)


def _of_draws(fitted, x, random, size):
    """Log prior less log posterior (size,), and log joint densities (size, n, k)."""
    k = len(fitted.means_)
    parts = zip(*fitted.weight_concentration_, strict=True)
    sticks = [beta(a, b) for a, b in parts]
    drawn = [stick.rvs(size, random_state=random) for stick in sticks]
    before = beta(1.0, fitted.weight_concentration_prior_)
    believed = sum(
        before.logpdf(v) - stick.logpdf(v) for v, stick in zip(drawn, sticks, strict=True)
    )
    left, rows = np.zeros(size), np.empty((size, len(x), k))
    prior = wishart(fitted.degrees_of_freedom_prior_, np.linalg.inv(fitted.covariance_prior_))
    for j in range(k):
        dof = fitted.degrees_of_freedom_[j]
        after = wishart(dof, fitted.precisions_[j] / dof)
        for place, precision in enumerate(after.rvs(size, random_state=random)):
            covariance = np.linalg.inv(precision)
            posterior = multivariate_normal(
                fitted.means_[j], covariance / fitted.mean_precision_[j]
            )
            mean = posterior.rvs(random_state=random)
            around = multivariate_normal(
                fitted.mean_prior_, covariance / fitted.mean_precision_prior_
            )
            believed[place] += prior.logpdf(precision) - after.logpdf(precision)
            believed[place] += around.logpdf(mean) - posterior.logpdf(mean)
            log_weight = np.log(drawn[j][place]) + left[place]
            rows[place, :, j] = log_weight + multivariate_normal(mean, covariance).logpdf(x)
        left += np.log1p(-drawn[j])
    return believed, rows


@pytest.mark.filterwarnings("ignore:invalid value:RuntimeWarning")  # noise can exceed a pass
@pytest.mark.filterwarnings("ignore:divide by zero:RuntimeWarning")
def test_posteriors_do_the_same_passes_and_meet_the_same_bound():
    row = bayesian.measured(SEPARATED[1].cut(600)._replace(d=2, k=4), most=5, repeats=1)
    assert row["reached"] > -1e-6 and row["iterations"][bayesian.THEIRS] == 5
    assert set(row["pass"]) == {bayesian.THEIRS, bayesian.SAME}
    assert bayesian.tables([row]) and len(bayesian.figures([row])) == 9
    json.dumps(row)


@pytest.mark.filterwarnings("ignore:.*did not converge")
def test_another_posterior_is_refused():
    x = TINY.rows(seed=0)
    one, other = (
        BayesianGaussianMixture(n_components=3, max_iter=1, random_state=seed).fit(x)
        for seed in (0, 1)
    )
    bayesian._check_equal(one, one)
    with pytest.raises(ArithmeticError, match="not the same work"):
        bayesian._check_equal(one, other)


def test_three_components_are_counted_by_all():
    row = counting.measured(TINY._replace(separation=12.0), seeds=[0])
    assert {way: run["found"] for way, run in row["runs"][0].items()} == {
        "sweep": 3,
        "moves": 3,
        "auto": 3,
    }
    off = {"found": 9, "cpu": 1.0, "wall": 1.0}
    missed = row | {"runs": [row["runs"][0] | {"auto": off}]}
    assert "**9**" in counting.tables([missed])
    figures = {figure.name: figure for figure in counting.figures([row, missed])}
    assert figures["auto: share of these within 1 of the truth"].value == 0.5
    assert figures["auto: share of these within 1 of the truth"].met is False
    json.dumps(row)


def test_geometric_mean_counts_weights():
    assert geometric_mean([2, 8]) == pytest.approx(4)
    assert geometric_mean([2, 8, 5], [2, 1, 0]) == pytest.approx(2 ** (5 / 3))


def test_turns_alternate():
    assert [thing for _, thing in in_turns("ab", range(2))] == ["a", "b", "b", "a"]


def test_a_lost_case_is_shown():
    assert tables.ratio(1.0, 2.0) == "**0.5x**"
    assert "**missed**" in tables.figures_table([tables.Figure("speed", 3.0, 4.0)])
    assert "met" in tables.figures_table([tables.Figure("memory", 3.0, 4.0, at_most=True)])


def test_tables_stand_between_their_markers():
    text = "a\n<!-- begin t -->\nold\n<!-- end t -->\nb"
    once = tables.filled(text, {"t": r"new \1"})
    assert once == "a\n<!-- begin t -->\nnew \\1\n<!-- end t -->\nb"
    assert tables.filled(once, {"t": r"new \1"}) == once


def test_machine_is_described_without_paths():
    described = json.dumps(machine.describe())
    assert "numpy" in described and str(run.HERE.parent) not in described


def test_readme_shows_the_kept_results():
    text = run.README.read_text(encoding="utf-8")
    assert tables.filled(text, run.sections(run.RESULTS)) == text
    for name in run.QUESTIONS:
        assert text.count(f"<!-- begin {name} -->") == 1


def test_unknown_question_is_named(capsys):
    with pytest.raises(SystemExit):
        run.main(["speed"])
    assert "`question`" in capsys.readouterr().err
