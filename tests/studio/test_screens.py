"""Every screen opens in every language, and its scripts run as pasted."""

from __future__ import annotations

import subprocess
import sys
import textwrap

import matplotlib
import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from mixtura import GaussianMixture, select
from mixtura.studio import methods, sweeps
from mixtura.studio.language import LANGUAGES, words
from mixtura.studio.methods import Settings
from mixtura.studio.presets import GROUPS, PRESETS
from mixtura.studio.screens import compare, data, selection
from mixtura.studio.shell import SCREENS

matplotlib.use("Agg")


def open_one(name, language):
    from mixtura.studio.language import words
    from mixtura.studio.shell import open_screen

    open_screen(name, words(language))


def opened(name, language):
    app = AppTest.from_function(open_one, args=(name, language), default_timeout=120)
    app.session_state.language = language
    app.run()
    assert not app.exception
    return app


@pytest.mark.parametrize("screen", SCREENS, ids=lambda screen: screen.name)
def test_a_screen_opens(screen):
    app = opened(screen.name, "en")
    assert app.title[0].value == words("en")(f"{screen.name}.title")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_language_reaches_every_part(language):
    app = opened("compare", language)
    say = words(language)
    assert app.title[0].value == say("compare.title")
    assert app.selectbox(key="compare.data").options[0] == say("choice.data_cake-shop")
    app.number_input(key="compare.k").set_value(3).run()
    assert not app.exception
    assert app.query_params["k"] == "3"


def test_a_choice_in_the_address_is_kept_and_nonsense_is_not():
    app = AppTest.from_function(open_one, args=("compare", "en"), default_timeout=120)
    app.session_state.language = "en"
    app.query_params["k"] = "4"
    app.query_params["data"] = "<script>"
    app.run()
    assert app.number_input(key="compare.k").value == 4
    assert app.selectbox(key="compare.data").value == "cross"


def test_the_sample_is_swept_and_labelled():
    app = opened("data", "en")
    app.toggle(key="data.sample").set_value(True).run()
    app.slider(key="data.ks").set_value((1, 3)).run()
    next(button for button in app.button if button.label == words("en")("data.go")).click().run()
    assert not app.exception
    kept = app.session_state["data.selection"][1]
    assert kept.best_candidate.n_components in (2, 3)


def pasted(code):
    namespace = {"__name__": "pasted"}
    exec(compile(code, "<pasted>", "exec"), namespace)
    return namespace


def test_the_script_of_a_comparison_finds_what_is_shown(capsys):
    settings = Settings(2, "full", "auto", 0.06, 5)
    found = methods.run(PRESETS["cross"](1), settings, 1)
    namespace = pasted(compare.script("cross", 1, settings))
    for name, labels in found.labels.items():
        np.testing.assert_array_equal(namespace[name], labels)
    known = methods.truth(GROUPS["cross"])
    printed = [float(line) for line in capsys.readouterr().out.split()]
    expected = [methods.agreement(labels, known) for labels in found.labels.values()]
    assert printed == pytest.approx(expected, abs=5e-4)


def test_the_script_of_a_selection_chooses_what_is_shown(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code = selection.script("cross", 1, 40, "bic").replace("range(1, 9)", "range(1, 4)")
    namespace = pasted(code)
    x = selection.taken(PRESETS["cross"](1), 40)
    np.testing.assert_array_equal(namespace["X"], x)
    assert namespace["selection"].verdict == select(x, range(1, 4), random_state=0).verdict


def test_the_script_of_a_file_reads_it(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    x = np.random.default_rng(0).normal(size=(60, 2)) * [1, 100]
    np.savetxt("it's.csv", x, delimiter=",", header="a,b", comments="")
    namespace = pasted(data.script("it's.csv", ["a", "b"], True, (1, 2)))
    assert namespace["labels"].shape == (60,)
    np.testing.assert_allclose(namespace["X"].std(axis=0), 1.0)


def test_the_shipped_candidates_are_what_the_library_makes():
    """Judged by scikit-learn's density of the shipped parameters, and by a fit of some of them."""
    from sklearn.mixture import GaussianMixture as Peer

    x = PRESETS["cake-shop"](1)
    shipped = sweeps.opening("cake-shop", 1)
    assert len(shipped) == 32
    for entry in shipped:
        peer = Peer(entry.k)
        peer.weights_, peer.means_ = np.array(entry.weights), np.array(entry.means)
        peer.precisions_cholesky_ = np.array(
            [np.linalg.cholesky(np.linalg.inv(c)) for c in entry.covariances]
        )
        assert peer.score(x) * len(x) == pytest.approx(entry.log_likelihood, rel=1e-9)
        n = len(x)
        assert entry.bic == pytest.approx(entry.n_parameters * np.log(n) - 2 * entry.log_likelihood)
        assert entry.aic == pytest.approx(2 * entry.n_parameters - 2 * entry.log_likelihood)
    assert sweeps.counts(shipped)["full"][3] == 17
    made = sweeps.entries(select(x, [1, 2], ["full", "tied"], random_state=0))
    kept = {(entry.family, entry.k): entry.log_likelihood for entry in shipped}
    for entry in made:
        assert entry.log_likelihood == pytest.approx(kept[entry.family, entry.k], abs=1e-2)


def test_small_round_equal_components_are_k_means():
    from sklearn.cluster import KMeans

    x = PRESETS["three-crowds"](2)
    kmeans = KMeans(3, n_init=3, random_state=0).fit(x)
    hard = methods.hardening(x, kmeans.cluster_centers_, 1e-2)
    np.testing.assert_array_equal(hard.argmax(axis=1), kmeans.labels_)
    sure = [np.mean(methods.hardening(x, kmeans.cluster_centers_, sd).max(1)) for sd in (4, 1, 0.1)]
    assert sure == sorted(sure)


def test_a_mixture_reads_the_cross_and_k_means_cannot():
    x, known = PRESETS["cross"](3), methods.truth(GROUPS["cross"])
    found = methods.run(x, Settings(2, "full", "auto", 0.06, 5), 0)
    assert methods.agreement(found.labels["gmm"], known) > 0.5
    assert methods.agreement(found.labels["kmeans"], known) < 0.1
    assert isinstance(found.mixture, GaussianMixture)


def test_what_the_first_screen_needs_is_there_before_it_is_asked_for():
    """Drawing it afterwards imports nothing large."""
    code = """
        import sys
        from mixtura.studio.ready import prepare
        prepare()
        before = set(sys.modules)
        from streamlit.testing.v1 import AppTest
        from mixtura.studio import app
        AppTest.from_file(app.__file__, default_timeout=60).run()
        large = ("sklearn", "scipy", "pandas", "matplotlib", "altair", "numba", "mixtura.studio")
        print([name for name in set(sys.modules) - before if name.startswith(large)])
    """
    line = [sys.executable, "-c", textwrap.dedent(code)]
    done = subprocess.run(line, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "['mixtura.studio.app']"
