"""The report says every number it should, in one file that fetches nothing and runs nothing."""

from __future__ import annotations

import base64
import re
import struct
from html.parser import HTMLParser

import matplotlib
import numpy as np
import pandas as pd
import pytest
from scipy import stats

from mixtura import BayesianGaussianMixture, GaussianMixture, datasets, report
from mixtura.exceptions import InvalidParameterError, MixturaError
from mixtura.selection import Candidate, Selection

HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(1)>'
VOID = {"meta", "img", "br", "link", "input", "hr"}


class Page(HTMLParser):
    """What a browser would see: elements, tables as text, visible text."""

    def __init__(self, text: str):
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.tables: dict[str, list[list[str]]] = {}
        self.rows: list[list[str]] = []
        self.text = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)
        if tag == "table":
            self.rows, self.caption = [], ""
        elif tag == "tr":
            self.rows.append([])
        elif tag in ("th", "td"):
            self.rows[-1].append("")

    def handle_endtag(self, tag):
        assert self.open.pop() == tag, f"</{tag}> closes another element"
        if tag == "table":
            self.tables[self.caption] = self.rows

    def handle_data(self, data):
        if "style" in self.open:
            return
        self.text += data
        if self.open and self.open[-1] == "caption":
            self.caption += data
        if self.open and self.open[-1] in ("th", "td"):
            self.rows[-1][-1] += data

    def all(self, tag):
        return [attributes for name, attributes in self.elements if name == tag]


def fitted(x, k=3, family="tied"):
    settings = {"random_state": 0, "engine": "numpy", "n_init": 2, "tol": 1e-9, "max_iter": 2000}
    return GaussianMixture(k, covariance_type=family, **settings).fit(x)


def candidate(x, k, family):
    model = fitted(x, k, family)
    log_likelihood = float(model.score(x)) * len(x)
    criteria = float(model.aic(x)), float(model.bic(x)), float(model.icl(x))
    return Candidate(
        *(family, k, log_likelihood, model.n_parameters(), *criteria, np.nan, np.nan),
        *(True, False, 0.5, 0.01, model),
    )


@pytest.fixture(scope="module")
def faithful():
    data = datasets.load("faithful")
    return pd.DataFrame(data.data, columns=list(data.feature_names))


@pytest.fixture(scope="module")
def selection(faithful):
    tried = [(2, "full"), (3, "tied"), (2, "tied")]
    return Selection([candidate(faithful, *one) for one in tried], "bic", n_starts=2)


@pytest.fixture(scope="module")
def written(faithful, selection, tmp_path_factory):
    path = tmp_path_factory.mktemp("report") / "report.html"
    model = selection.candidates[1].model
    made = report.write(
        path, model, faithful, selection, title="Geyser", command="mixtura select a.csv", seconds=75
    )
    assert made == path
    return path.read_text(encoding="utf-8"), model


@pytest.fixture(scope="module")
def page(written):
    return Page(written[0])


def log_likelihood(model, x):
    """Of all rows, by scipy."""
    parameters = zip(model.weights_, model.means_, model.covariance_matrices_, strict=True)
    return np.log(
        sum(w * stats.multivariate_normal.pdf(x, mean, cov) for w, mean, cov in parameters)
    ).sum()


def test_headline_says_what_was_chosen_and_why(page, selection):
    assert "3 components, tied covariance" in page.text
    assert selection.verdict in page.text
    assert "Geyser" in page.text and "1 min 15 s" in page.text


def test_numbers_at_the_top_are_the_mixtures(page, written, faithful):
    model = written[1]
    n, parameters = len(faithful), 2 + 3 * 2 + 3  # weights, means, one covariance
    total = log_likelihood(model, faithful.to_numpy())
    found = page.text.split("BIC chooses")[1]
    assert f"{total:.2f}" in found
    assert f"{-2 * total + parameters * np.log(n):.2f}" in found
    assert f"{-2 * total + 2 * parameters:.2f}" in found
    # mclust's EEE, 3 run to 1e-13 ends at -1126.31593; its 2314.32 is from its default tolerance.
    assert f"{2 * 1126.31593 + parameters * np.log(n):.2f}" in found


