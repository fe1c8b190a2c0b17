"""Criterion curves and likelihood traces show the numbers they are given."""

import itertools
from types import SimpleNamespace

import numpy as np
import pytest

from mixtura import datasets, plot, select
from mixtura.exceptions import InvalidParameterError


def selection(criterion="bic", **values):
    """Candidates with given values of one criterion: covariance type to values over k."""
    nothing = dict.fromkeys(["aic", "bic", "icl", "cv", "predictive"], np.nan)
    return SimpleNamespace(
        criterion=criterion,
        candidates=[
            SimpleNamespace(
                covariance_type=name,
                n_components=k,
                degenerate=False,
                **(nothing | {criterion: value}),
            )
            for name, column in values.items()
            for k, value in enumerate(column, start=1)
        ],
    )


def ringed(ax):
    ring = next(line for line in ax.lines if line.get_fillstyle() == "none")
    return ring.get_xdata()[0], ring.get_ydata()[0]


def test_each_covariance_type_is_a_line_of_its_values():
    ax = plot.criteria(selection(full=[50.0, 30.0, 40.0], tied=[45.0, 35.0, 31.0]))
    np.testing.assert_array_equal(ax.lines[0].get_data(), [[1, 2, 3], [50.0, 30.0, 40.0]])
    np.testing.assert_array_equal(ax.lines[1].get_data(), [[1, 2, 3], [45.0, 35.0, 31.0]])
    assert {text.get_text() for text in ax.texts} == {"full", "tied"}
    assert ringed(ax) == (2, 30.0)
    assert "best: 2, full (30.00), ahead by 1.00 of 3, tied" in ax.get_title(loc="left")


def test_held_out_likelihood_is_better_when_larger():
    ax = plot.criteria(selection("cv", full=[-5.0, -3.0, -4.0], diag=[-6.0, -5.5, -3.5]))
    assert ringed(ax) == (2, -3.0)
    assert "ahead by 0.50 of 3, diag" in ax.get_title(loc="left")
    assert "larger is better" in ax.get_ylabel()


def test_candidates_without_a_value_leave_a_gap():
    ax = plot.criteria(selection(full=[50.0, np.nan, 40.0], tied=[np.nan, np.nan, np.nan]))
    assert np.isnan(ax.lines[0].get_ydata()[1])
    assert ringed(ax) == (3, 40.0)
    ax.figure.canvas.draw()


def test_names_at_the_end_of_lines_do_not_overlap():
    ax = plot.criteria(selection(a=[9.0, 5.0], b=[9.0, 5.0], c=[9.0, 5.001], d=[9.0, 5.002]))
    ax.figure.canvas.draw()
    boxes = sorted((text.get_window_extent() for text in ax.texts), key=lambda box: box.y0)
    assert all(lower.y1 <= upper.y0 + 1 for lower, upper in itertools.pairwise(boxes))


def test_a_hopeless_type_is_cut_off_and_named():
    good = [120.0, 100.0, 104.0, 108.0, 112.0]
    ax = plot.criteria(selection(full=good, tied=good, bad=[9000.0] * 5))
    assert ax.get_ylim()[1] < 1000.0
    assert "out of view: bad" in ax.get_title(loc="left")


def test_a_single_candidate_is_drawn():
    ax = plot.criteria(selection(full=[10.0]))
    ax.figure.canvas.draw()
    assert ringed(ax) == (1, 10.0)


def test_a_criterion_that_is_unknown_or_was_not_computed_is_refused():
    with pytest.raises(InvalidParameterError, match=r"`criterion` must be one of.*got 'hqc'"):
        plot.criteria(selection(full=[1.0]), criterion="hqc")
    with pytest.raises(InvalidParameterError, match=r"got 'cv' without values"):
        plot.criteria(selection(full=[1.0]), criterion="cv")


def test_trace_draws_every_start_and_ends_at_the_best():
    starts = [np.array([-9.0, -5.0, -4.5]), np.array([-8.0, -4.2, -4.1, -4.0])]
    ax = plot.trace(SimpleNamespace(history_=starts))
    for line, start in zip(ax.lines, starts, strict=False):
        np.testing.assert_array_equal(line.get_data(), [range(len(start)), start])
    assert ax.lines[1].get_linewidth() > ax.lines[0].get_linewidth()
    assert "best of 2 starts: -4 after 3 iterations" in ax.get_title(loc="left")


def test_a_wild_first_guess_leaves_the_rest_readable():
    ax = plot.trace(SimpleNamespace(history_=[np.array([-1e9, -5.0, -4.5, -4.4])]))
    assert ax.get_ylim()[0] > -10.0
    assert "below the view" in ax.get_title(loc="left")


@pytest.mark.parametrize("start", [[-3.0], [-3.0, -3.0], [0.0]])
def test_short_and_flat_traces_are_drawn(start):
    plot.trace(SimpleNamespace(history_=[np.array(start)])).figure.canvas.draw()


@pytest.mark.parametrize("model", [SimpleNamespace(), SimpleNamespace(history_=[])])
def test_a_model_without_history_is_refused(model):
    with pytest.raises(InvalidParameterError, match=r"`model` must carry the `history_`"):
        plot.trace(model)


def test_a_degenerate_candidate_is_hollow_and_not_the_best():
    found = selection(full=[50.0, 30.0, -1000.0])
    found.candidates[2].degenerate = True
    ax = plot.criteria(found)
    assert ringed(ax) == (2, 30.0)
    np.testing.assert_array_equal(ax.collections[0].get_offsets(), [[3, -1000.0]])
    assert "hollow: a component has no volume" in ax.get_title(loc="left")


def test_criteria_of_a_real_selection_agree_with_it():
    x = datasets.load("faithful").data
    found = select(x, n_components=range(1, 4), covariance_types=("full", "tied"), random_state=0)
    ax = found.plot()
    best = found.best_candidate
    assert ringed(ax) == (best.n_components, best.bic)
    assert f"ahead by {found.lead:.2f}" in ax.get_title(loc="left")
