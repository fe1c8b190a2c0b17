"""The games on their screen: played to the end in every language, kept, and seen again by link."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from mixtura.course.progress import Progress
from mixtura.studio import links
from mixtura.studio.games import GAMES, beat_em, play
from mixtura.studio.language import LANGUAGES, words

ROUNDS = {
    "e-step": [[0.7, 0.3]] * 4 + [[0.2, 0.3, 0.5]],
    "beat-em": [[beat_em.deal(7, 0).start]],
    "degenerate": [
        [[0], "collapsed", "floor"],
        [[1, 2], "starved", "fewer"],
        [[3], "twinned", "longer"],
    ],
    "pick-k": [[3, 0.8], [4, 0.5], [2, 1.0]],
    "kmeans-or-gmm": [["kmeans", 0.0, "none"], ["full", 0.5, "shape"], ["diag", 1.0, "start"]],
}


def open_games(language):
    from mixtura.studio.language import words
    from mixtura.studio.shell import open_screen

    open_screen("games", words(language))


def opened(language="en", **query):
    app = AppTest.from_function(open_games, args=(language,), default_timeout=180)
    app.session_state.language = language
    for name, value in query.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    return app


def press(app, label):
    next(button for button in app.button if button.label == label).click().run()
    assert not app.exception
    return app


def texts(app):
    return " ".join(element.value for element in [*app.markdown, *app.get("html")])


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_game_is_offered(language):
    app, say = opened(language), words(language)
    offered = [element.value for element in app.header]
    assert offered == [say(f"games.{name}.title") for name in GAMES]
    press(app, say("games.start"))
    assert app.query_params["game"] == "e-step"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", GAMES)
def test_a_link_shows_every_round_again(name, language):
    packed = links.pack(ROUNDS[name])
    app, say = opened(language, game=name, seed="7", answers=packed), words(language)
    score = play(name, 7, ROUNDS[name]).score
    assert app.title[0].value == say(f"games.{name}.title")
    assert len(app.expander) == len(ROUNDS[name])
    assert f"{score:.0f} " in texts(app)
    assert "[en]" not in texts(app)
    assert packed in app.code[-1].value


def test_somebody_elses_game_is_not_ones_own_best(kept):
    opened(game="pick-k", seed="7", answers=links.pack(ROUNDS["pick-k"]))
    with Progress(kept) as progress:
        assert progress.bests() == {}


def test_a_game_is_played_kept_and_found_again_after_a_refresh(kept):
    say = words("en")
    app = opened(game="e-step", seed="7")
    for number, (share, *_) in enumerate(ROUNDS["e-step"][:4]):
        app.slider(key=f"game.e-step.7.{number}.1").set_value(round(100 * share)).run()
        press(app, say("games.answer"))
        fresh = opened(game="e-step", seed="7", answers=app.query_params["answers"])
        assert say("games.round", round=number + 2, all=5) in str(fresh.get("progress")[0].proto)
        press(app, say("games.next"))
    for slider, parts in zip(app.slider, (4, 6, 10), strict=True):
        slider.set_value(parts).run()
    press(app, say("games.answer"))
    press(app, say("games.finish"))
    with Progress(kept) as progress:
        best = progress.bests()["e-step"]
    assert best.score == pytest.approx(play("e-step", 7, ROUNDS["e-step"]).score)
    press(app, say("games.same"))
    press(app, say("games.back"))
    assert say("games.best", score=f"{best.score:.0f}") in [each.value for each in app.caption]
    press(app, say("games.see_best"))
    assert len(app.expander) == 5


def test_a_turn_against_em_is_in_the_address():
    say = words("en")
    app = opened(game="beat-em", seed="7")
    press(app, say("games.beat-em.turn", turn=1, all=10))
    fresh = opened(game="beat-em", seed="7", turns=app.query_params["turns"])
    assert any(b.label == say("games.beat-em.turn", turn=2, all=10) for b in fresh.button)
    for turn in range(2, 11):
        press(app, say("games.beat-em.turn", turn=turn, all=10))
    press(app, say("games.finish"))
    assert "turns" not in app.query_params
    assert f"{0:.0f} of 100 points" in texts(app)


def test_sick_runs_are_accused_and_judged():
    say = words("en")
    app = opened(game="degenerate", seed="0")
    dealt = play("degenerate", 0).rounds[0]
    app.checkbox(key=f"game.degenerate.0.0.{dealt.sick}").check().run()
    app.radio(key="game.degenerate.0.0.ill").set_value(dealt.health[dealt.sick].ills[0]).run()
    app.radio(key="game.degenerate.0.0.remedy").set_value("restart").run()
    press(app, say("games.answer"))
    assert say("games.points", points=100) in texts(app)


@pytest.mark.parametrize(
    "query",
    [
        {"game": "<script>"},
        {"game": "pick-k", "seed": "-1"},
        {"game": "pick-k", "seed": "9" * 400},
        {"game": "pick-k", "seed": "²"},
        {"game": "e-step", "answers": "zzz"},
        {"game": "e-step", "answers": links.pack({"a": 1})},
        {"game": "beat-em", "turns": links.pack([{"weights": [1]}])},
    ],
)
def test_nonsense_in_the_address_opens_something_sensible(query):
    opened(**query)