def test_candidates_are_listed_best_first_with_the_lead(page, selection):
    head, *rows = page.tables["Candidates"]
    order = sorted(selection.candidates, key=lambda one: one.bic)
    assert [(row[0], row[1]) for row in rows] == [
        (str(one.n_components), one.covariance_type) for one in order
    ]
    for row, one in zip(rows, order, strict=True):
        cells = dict(zip(head, row, strict=True))
        assert cells["log-likelihood"] == f"{one.log_likelihood:.2f}"
        assert cells["parameters"] == str(one.n_parameters)
        assert (cells["AIC"], cells["BIC"], cells["ICL"]) == tuple(
            f"{value:.2f}" for value in (one.aic, one.bic, one.icl)
        )
    behind = [dict(zip(head, row, strict=True))["behind the best"] for row in rows]
    lead = f"{order[1].bic - order[0].bic:.2f}"
    assert behind[:2] == ["best", lead]
    assert f"The lead over the runner-up ({order[1].n_components}, full) is {lead}." in page.text
    assert [attributes.get("class") for attributes in page.all("tr")].count("best") == 1


def test_a_degenerate_candidate_is_remarked_and_never_the_best(faithful, selection, tmp_path):
    first, *rest = selection.candidates
    worthless = first._replace(degenerate=True, bic=-1e6)
    tried = Selection([worthless, *rest], "bic", n_starts=2)
    path = report.write(tmp_path / "r.html", tried.best, faithful, tried)
    head, *rows = Page(path.read_text(encoding="utf-8")).tables["Candidates"]
    assert dict(zip(head, rows[0], strict=True))["behind the best"] == "best"
    assert dict(zip(head, rows[-1], strict=True))["remark"] == "a component has no volume"


def test_components_are_listed_with_every_number(page, written, faithful):
    model = written[1]
    names, under, *rows = page.tables["Components"]
    assert names[-2:] == list(faithful.columns) and under == ["mean", "sd"] * 2
    joint = [
        weight * stats.multivariate_normal.pdf(faithful, mean, covariance)
        for weight, mean, covariance in zip(
            model.weights_, model.means_, model.covariance_matrices_, strict=True
        )
    ]
    assigned = np.bincount(np.argmax(joint, axis=0), minlength=3)
    for j, row in enumerate(rows):
        sd = np.sqrt(np.diag(model.covariance_matrices_[j]))
        expected = [model.weights_[j], model.weights_[j] * len(faithful), assigned[j]]
        for feature in range(2):
            expected += [model.means_[j, feature], sd[feature]]
        assert row[0].split()[-1] == str(j)
        np.testing.assert_allclose([float(cell) for cell in row[1:]], expected, rtol=2e-3)


def test_what_ran_is_told(page, written):
    ran = dict(page.tables["What ran"])
    assert ran["command"] == "mixtura select a.csv"
    assert ran["kernel"] == written[1].kernel_ and ran["rows kept in"] == written[1].rows_
    assert f"numpy {np.__version__}" in ran["versions"]
    assert dict(page.tables["All parameters"])["covariance_type"] == "'tied'"


def test_figures_are_inside_the_page_and_told_in_words(page):
    images = page.all("img")
    assert len(images) == 5  # mixture, contours, BIC, AIC, trace
    for image in images:
        kind, data = image["src"].split(",", 1)
        assert kind == "data:image/png;base64"
        png = base64.b64decode(data, validate=True)
        assert png.startswith(b"\x89PNG") and min(struct.unpack(">II", png[16:24])) > 300
        assert len(image["alt"]) > 30


def test_nothing_is_fetched_and_nothing_runs(page, written):
    markup = re.sub(r"data:image/png;base64,[\w+/=]+", "", written[0])
    assert not re.search(r"https?:|//\w|url\(|@import|javascript:", markup)
    assert not page.all("script") and not page.all("link") and not page.all("iframe")
    assert not [name for _, a in page.elements for name in a if name.startswith("on")]
    policy = next(a["content"] for a in page.all("meta") if "http-equiv" in a)
    assert "default-src 'none'" in policy


