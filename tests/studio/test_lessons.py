"""Lessons and cards on their screens: every block is drawn, every answer is kept at once."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

import pytest
from streamlit.testing.v1 import AppTest

from mixtura import course
from mixtura.course.progress import Progress
from mixtura.course.schema import Game
from mixtura.studio import knowledge
from mixtura.studio.games import GAMES
from mixtura.studio.knowledge import Node
from mixtura.studio.language import words
from mixtura.studio.lesson import pages


def open_one(name, language):
    from mixtura.studio.language import words
    from mixtura.studio.shell import open_screen

    open_screen(name, words(language))


def opened(name, language="en", **query):
    app = AppTest.from_function(open_one, args=(name, language), default_timeout=120)
    app.session_state.language = language
    for key, value in query.items():
        app.query_params[key] = value
    app.run()
    assert not app.exception
    return app


def press(app, label):
    next(button for button in app.button if button.label.startswith(label)).click().run()
    assert not app.exception
    return app


def test_every_block_is_on_one_page_and_pages_end_with_something_to_do():
    for lesson in course.lessons("en"):
        found = pages(lesson.blocks)
        assert [block for page in found for block in page] == list(lesson.blocks)
        assert all(len([b for b in page if b.type != "card"]) <= 6 for page in found)


@pytest.mark.parametrize("language", course.LANGUAGES)
def test_every_page_of_a_lesson_opens(language, kept):
    lesson = course.lesson("em", language)
    last = len(pages(lesson.blocks))
    for page in range(1, last + 1):
        app = opened("course", language, lesson="em", page=str(page))
        assert app.title[0].value == lesson.title
    with Progress(kept) as progress:
        assert progress.read()["em"] == (lesson.blocks[-1].id, True)


@pytest.mark.parametrize("query", [{"lesson": "<b>"}, {"lesson": "em", "page": "-3x"}])
def test_nonsense_in_the_address_opens_something_sensible(query, kept):
    opened("course", "en", **query)


def test_an_answer_is_kept_and_every_option_is_explained(kept):
    lesson = course.lesson("em", "en")
    quiz = next(block for block in lesson.blocks if block.type == "quiz")
    page = 1 + next(n for n, page in enumerate(pages(lesson.blocks)) if quiz in page)
    app = opened("course", "en", lesson="em", page=str(page))
    wrong = next(option for option in quiz.options if not option.correct)
    app.radio(key=f"radio.em.{quiz.id}").set_value(wrong.id)
    press(app, words("en")("games.answer"))
    told = " ".join(text.value for text in app.markdown)
    assert all(option.feedback in told for option in quiz.options)
    with Progress(kept) as progress:
        states = progress.states()
    assert set(states) == {quiz.card}
    assert states[quiz.card].due - datetime.now(UTC) < timedelta(minutes=5)


def test_a_card_is_turned_rated_and_taken_back(kept):
    say = words("en")
    app = press(opened("review"), say("review.turn"))
    card = next(iter(course.cards("en").values()))
    press(app, say("review.good"))
    with Progress(kept) as progress:
        assert set(progress.states()) == {card.id}
    press(app, say("review.undo"))
    with Progress(kept) as progress:
        assert not progress.states()


def test_two_windows_that_rate_the_same_card_count_once(kept):
    say = words("en")
    one, other = (press(opened("review"), say("review.turn")) for _ in range(2))
    press(one, say("review.good"))
    press(other, say("review.again"))
    with Progress(kept) as progress:
        assert len(progress.rows("review_log", ("id",))) == 1


def test_the_map_draws_what_builds_on_what():
    nodes = [
        Node("a", "1", "One & <one>", (), 0.5, True),
        Node("b", "2", "Two", ("a",), 0.0, False),
        Node("d", "4", "Four", ("b", "c"), 0.0, False),  # before one that it builds on
        Node("c", "3", "Three", ("a",), 0.0, False),
    ]
    assert [[n.id for n in row] for row in knowledge.layers(nodes)] == [["a"], ["b", "c"], ["d"]]
    drawn = knowledge.draw(nodes, "the map")
    svg = base64.b64decode(drawn.split("base64,")[1].split('"')[0])
    tags = [element.tag.split("}")[1] for element in ElementTree.fromstring(svg).iter()]
    assert tags.count("path") == 4
    assert tags.count("g") == 4


@pytest.mark.parametrize("language", course.LANGUAGES)
def test_lessons_call_the_games_what_the_games_call_themselves(language):
    """So that a reader who looks for one finds it."""
    say = words(language)
    found = [block for lesson in course.lessons(language) for block in lesson.of(Game)]
    assert {block.name for block in found} == set(GAMES)
    for block in found:
        assert say(f"games.{block.name}.title") in block.text
