"""Cards come back when they should; nothing is lost in a crash, or with two windows open."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import threading
import zipfile
from datetime import UTC, datetime, timedelta

import fsrs
import pytest

from mixtura import course
from mixtura.course import carrying, memory
from mixtura.course.anki import write_deck
from mixtura.course.memory import CardState
from mixtura.course.progress import Progress
from mixtura.exceptions import FileAccessError, FileFormatError, InvalidParameterError

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "new" / "progress.sqlite"


def reviewed(*ratings, card="a", gap=DAY):
    state = CardState(card, due=NOW)
    for turn, rating in enumerate(ratings):
        state = memory.review(state, rating, NOW + turn * gap)
    return state


def test_reviews_are_those_of_fsrs():
    scheduler = fsrs.Scheduler(enable_fuzzing=False)
    card = fsrs.Card(due=NOW)
    state = CardState("a", due=NOW)
    for turn, rating in enumerate(["good", "good", "hard", "again", "easy"]):
        at = NOW + turn * 3 * DAY
        card, _ = scheduler.review_card(card, fsrs.Rating[rating.title()], at)
        state = memory.review(state, rating, at)
    assert (state.due, state.stability, state.difficulty) == (
        card.due,
        card.stability,
        card.difficulty,
    )


def test_previews_change_nothing_and_are_what_happens():
    state = reviewed("good", "good")
    shown = memory.previews(state, NOW + 5 * DAY)
    assert list(shown) == ["again", "hard", "good", "easy"]
    due = [shown[rating].due for rating in shown]
    assert due == sorted(due) and due[0] < due[-1]
    assert state == reviewed("good", "good")
    assert memory.review(state, "hard", NOW + 5 * DAY) == shown["hard"]


def test_strength_falls_with_time_and_rises_with_reviews():
    once, often = reviewed("good", "good"), reviewed("good", "good", "good", "easy", gap=4 * DAY)
    assert memory.strength(None, NOW) == 0.0
    assert memory.strength(CardState("a", due=NOW), NOW) == 0.0
    later = NOW + 30 * DAY
    assert 0.0 < memory.strength(once, later) < memory.strength(often, later) < 1.0
    assert memory.strength(once, later + 60 * DAY) < memory.strength(once, later)
    strengths = memory.lesson_strengths({"x": ["a", "b"], "y": []}, {"a": once}, later)
    assert strengths == {"x": memory.strength(once, later) / 2, "y": 0.0}


def test_the_forecast_counts_overdue_cards_today():
    states = [CardState("a", NOW - 9 * DAY), CardState("b", NOW), CardState("c", NOW + 2.5 * DAY)]
    states += [CardState("d", NOW + 99 * DAY)]
    assert memory.forecast(states, NOW, days=4) == (2, 0, 1, 0)
    assert [state.card for state in memory.due(states, NOW)] == ["a", "b"]


def test_bad_reviews_are_refused():
    with pytest.raises(InvalidParameterError, match="`rating` must be one of"):
        memory.review(CardState("a", due=NOW), "fine", NOW)
    with pytest.raises(InvalidParameterError, match="`now` must have a time zone"):
        memory.review(CardState("a", due=NOW), "good", datetime(2026, 1, 1))


def test_a_right_answer_enters_its_card_as_good_and_a_wrong_one_as_again(path):
    with Progress(path) as kept:
        right = kept.answer("em", "q", ("a",), True, "card-1", NOW)
        wrong = kept.answer("em", "q", ("b",), False, "card-2", NOW)
        assert right == memory.review(CardState("card-1", due=NOW), "good", NOW)
        assert wrong == memory.review(CardState("card-2", due=NOW), "again", NOW)
    with Progress(path) as again:
        assert again.states() == {"card-1": right, "card-2": wrong}


def test_undo_goes_back_review_by_review(path):
    with Progress(path) as kept:
        first = kept.review("a", "good", NOW)
        kept.review("b", "easy", NOW)
        kept.review("a", "again", NOW + DAY)
        assert kept.undo() == "a"
        assert kept.states()["a"] == first
        assert kept.undo() == "b"
        assert kept.states() == {"a": first}
        assert kept.undo() == "a"
        assert kept.undo() is None
        assert kept.states() == {}


def test_the_same_click_counts_once(path):
    with Progress(path) as one, Progress(path) as two:
        kept = one.review("a", "good", NOW, token="click")
        assert two.review("a", "good", NOW, token="click") == kept
        one.answer("em", "q", ("a",), True, "b", NOW, token="enter")
        two.answer("em", "q", ("a",), True, "b", NOW, token="enter")
        assert len(one.rows("review_log", ("id",))) == 2
        assert len(one.rows("attempt", ("id",))) == 1


def test_learners_do_not_see_each_other(path):
    with Progress(path, "ann") as ann, Progress(path, "bob") as bob:
        ann.review("a", "good", NOW)
        assert bob.states() == {}
        assert bob.undo() is None
        assert len(ann.states()) == 1


def test_two_windows_at_once_lose_nothing(path):
    Progress(path).close()
    turns, failed = 25, []

    def window(card):
        try:
            with Progress(path) as kept:
                for turn in range(turns):
                    kept.review("shared", "good", NOW + turn * DAY)
                    kept.review(card, "good", NOW + turn * DAY)
        except Exception as error:
            failed.append(error)

    threads = [threading.Thread(target=window, args=(card,)) for card in ("a", "b")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    with Progress(path) as kept:
        log = kept.rows("review_log", ("card", "before", "after"))
        assert len(log) == 4 * turns
        for card in ("shared", "a", "b"):  # every review began where the one before ended
            chain = [(before, after) for name, before, after in log if name == card]
            assert [before for before, _ in chain] == [None, *(after for _, after in chain[:-1])]
            assert kept.states()[card] == memory.from_text(chain[-1][1])


CRASH = """
import os, sys
from datetime import UTC, datetime
from mixtura.course.progress import Progress
now = datetime(2026, 1, 1, 12, tzinfo=UTC)
kept = Progress(sys.argv[1])
kept.review("a", "good", now)
keep = Progress._keep
Progress._keep = lambda *_: os._exit(9)  # the log is written, the state is not
kept.review("a", "again", now)
"""


def test_a_crash_in_the_middle_of_a_review_leaves_the_one_before(path):
    done = subprocess.run([sys.executable, "-c", CRASH, str(path)], env=os.environ)
    assert done.returncode == 9
    with Progress(path) as kept:
        assert kept.rows("review_log", ("rating",)) == [("good",)]
        assert kept.states()["a"] == memory.review(CardState("a", due=NOW), "good", NOW)
        kept.review("a", "again", NOW)  # and nothing is locked
        assert len(kept.rows("review_log", ("id",))) == 2


def test_the_file_is_in_wal_mode_with_its_tables(path):
    Progress(path).close()
    with sqlite3.connect(path) as db:
        assert db.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        found = db.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    names = {name for (name,) in found} - {"sqlite_sequence"}
    learnt = {"attempt", "card_state", "review_log", "lesson_progress", "play"}
    assert names == {"learner"} | learnt


def test_reading_is_remembered_and_stays_finished(path):
    with Progress(path) as kept:
        kept.reached("em", "em-recap", finished=True)
        kept.reached("em", "by-hand")
        assert kept.read() == {"em": ("by-hand", True)}


def test_progress_travels_and_joins(tmp_path):
    with Progress(tmp_path / "a") as a, Progress(tmp_path / "b") as b:
        a.review("x", "good", NOW)
        a.answer("em", "q", ("a",), True, "y", NOW)
        a.reached("em", "by-hand")
        b.review("x", "easy", NOW + DAY)  # later than a's
        later = b.states()["x"]
        document = carrying.export(a)
        assert carrying.join(b, document) == 2
        assert carrying.join(b, document) == 0
        assert b.states() == {"x": later, "y": a.states()["y"]}
        assert b.read() == a.read()
        assert json.loads(carrying.export(a))["format"] == "mixtura-progress"


@pytest.mark.parametrize(
    "spoil",
    [
        lambda d: "no JSON",
        lambda d: "[]",
        lambda d: json.dumps({**d, "format": "other"}),
        lambda d: json.dumps({k: v for k, v in d.items() if k != "attempt"}),
        lambda d: json.dumps({**d, "card_state": [{"card": "z", "state": '{"due": 3}'}]}),
        lambda d: json.dumps({**d, "card_state": [{"card": "z", "state": 3}]}),
        lambda d: json.dumps({**d, "review_log": [{"id": "only"}]}),
    ],
)
def test_a_foreign_file_joins_nothing(path, spoil):
    with Progress(path) as kept:
        kept.review("x", "good", NOW)
        before = carrying.export(kept)
        with pytest.raises(FileFormatError):
            carrying.join(kept, spoil(json.loads(before)))
        assert carrying.export(kept) == before


def test_files_that_are_no_progress_are_named(tmp_path):
    (tmp_path / "text").write_text("not a data base, however long it is" * 20)
    with pytest.raises(FileFormatError, match="`path` must be a file of progress"):
        Progress(tmp_path / "text")
    with pytest.raises(FileAccessError, match="`path` must be"):
        Progress(tmp_path / "text" / "progress.sqlite")
    with pytest.raises(FileAccessError, match="`path` must be"):
        Progress(tmp_path)


def test_a_deck_for_anki_keeps_its_ids(tmp_path):
    import re

    for name in ("one", "two"):
        assert write_deck(tmp_path / f"{name}.apkg", "en") == len(course.cards("en"))
    notes = []
    for name in ("one", "two"):
        with zipfile.ZipFile(tmp_path / f"{name}.apkg") as package:
            package.extract("collection.anki2", tmp_path)
        with sqlite3.connect(tmp_path / "collection.anki2") as db:
            notes.append(db.execute("SELECT guid, flds FROM notes ORDER BY guid").fetchall())
    assert notes[0] == notes[1]
    assert len({guid for guid, _ in notes[0]}) == len(course.cards())
    text = "".join(fields for _, fields in notes[0])
    assert r"\(r_{ik}\)" in text and "<b>" in text and "$" not in text
    assert not re.search(r"\*\*", text)