def test_page_can_be_read_by_everyone(page, written):
    assert page.open == []  # every element is closed
    assert page.all("html")[0]["lang"] == "en"
    assert all(cell.get("scope") for cell in page.all("th"))
    assert len(page.all("h1")) == len(page.all("main")) == 1
    assert all(a.get("aria-label") for a in page.all("div") if a.get("role") == "region")
    assert "prefers-color-scheme: dark" in written[0]
    assert any("width=device-width" in (a.get("content") or "") for a in page.all("meta"))


@pytest.mark.parametrize("scheme", [":root", "dark"])
def test_text_has_contrast(written, scheme):
    style = written[0].split("@media (prefers-color-scheme: dark)")
    block = style[0] if scheme == ":root" else style[1]
    colours = dict(re.findall(r"--(\w+): (#\w+)", block))

    def luminance(name):
        rgb = np.array(matplotlib.colors.to_rgb(colours[name]))
        linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
        return linear @ [0.2126, 0.7152, 0.0722]

    for ink in ("ink", "quiet"):
        for ground in ("page", "card"):
            light, dark = sorted((luminance(ink), luminance(ground)), reverse=True)
            assert (light + 0.05) / (dark + 0.05) >= 4.5, (ink, ground)  # WCAG 2.2, AA


def test_text_from_outside_is_never_markup(faithful, tmp_path):
    frame = faithful.set_axis([HOSTILE, "$" + HOSTILE], axis=1)
    labels = np.where(np.arange(len(frame)) % 2, HOSTILE, "b")
    path = report.write(
        tmp_path / "r.html", fitted(frame), frame, title=HOSTILE, command=HOSTILE, labels=labels
    )
    page = Page(path.read_text(encoding="utf-8"))
    assert not page.all("script")
    assert all(image["src"].startswith("data:image/png") for image in page.all("img"))
    assert all("onerror" not in attributes for _, attributes in page.elements)
    assert page.text.count(HOSTILE) >= 5  # shown as text: title, command, names, class


def test_known_classes_are_compared(tmp_path):
    random = np.random.default_rng(0)
    x = random.normal(size=(100, 1)) + np.repeat([0.0, 100.0], [70, 30])[:, None]
    labels = np.repeat(["low", "high"], [70, 30])
    path = report.write(tmp_path / "r.html", fitted(x, 2, "full"), x, labels=labels)
    page = Page(path.read_text(encoding="utf-8"))
    _, *rows = page.tables["Known classes"]
    counts = {name: sorted(map(int, cells)) for name, *cells in rows}
    assert counts == {"low": [0, 70], "high": [0, 30]}
    assert "Adjusted Rand index 1.000" in page.text


def test_weights_count_as_rows(faithful, tmp_path):
    weights = np.full(len(faithful), 2.0)
    model = fitted(faithful)
    path = report.write(tmp_path / "r.html", model, faithful, sample_weight=weights)
    page = Page(path.read_text(encoding="utf-8"))
    expected = [float(row[2]) for row in page.tables["Components"][2:]]
    np.testing.assert_allclose(expected, 2 * len(faithful) * model.weights_, atol=0.06)
    assert "total weight" in page.text
    assert f"{2 * log_likelihood(model, faithful.to_numpy()):.2f}" in page.text


@pytest.mark.parametrize("d", [1, 3, 5])
def test_other_numbers_of_features(d, tmp_path):
    x = np.random.default_rng(0).normal(size=(60, d))
    path = report.write(tmp_path / "r.html", fitted(x, 2, "diag"), x)
    page = Page(path.read_text(encoding="utf-8"))
    assert len(page.all("img")) == 2
    assert "2 components, diag covariance" in page.text


def test_a_mixture_without_history_has_no_trace(tmp_path):
    model = GaussianMixture.from_parameters([1.0], [[0.0, 0.0]], [np.eye(2)])
    drawn = report.figures(model, np.zeros((4, 2)))
    assert list(drawn) == ["mixture", "contours"]
    report.write(tmp_path / "r.html", model, np.zeros((4, 2)), drawn=drawn)


