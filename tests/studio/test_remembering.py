"""Links, edits, texts and scripts: what the studio remembers and hands out."""

from __future__ import annotations

import re
import string

import matplotlib
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mixtura.covariance import COVARIANCES
from mixtura.exceptions import InvalidParameterError
from mixtura.studio import links
from mixtura.studio.fits import Fit, estimator, points, script
from mixtura.studio.language import LANGUAGES, guess, keys_of, words
from mixtura.studio.presets import PRESETS
from mixtura.studio.server import command, serve
from mixtura.studio.stage import Edit, read_edit

matplotlib.use("Agg")

START = {
    "weights": [0.4, 0.6],
    "means": [[140.0, 12.0], [168.0, 26.0]],
    "covariances": [[30.0, 6.0, 9.0], [75.0, 32.0, 45.0]],
}


def test_what_is_packed_comes_out_of_the_link():
    value = {"points": [[1.5, -2.0]] * 500, "start": START, "iterations": 3}
    packed = links.pack(value)
    assert re.fullmatch(r"[\w-]*", packed)
    assert links.unpack(packed) == value


@given(st.text(max_size=200))
def test_a_link_by_a_stranger_is_no_edit(text):
    assert isinstance(read_edit(links.unpack(text)), Edit)


def test_a_bomb_is_not_unpacked():
    assert links.unpack(links.pack("0" * 10_000_000)) is None


@pytest.mark.parametrize(
    "change",
    [
        {"points": [[1.0, 2.0, 3.0]]},
        {"points": [[float("nan"), 0.0]]},
        {"points": "<script>"},
        {"points": [[0.0, 0.0]] * 501},
        {"start": START | {"weights": [0.4, -0.6]}},
        {"start": START | {"covariances": [[1.0, 2.0, 1.0], [1.0, 0.0, 1.0]]}},
        {"start": START | {"means": [[0.0, 0.0]]}},
        {"iterations": "many"},
    ],
)
def test_an_edit_that_makes_no_sense_is_none(change):
    sensible = {"points": None, "start": START, "iterations": 2}
    assert read_edit(sensible).start is not None
    assert read_edit(sensible | change) == Edit()


def fields(text):
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_every_text_with_the_same_fields(language):
    assert keys_of(language) == keys_of("en")
    english, other = words("en"), words(language)
    for key in keys_of("en"):
        assert fields(other(key)) == fields(english(key)), key


def test_a_missing_text_shows_that_it_is():
    assert words("zh-Hans")("no.such.text").endswith("[en]")


def test_locales_lead_to_languages():
    asked = {"zh-CN": "zh-Hans", "zh-TW": "zh-Hant", "zh-Hant-HK": "zh-Hant", "zh": "zh-Hans"}
    assert {locale: guess(locale) for locale in asked} == asked
    assert guess("de-DE") == guess(None) == guess("") == "en"


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize("family", COVARIANCES)
def test_a_script_begins_and_ends_where_the_stage_does(family, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    fit = Fit("cake-shop", 2, family, 3)
    for edit in (Edit(iterations=4), Edit(start=START, iterations=3)):
        x = points(fit, edit)
        mixture = estimator(fit, edit, edit.iterations, 0.0)
        namespace = run(script(fit, edit))
        np.testing.assert_array_equal(namespace["X"], x)
        expected = mixture.fit(x)
        np.testing.assert_array_equal(namespace["mixture"].means_, expected.means_)
        assert namespace["mixture"].n_iter_ == edit.iterations
        assert (tmp_path / "mixture.png").stat().st_size > 0


@pytest.mark.parametrize("preset", PRESETS)
def test_a_script_makes_the_same_points(preset, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    fit = Fit(preset, 1, "full", 5)
    drawn = np.array([[0.5, 1.25], [1.0, 2.0], [3.0, 0.125]])
    for edit in (Edit(), Edit(points=drawn)):
        np.testing.assert_array_equal(run(script(fit, edit))["X"], points(fit, edit))
    assert 10 <= len(points(fit, Edit())) <= 500


def run(code):
    namespace = {"__name__": "pasted"}
    exec(compile(code, "<pasted>", "exec"), namespace)
    return namespace


def test_the_studio_is_served_to_this_machine_alone():
    line = command(8601, browser=False)
    assert "--server.address=127.0.0.1" in line
    assert "--browser.gatherUsageStats=false" in line
    assert "--server.headless=true" in line


def test_a_port_that_is_taken_is_refused():
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(InvalidParameterError, match="`port`"):
            serve(taken.getsockname()[1], browser=False)
