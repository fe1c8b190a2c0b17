"""Pictures of a mixture: every family and number of features, and what they show."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_rgb
from scipy import stats

from mixtura import BayesianGaussianMixture, GaussianMixture, datasets, plot
from mixtura.exceptions import InvalidDataError, InvalidParameterError
from mixtura.plot import style
from mixtura.plot.plane import CELLS

FAMILIES = ["full", "tied", "diag", "spherical"]


def blobs(d, n=90, seed=0):
    random = np.random.default_rng(seed)
    return random.normal(size=(n, d)) + 4.0 * random.integers(0, 3, size=(n, 1))


def fitted(x, k=3, **settings):
    return GaussianMixture(k, random_state=0, engine="numpy", **settings).fit(x)


def given(weights, means, covariances):
    model = GaussianMixture.from_parameters(weights, means, covariances)
    return model.set_params(engine="numpy")


def render(axes):
    """Draw everything, so that errors that wait for the renderer come out."""
    first = axes.flat[0] if isinstance(axes, np.ndarray) else axes
    first.figure.canvas.draw()
    return axes


def captions(ax):
    return ax.get_title(loc="left")


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("d", [1, 2, 3, 4])
def test_every_family_is_drawn_with_and_without_rows(family, d):
    x = blobs(d)
    model = fitted(x, covariance_type=family)
    axes = render(plot.mixture(model, x))
    assert np.shape(axes) == ((d, d) if d > 3 else ())
    plot.mixture(model)


@pytest.mark.parametrize(("family", "d"), [("full", 5), ("diag", 6)])
def test_more_features_are_drawn_in_pairs(family, d):
    x = blobs(d)
    axes = render(plot.mixture(fitted(x, covariance_type=family), x))
    below = np.tril(np.ones((d, d), dtype=bool))
    assert all(ax is not None for ax in axes[below])
    assert all(ax is None for ax in axes[~below])


def test_axes_that_are_given_are_drawn_on():
    x = blobs(2)
    _, ax = plt.subplots()
    model = fitted(x)
    for picture in (plot.regions, plot.contours):
        assert picture(model, x, ax=ax) is ax
    assert plot.ellipses(model, ax=ax) is ax
    assert plot.density(model, x, ax=ax, feature=1) is ax
    assert plot.trace(model, ax=ax) is ax


@pytest.mark.parametrize("d", [3, 5])
def test_pictures_that_need_other_axes_take_the_place_of_those_given(d):
    figure, (left, right) = plt.subplots(1, 2, layout="constrained")
    axes = render(plot.mixture(fitted(blobs(d)), blobs(d), ax=right))
    figure.canvas.draw()
    drawn = [ax for ax in np.ravel(axes) if ax is not None]
    assert right not in figure.axes
    assert all(ax.figure is figure for ax in drawn)
    assert all(ax.get_position().x0 >= left.get_position().x1 for ax in drawn)


def test_background_is_the_blend_of_colours_by_responsibility():
    x = datasets.load("faithful").data
    model = fitted(x)
    image = render(plot.regions(model, x)).images[0]
    left, right, bottom, top = image.get_extent()
    random = np.random.default_rng(0)
    for row, column in random.integers(0, CELLS, size=(60, 2)):
        point = np.array(
            [
                left + (column + 0.5) / CELLS * (right - left),
                bottom + (row + 0.5) / CELLS * (top - bottom),
            ]
        )
        joint = [
            weight * stats.multivariate_normal.pdf(point, mean, covariance)
            for weight, mean, covariance in zip(
                model.weights_, model.means_, model.covariance_matrices_, strict=True
            )
        ]
        shares = np.array(joint) / np.sum(joint)
        blend = sum(share * style.tint(j) for j, share in enumerate(shares))
        np.testing.assert_allclose(image.get_array()[row, column], blend, atol=1e-6)


def test_contours_are_lines_of_equal_density():
    model = given([0.4, 0.6], [[0, 0], [3, 3]], [np.eye(2), 2 * np.eye(2)])
    lines = [c for c in plot.contours(model).collections if c.get_array().size][-1]
    along = [model.score_samples(path.vertices) / np.log(10) for path in lines.get_paths()]
    assert len(along) == len(lines.levels) >= 6
    for densities in along:
        np.testing.assert_allclose(densities, densities.mean(), atol=0.02)
    steps = np.diff([densities.mean() for densities in along])
    np.testing.assert_allclose(steps, 0.5, atol=0.02)


def test_density_curve_is_the_mixture_and_has_area_one():
    model = given([0.3, 0.7], [[0.0], [6.0]], [[[1.0]], [[0.01]]])
    at, height = plot.density(model).lines[0].get_data()
    expected = 0.3 * stats.norm.pdf(at, 0, 1) + 0.7 * stats.norm.pdf(at, 6, 0.1)
    np.testing.assert_allclose(height, expected, rtol=1e-9)
    assert np.trapezoid(height, at) == pytest.approx(1.0, abs=0.01)


def test_density_of_a_named_feature_is_its_marginal():
    covariance = np.array([[4.0, 1.0], [1.0, 9.0]])
    model = given([1.0], [[1.0, -2.0]], [covariance])
    at, height = plot.density(model, feature="x1").lines[0].get_data()
    np.testing.assert_allclose(height, stats.norm.pdf(at, -2.0, 3.0), rtol=1e-9)


def test_points_have_the_colour_and_shape_of_their_component():
    x = blobs(2)
    model = fitted(x)
    ax = plot.regions(model, x)
    labels = model.predict(x)
    assert [len(points.get_offsets()) for points in ax.collections] == list(np.bincount(labels))
    for component, points in enumerate(ax.collections):
        shown = np.asarray(points.get_offsets())
        np.testing.assert_array_equal(shown, x[labels == component])
        assert to_rgb(points.get_facecolor()[0]) == pytest.approx(to_rgb(style.COLOURS[component]))


def test_twenty_components_are_numbered_and_no_two_look_the_same():
    random = np.random.default_rng(1)
    model = given(np.full(20, 0.05), random.uniform(-9, 9, (20, 2)), np.tile(np.eye(2), (20, 1, 1)))
    ax = render(plot.regions(model))
    assert [text.get_text() for text in ax.texts] == [str(j) for j in range(20)]
    looks = {(tuple(style.colour(j)), style.marker(j)) for j in range(50)}
    assert len(looks) == 50


def test_a_pruned_component_is_left_out_and_the_others_keep_their_numbers():
    model = given([0.5, 0.25, 0.25], [[0, 0], [50, 50], [3, 3]], np.tile(np.eye(2), (3, 1, 1)))
    model.weights_ = np.array([0.6, 0.0, 0.4])
    ax = plot.ellipses(model)
    assert [text.get_text() for text in ax.texts] == ["0", "2"]
    assert ax.get_xlim()[1] < 50


@pytest.mark.parametrize("d", [1, 2, 3, 4])
def test_components_of_a_bayesian_mixture_without_rows_are_left_out(d):
    x = blobs(d)
    model = BayesianGaussianMixture(n_components=12, moves=True, max_iter=1000, random_state=0).fit(
        x
    )
    held = [str(j) for j in sorted(model.effective_components_)]
    assert len(held) < 12
    axes = render(plot.mixture(model, x))
    for ax in filter(None, axes.flat if isinstance(axes, np.ndarray) else [axes]):
        told = [text.get_text() for text in ax.texts]
        assert [each for each in told if each.isdigit()] in ([], held)
    lines = plot.density(model).get_lines()
    assert len(lines) == 1 + len(held)  # the mixture, and its components
    at, height = lines[0].get_data()
    assert np.trapezoid(height, at) == pytest.approx(1.0, abs=0.02)


def test_a_trace_says_what_was_climbed():
    x = blobs(2)
    for kind, said in ((GaussianMixture, "log-likelihood"), (BayesianGaussianMixture, "evidence")):
        assert said in plot.trace(kind(n_components=2, random_state=0).fit(x)).get_ylabel()


@pytest.mark.parametrize(
    "covariance",
    [np.diag([1.0, 1e-14]), np.diag([1e16, 1e-4]), np.diag([1e-300, 1e-300]), 1e12 * np.eye(2)],
    ids=["flat", "extreme aspect", "tiny", "huge"],
)
@pytest.mark.parametrize("offset", [0.0, 1e6])
def test_extreme_shapes_are_drawn(covariance, offset):
    model = given([1.0], [[offset, -offset]], [covariance])
    for picture in (plot.regions, plot.contours, plot.density, plot.pairs):
        render(picture(model))


@pytest.mark.parametrize("d", [1, 2, 3, 4])
def test_constant_columns_are_drawn(d):
    x = blobs(d)
    x[:, -1] = 7.0
    render(plot.mixture(fitted(x, 2), x))


def test_one_row_is_drawn():
    model = given([1.0], [[0.0, 0.0]], [np.eye(2)])
    render(plot.regions(model, [[0.0, 0.0]]))


def test_many_rows_are_thinned_and_the_caption_says_so():
    model = given([0.5, 0.5], [[0, 0], [4, 4]], np.tile(np.eye(2), (2, 1, 1)))
    x = np.random.default_rng(0).normal(size=(123_456, 2))
    ax = plot.regions(model, x)
    assert sum(len(points.get_offsets()) for points in ax.collections) == 10_000
    assert "10,000 of 123,456 rows" in captions(ax)
    assert all(points.get_rasterized() for points in ax.collections)


def test_pairs_of_many_features_shows_six_that_differ_and_says_so():
    means = np.zeros((2, 9))
    means[1, [1, 2, 4, 5, 7, 8]] = 5.0
    model = given([0.5, 0.5], means, np.tile(np.eye(9), (2, 1, 1)))
    axes = render(plot.pairs(model))
    assert [ax.get_xlabel() for ax in axes[-1]] == ["x1", "x2", "x4", "x5", "x7", "x8"]
    assert any("6 of 9 features" in text.get_text() for text in axes[0, 0].texts)


def test_pairs_of_chosen_features_draws_them_in_that_order():
    axes = plot.pairs(fitted(blobs(4)), features=["x3", 0])
    assert [ax.get_xlabel() for ax in axes[-1]] == ["x3", "x0"]


def test_names_of_features_are_shown_as_they_are():
    x = blobs(2)
    frame = pd.DataFrame(x, columns=[r"$\frac{", "喷发 <b>"])
    ax = render(plot.regions(fitted(frame), frame))
    assert (ax.get_xlabel(), ax.get_ylabel()) == (r"$\frac{", "喷发 <b>")


@pytest.mark.parametrize("picture", [plot.regions, plot.contours, plot.ellipsoids])
def test_a_mixture_with_other_features_is_refused(picture):
    with pytest.raises(InvalidParameterError, match=r"`model` must have \d features.*got 5"):
        picture(fitted(blobs(5)))


def test_an_unfitted_model_is_refused():
    with pytest.raises(InvalidParameterError, match=r"`model` must be a fitted.*fit\(X\)"):
        plot.mixture(GaussianMixture())


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (np.zeros((5, 3)), r"`X` must be \(n, 2\).*\(5, 3\)"),
        (np.zeros((0, 2)), r"`X` must be \(n, 2\).*\(0, 2\)"),
        ([[np.nan, 1.0]], r"`X` must be finite"),
        ([["a", "b"]], r"`X` must hold numbers only"),
    ],
)
def test_rows_that_do_not_fit_are_refused(bad, message):
    with pytest.raises(InvalidDataError, match=message):
        plot.regions(fitted(blobs(2)), bad)


@pytest.mark.parametrize("feature", ["x7", 2, -3, None])
def test_an_unknown_feature_is_refused(feature):
    with pytest.raises(InvalidParameterError, match=r"`feature` must be one of \['x0', 'x1'\]"):
        plot.density(fitted(blobs(2)), feature=feature)


def test_ellipses_keep_the_limits_of_axes_that_are_given_and_find_their_own_otherwise():
    model = given([1.0], [[0.0, 0.0, 5.0]], [np.eye(3)])
    _, ax = plt.subplots()
    ax.set(xlim=(-100, 100), ylim=(-50, 50))
    plot.ellipses(model, ax=ax, features=("x2", 0), masses=(0.95,))
    assert (ax.get_xlim(), ax.get_ylim()) == ((-100, 100), (-50, 50))
    across, up = ax.lines[0].get_data()
    radius = np.sqrt(stats.chi2.ppf(0.95, 2))
    np.testing.assert_allclose(np.hypot(across - 5.0, up), radius, rtol=1e-12)
    fresh = plot.ellipses(model, [[0.0, 40.0, 0.0]], features=(0, 1))
    assert fresh.get_ylim()[1] > 40.0