def test_figures_are_written_as_png(faithful, selection, tmp_path):
    drawn = report.figures(selection.candidates[1].model, faithful, selection)
    assert list(drawn) == ["mixture", "contours", "bic", "aic", "trace"]
    paths = report.write_figures(tmp_path / "new" / "folder", drawn)
    assert [path.name for path in paths] == [f"{name}.png" for name in drawn]
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in paths)


def test_a_report_that_fails_leaves_the_old_one(faithful, tmp_path, monkeypatch):
    path = tmp_path / "r.html"
    path.write_text("old")
    with pytest.raises(InvalidParameterError, match="`model` must be a fitted"):
        report.write(path, GaussianMixture(), faithful)
    monkeypatch.setattr("pathlib.Path.replace", lambda *_: (_ for _ in ()).throw(OSError("full")))
    with pytest.raises(MixturaError, match="full"):
        report.write(path, fitted(faithful), faithful)
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.fixture(scope="module", params=["full", "tied", "diag", "spherical"])
def bayesian(request, faithful, tmp_path_factory):
    path = tmp_path_factory.mktemp("bayesian") / "report.html"
    model = BayesianGaussianMixture(
        n_components=8, covariance_type=request.param, moves=True, max_iter=500, random_state=0
    ).fit(faithful)
    report.write(path, model, faithful, title="Geyser")
    return Page(path.read_text(encoding="utf-8")), model


def test_a_posterior_is_told_by_its_evidence(bayesian, faithful):
    page, model = bayesian
    held = len(model.effective_components_)
    assert f"{held} of at most 8" in page.text and f"{held} components" in page.text
    assert f"{model.elbo_:.2f}" in page.text
    assert f"{model.score(faithful) * len(faithful):.2f}" in page.text
    assert "Variational Bayes converged" in page.text and "Evidence by iteration" in page.text
    assert "BIC" not in page.text and len(page.all("img")) == 3  # mixture, contours, trace


def test_effective_components_are_listed_with_intervals(bayesian, faithful):
    """A mean's marginal posterior is Student's t; without overlap a weight's is nearly a beta."""
    page, model = bayesian
    _, under, *rows = page.tables["Components"]
    assert under == ["expected", "90%", *["mean", "90%", "sd"] * 2]
    assert [int(row[0].split()[-1]) for row in rows] == model.effective_components_.tolist()
    n = len(faithful)
    for j, row in zip(model.effective_components_, rows, strict=True):
        assert float(row[1]) == pytest.approx(model.weights_[j], abs=1e-4)
        assert float(row[4]) == pytest.approx(model.means_[j, 0], rel=1e-5)
        low, high = map(float, row[5].split(" to "))
        sd = np.sqrt(model.covariance_matrices_[j, 0, 0] / model.mean_precision_[j])
        assert low < model.means_[j, 0] < high
        assert high - low == pytest.approx(2 * 1.645 * sd, rel=0.2)
        low, high = map(float, row[2].split(" to "))
        count = n * model.weights_[j]
        assert high - low == pytest.approx(
            np.diff(stats.beta(count, n - count).interval(0.9)), rel=0.2
        )


def test_moves_are_listed(bayesian):
    page, model = bayesian
    assert model.moves_
    _, *rows = page.tables["Moves"]
    for row, move in zip(rows, model.moves_, strict=True):
        assert (row[0], row[1], row[3]) == (str(move.iteration), move.kind, f"{move.gain:.1f}")
        assert all(str(j) in row[2] for each in move.components for j in each)


def test_a_posterior_that_was_taken_over_has_a_report_too(faithful, tmp_path):
    from sklearn.mixture import BayesianGaussianMixture as Theirs

    theirs = Theirs(n_components=2, random_state=0).fit(faithful)
    model = BayesianGaussianMixture.from_sklearn(theirs)
    path = report.write(tmp_path / "r.html", model, faithful)
    page = Page(path.read_text(encoding="utf-8"))
    assert "Moves" not in page.tables and len(page.tables["Components"][2:]) == 2
