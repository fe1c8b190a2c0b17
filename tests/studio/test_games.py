"""The five games: scores as they are stated, held to scipy and scikit-learn; replayed by link."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import dblquad
from scipy.special import softmax
from scipy.stats import multivariate_normal, norm
from sklearn.mixture import GaussianMixture as Peer

from mixtura.course.progress import Progress
from mixtura.studio import links
from mixtura.studio.games import (
    GAMES,
    beat_em,
    degenerate,
    e_step,
    kmeans_or_gmm,
    pick_k,
    play,
)

SEEDS = range(3)


def right_shares(dealt):
    joint = norm.logpdf(dealt.height, dealt.means, dealt.spreads) + np.log(dealt.weights)
    return softmax(joint)


# --- be the E-step
@pytest.mark.parametrize("seed", SEEDS)
def test_the_right_shares_are_bayes(seed):
    for number in range(e_step.ROUNDS):
        dealt = e_step.deal(seed, number)
        verdict = e_step.judge(dealt, np.full(len(dealt.means), 1 / len(dealt.means)))
        np.testing.assert_allclose(verdict.right, right_shares(dealt), rtol=1e-9)
        joint = dealt.weights * norm.pdf(dealt.height, dealt.means, dealt.spreads)
        np.testing.assert_allclose(verdict.joint, joint, rtol=1e-9)


def test_the_e_step_is_calibrated():
    """An error of 0.05 earns about 90, one of 0.1 about 73, one half always about 35."""
    halves, small, large = [], [], []
    for seed in range(24):
        dealt = e_step.deal(seed, seed % 4)
        right = right_shares(dealt)
        halves.append(e_step.judge(dealt, np.array([0.5, 0.5])).points)
        for sign in (-1, 1):
            step = sign * np.array([1.0, -1.0])
            small.append(e_step.judge(dealt, right + 0.05 * step).points)
            large.append(e_step.judge(dealt, right + 0.1 * step).points)
    assert np.mean(small) == pytest.approx(90, abs=4)
    assert np.mean(large) == pytest.approx(73, abs=4)
    assert np.mean(halves) == pytest.approx(35, abs=6)


def test_certainty_is_clipped():
    dealt = e_step.deal(0, 0)
    right = right_shares(dealt)
    divergence = np.sum(right * np.log(right / np.array([0.01, 0.99])))
    points = e_step.judge(dealt, np.array([0.0, 1.0])).points
    assert points == pytest.approx(100 * 2 ** (-divergence / 0.05))


# --- beat EM
def held_out(dealt, mixture):
    densities = [
        weight * multivariate_normal(mean, [[xx, xy], [xy, yy]]).pdf(dealt.held_out)
        for weight, mean, (xx, xy, yy) in zip(
            mixture["weights"], mixture["means"], mixture["covariances"], strict=True
        )
    ]
    return np.log(np.sum(densities, axis=0)).mean()


def one_by_one(dealt):
    """A component of the truth a turn."""
    turns = [dealt.start]
    for j in range(3):
        mixture = {name: list(values) for name, values in turns[-1].items()}
        for name in ("means", "covariances"):
            mixture[name][j] = dealt.truth[name][j]
        turns.append(mixture)
    return turns[1:]


@pytest.mark.parametrize("seed", SEEDS)
def test_the_rival_is_em_four_iterations_a_turn(seed):
    dealt = beat_em.deal(seed, 0)
    matrices = np.array([[[a, b], [b, c]] for a, b, c in dealt.start["covariances"]])
    peer = Peer(
        3,
        max_iter=8,
        tol=0.0,
        weights_init=dealt.start["weights"],
        means_init=dealt.start["means"],
        precisions_init=np.linalg.inv(matrices),
    )
    with pytest.warns(Warning, match="converge"):
        peer.fit(dealt.points)
    np.testing.assert_allclose(dealt.rival[1]["means"], peer.means_, rtol=1e-6)


def test_the_gap_is_closed_on_held_out_points():
    dealt = beat_em.deal(1, 0)
    turns = one_by_one(dealt)
    verdict = beat_em.judge(dealt, turns)
    bottom, top = held_out(dealt, dealt.start), held_out(dealt, dealt.truth)
    expected = [np.clip((held_out(dealt, t) - bottom) / (top - bottom), 0, 1) for t in turns]
    np.testing.assert_allclose(verdict.you, expected, rtol=1e-6)
    ahead = sum(np.array([*expected, *expected[-1:] * 7]) > np.array(verdict.rival))
    assert verdict.points == pytest.approx(70 * expected[-1] + 3 * ahead)
    assert verdict.points > 95 and not verdict.collapsed


def test_an_ellipse_shrunk_onto_a_point_loses_badly():
    dealt = beat_em.deal(1, 0)
    shrunk = {name: list(values) for name, values in dealt.start.items()}
    shrunk["means"][0] = dealt.points[0].tolist()
    shrunk["covariances"][0] = [1e-6, 0.0, 1e-6]
    verdict = beat_em.judge(dealt, beat_em.read(dealt, [shrunk]))
    assert verdict.collapsed and verdict.points < 20


def test_a_turn_is_one_edit():
    dealt = beat_em.deal(2, 0)
    turns = one_by_one(dealt)
    assert len(beat_em.read(dealt, turns)) == 3
    with pytest.raises(ValueError, match="edit"):
        beat_em.read(dealt, turns[1:])


# --- spot the degenerate component
@pytest.mark.parametrize("seed", SEEDS)
def test_one_run_of_four_is_sick_each_round_with_another_illness(seed):
    rounds = [degenerate.deal(seed, number) for number in range(degenerate.ROUNDS)]
    ills = [dealt.health[dealt.sick].ills for dealt in rounds]
    assert sorted(ills) == [("collapsed",), ("starved",), ("twinned",)]
    assert all(sum(bool(health.ills) for health in dealt.health) == 1 for dealt in rounds)


def test_illness_is_told_by_its_signs():
    healthy = degenerate.Run(
        np.array([0.5, 0.5]), np.array([[0.0, 0.0], [4.0, 0.0]]), np.array([np.eye(2)] * 2), None
    )
    flat = np.array([np.eye(2), np.diag([1.0, 1e-4])])
    assert degenerate.examine(healthy, 100).ills == ()
    assert degenerate.examine(healthy._replace(covariances=flat), 100).ills == ("collapsed",)
    few = healthy._replace(weights=np.array([0.98, 0.02]))
    assert degenerate.examine(few, 100).ills == ("collapsed",)  # 2 points in the plane
    none = healthy._replace(weights=np.array([0.996, 0.004]))
    assert degenerate.examine(none, 100).ills == ("starved",)
    near = healthy._replace(means=np.array([[0.0, 0.0], [0.1, 0.0]]))
    assert degenerate.examine(near, 100).ills == ("twinned",)


def test_hellinger_is_the_integral():
    run = degenerate.Run(
        np.array([0.5, 0.5]),
        np.array([[0.0, 0.0], [1.0, 0.5]]),
        np.array([[[1.0, 0.3], [0.3, 0.8]], [[0.5, 0.0], [0.0, 1.5]]]),
        None,
    )
    p, q = (multivariate_normal(m, c).pdf for m, c in zip(run.means, run.covariances, strict=True))
    overlap, _ = dblquad(lambda y, x: np.sqrt(p([x, y]) * q([x, y])), -7, 7, -7, 7, epsabs=1e-5)
    twin = degenerate.examine(run, 100).twin
    np.testing.assert_allclose(twin, np.sqrt(1 - overlap), atol=1e-4)


@pytest.mark.parametrize("seed", SEEDS)
def test_traces_never_fall_and_no_remedy_is_more_of_the_same(seed):
    for number in range(degenerate.ROUNDS):
        dealt = degenerate.deal(seed, number)
        assert all(np.diff(run.trace).min() > -1e-6 for run in dealt.runs)
        works = degenerate.treated(seed, number)
        assert works["restart"] and works["fewer"] and not works["longer"]


def test_forty_thirty_thirty_and_twenty_off():
    dealt = degenerate.deal(0, 0)  # a collapsed one
    sick, well = dealt.sick, (dealt.sick + 1) % 4

    def points(*answer):
        return degenerate.judge(dealt, degenerate.read(dealt, list(answer))).points

    assert points([sick], "collapsed", "floor") == 100
    assert points([sick], "collapsed", "longer") == 70
    assert points([sick], "twinned", "floor") == 70
    assert points([sick, well], "collapsed", "floor") == 80
    assert points([well], "collapsed", "floor") == 0


# --- pick k
@pytest.mark.parametrize("seed", SEEDS)
def test_curves_are_scikit_learns(seed):
    dealt = pick_k.deal(seed, 0)
    found = pick_k.curves(seed, 0)
    peer = Peer(dealt.truth, covariance_type="spherical", n_init=5, random_state=0)
    peer.fit(dealt.points)
    at = dealt.truth - 1
    assert found.bic[at] == pytest.approx(peer.bic(dealt.points), abs=0.5)
    assert found.aic[at] == pytest.approx(peer.aic(dealt.points), abs=0.5)
    assert found.held_out[at] == pytest.approx(peer.score(dealt.held_out), abs=0.01)


def test_centres_are_as_far_apart_as_is_said():
    for seed in SEEDS:
        for number, separation in enumerate((3.5, 3.5, 2.5)):
            centres = pick_k._centres(np.random.default_rng(seed), 5, separation)
            away = np.linalg.norm(centres[:, None] - centres[None], axis=2) + 99 * np.eye(5)
            np.testing.assert_allclose(away.min(axis=1).max(), separation, rtol=1e-2)
            assert pick_k.deal(seed, number).separation == separation


def test_k_is_scored_by_bic_and_confidence():
    dealt = pick_k.deal(0, 0)
    bic = pick_k.curves(0, 0).bic
    best = int(np.argmin(bic)) + 1
    assert pick_k.judge(dealt, (best, 1.0)).points == pytest.approx(100)
    assert pick_k.judge(dealt, (best, 0.5)).points == pytest.approx(95)
    other = best - 1
    expected = 80 * np.exp(-(bic[other - 1] - bic.min()) / 10) + 20 * (1 - 0.6**2)
    assert pick_k.judge(dealt, (other, 0.6)).points == pytest.approx(expected)


# --- K-Means or GMM
@pytest.mark.parametrize("seed", SEEDS)
def test_every_instance_shows_its_reason(seed):
    for number in range(kmeans_or_gmm.ROUNDS):
        dealt = kmeans_or_gmm.deal(seed, number)
        best = max(score.usual for score in dealt.scores.values())
        gap = best - dealt.scores["kmeans"].usual
        verdict = kmeans_or_gmm.judge(dealt, ("full", 0.0, "none"))
        assert verdict.gap == pytest.approx(gap)
        assert (dealt.reason == "none") == (gap <= 0.02)
        assert (dealt.reason == "start") == dealt.scores["kmeans"].wrong_start
        simpler = kmeans_or_gmm.METHODS[: kmeans_or_gmm.METHODS.index(verdict.simplest)]
        assert all(dealt.scores[name].usual < best - 0.02 for name in simpler)


def test_sixty_twenty_five_fifteen():
    dealt = kmeans_or_gmm.deal(0, 1)
    told = kmeans_or_gmm.judge(dealt, ("full", 0.0, "none"))

    def points(method, gap, why):
        return kmeans_or_gmm.judge(dealt, (method, gap, why)).points

    assert points(told.simplest, told.gap, told.reason) == pytest.approx(100)
    assert points("tied", told.gap, told.reason) == pytest.approx(40)
    assert points(told.simplest, told.gap, "none") == pytest.approx(85)
    assert points(told.simplest, told.gap - 0.125, told.reason) == pytest.approx(87.5)


# --- all of them
ANSWERS = {
    "e-step": [[0.7, 0.3]] * 4 + [[0.2, 0.3, 0.5]],
    "degenerate": [
        [[0], "collapsed", "floor"],
        [[1, 2], "starved", "fewer"],
        [[], "twinned", "longer"],
    ],
    "pick-k": [[3, 0.8], [4, 0.5], [2, 1.0]],
    "kmeans-or-gmm": [["kmeans", 0.0, "none"], ["full", 0.5, "shape"], ["diag", 1, "start"]],
}


@pytest.mark.parametrize("name", ANSWERS)
def test_a_link_plays_the_same_game_again(name):
    values = links.unpack(links.pack(ANSWERS[name]))
    game = play(name, 5, values)
    assert game.over and 0 <= game.score <= 100
    assert game.score == pytest.approx(np.mean([v.points for v in game.verdicts]))
    again = play(name, 5, json.loads(json.dumps(ANSWERS[name])))
    assert again.score == game.score
    part = play(name, 5, values[:1])
    assert not part.over and len(part.rounds) == 2


OPENINGS = {name: play(name, 0) for name in GAMES}
NONSENSE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=6,
)


@pytest.mark.parametrize("name", GAMES)
@settings(max_examples=30, deadline=None)
@given(value=NONSENSE)
def test_a_link_by_a_stranger_is_no_answer(name, value):
    rules, (dealt, *_), *_ = OPENINGS[name]
    try:
        answer = rules.read(dealt, value)
    except ValueError:
        return
    assert 0 <= rules.judge(dealt, answer).points <= 100


def test_the_best_is_kept_and_a_play_counts_once(tmp_path):
    with Progress(tmp_path / "kept.sqlite") as kept:
        kept.played("e-step", 3, [[0.5, 0.5]], 40.0, token="a")
        kept.played("e-step", 4, [[0.6, 0.4]], 70.0, token="b")
        kept.played("e-step", 4, [[0.6, 0.4]], 99.0, token="b")
        kept.played("pick-k", 1, [[3, 0.8]], 10.0)
    with Progress(tmp_path / "kept.sqlite") as kept:
        best = kept.bests()
        assert best["e-step"] == (4, [[0.6, 0.4]], 70.0)
        assert best["pick-k"].score == 10.0
    with Progress(tmp_path / "kept.sqlite", "another") as other:
        assert other.bests() == {}


def test_a_card_rated_in_another_window_is_not_rated_twice(tmp_path):
    with Progress(tmp_path / "kept.sqlite") as one, Progress(tmp_path / "kept.sqlite") as two:
        seen = one.reviews("a")
        assert two.reviews("a") == seen == 0
        first = one.review_as_seen("a", "good", seen)
        assert two.review_as_seen("a", "again", seen) is None
        assert two.states()["a"] == first
        one.undo()
        assert two.review_as_seen("a", "hard", one.reviews("a")) is not None
