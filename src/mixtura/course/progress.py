"""What a learner has done, kept in SQLite: every change is one transaction, whole or not at all."""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import click

from mixtura.course import memory
from mixtura.course.database import Database
from mixtura.course.memory import CardState, as_text, from_text

__all__ = ["Addition", "Best", "Progress", "default_path"]


def default_path() -> Path:
    """Where progress is kept unless told: ``MIXTURA_PROGRESS``, or the user's own folder."""
    named = os.environ.get("MIXTURA_PROGRESS")
    return Path(named) if named else Path(click.get_app_dir("mixtura")) / "progress.sqlite"


class Best(NamedTuple):
    """The best play of a game: what it was dealt from, and what was answered."""

    seed: int
    answers: list[Any]  # JSON
    score: float  # 0 to 100


class Addition(NamedTuple):
    """Rows for a table, and what SQL does where one is there already."""

    table: str
    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]
    conflict: str


class Progress:
    """A learner's progress; several may be open on one file at once, in any process.

    Parameters
    ----------
    path : path-like
        The SQLite file; made, with its folder, if it is not there.
    learner : str, default "me"
        Whose progress.
    language : str, default "zh-Hans"
        Noted when the learner is new.

    Raises
    ------
    FileAccessError
        If the file cannot be opened or written.
    FileFormatError
        If it is not a file of progress.
    """

    def __init__(
        self, path: str | os.PathLike[str], learner: str = "me", language: str = "zh-Hans"
    ):
        self.learner = learner
        self._db = Database(path)
        self._db.change(
            "INSERT OR IGNORE INTO learner VALUES (?, ?, ?)", (learner, language, _text(_now()))
        )

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    @property
    def path(self) -> Path:
        """The file."""
        return self._db.path

    def states(self) -> dict[str, CardState]:
        """Every card that was seen, by its id."""
        found = self._db.rows(
            "SELECT card, state FROM card_state WHERE learner = ?", (self.learner,)
        )
        return {card: from_text(text) for card, text in found}

    def review(
        self, card: str, rating: str, now: datetime | None = None, token: str | None = None
    ) -> CardState:
        """Rate a card and keep what follows, together with the log.

        The rating applies to the card as the file has it at this moment, so that of two windows
        neither undoes the other. The same `token` counts once, however often it is sent.
        """
        with self._db.transaction():
            return self._review(card, rating, now or _now(), token or uuid.uuid4().hex)

    def review_as_seen(
        self, card: str, rating: str, seen: int, now: datetime | None = None
    ) -> CardState | None:
        """Rate a card that was shown when it had `seen` reviews.

        If it has been reviewed since, as in another window or by a second click, nothing is
        changed and None returned.
        """
        with self._db.transaction():
            if self._count(card) != seen:
                return None
            return self._review(card, rating, now or _now(), uuid.uuid4().hex)

    def answer(
        self,
        lesson: str,
        quiz: str,
        chosen: tuple[str, ...],
        correct: bool,
        card: str,
        now: datetime | None = None,
        token: str | None = None,
    ) -> CardState:
        """Keep an answer; a wrong one enters its card as again, a right one as good."""
        at, token = now or _now(), token or uuid.uuid4().hex
        with self._db.transaction():
            row = (token, self.learner, lesson, quiz, json.dumps(chosen), int(correct), _text(at))
            self._db.change("INSERT OR IGNORE INTO attempt VALUES (?, ?, ?, ?, ?, ?, ?)", row)
            return self._review(card, "good" if correct else "again", at, token)

    def reviews(self, card: str) -> int:
        """How often a card was reviewed, reviews that were taken back included."""
        return self._count(card)

    def undo(self) -> str | None:
        """Take the last review back, and say of which card; None where there is none."""
        with self._db.transaction():
            last = self._db.row(
                "SELECT number, card, before FROM review_log WHERE learner = ? AND undone = 0 "
                "ORDER BY number DESC LIMIT 1",
                (self.learner,),
            )
            if last is None:
                return None
            number, card, before = last
            self._db.change("UPDATE review_log SET undone = 1 WHERE number = ?", (number,))
            if before is None:
                self._db.change(
                    "DELETE FROM card_state WHERE learner = ? AND card = ?", (self.learner, card)
                )
            else:
                self._keep(card, before)
            return str(card)

    def reached(self, lesson: str, block: str, finished: bool = False) -> None:
        """Remember how far a lesson was read; finished once is finished."""
        self._db.change(
            "INSERT INTO lesson_progress VALUES (?, ?, ?, ?, ?) "
            "ON CONFLICT (learner, lesson) DO UPDATE SET block = excluded.block, "
            "finished = max(finished, excluded.finished), at = excluded.at",
            (self.learner, lesson, block, int(finished), _text(_now())),
        )

    def read(self) -> dict[str, tuple[str, bool]]:
        """How far each lesson was read, and whether to its end."""
        found = self._db.rows(
            "SELECT lesson, block, finished FROM lesson_progress WHERE learner = ?",
            (self.learner,),
        )
        return {lesson: (block, bool(finished)) for lesson, block, finished in found}

    def played(
        self, game: str, seed: int, answers: Sequence[Any], score: float, token: str | None = None
    ) -> None:
        """Keep a game that was played to its end; the same `token` counts once."""
        row = (token or uuid.uuid4().hex, self.learner, game, seed)
        self._db.change(
            "INSERT OR IGNORE INTO play VALUES (?, ?, ?, ?, ?, ?, ?)",
            (*row, json.dumps(list(answers)), float(score), _text(_now())),
        )

    def bests(self) -> dict[str, Best]:
        """The best play of every game, the first of equal ones."""
        found = self._db.rows(
            "SELECT game, seed, answers, score FROM play WHERE learner = ? ORDER BY score, at DESC",
            (self.learner,),
        )
        return {game: Best(seed, json.loads(given), score) for game, seed, given, score in found}

    def rows(self, table: str, columns: tuple[str, ...]) -> list[tuple[Any, ...]]:
        """What a table holds about the learner."""
        order = "number" if table == "review_log" else "rowid"
        return self._db.rows(
            f"SELECT {', '.join(columns)} FROM {table} WHERE learner = ? ORDER BY {order}",
            (self.learner,),
        )

    def add(self, additions: Sequence[Addition]) -> None:
        """Add rows about the learner to several tables, all or none."""
        with self._db.transaction():
            for table, columns, rows, conflict in additions:
                marks = ", ".join("?" * (len(columns) + 1))
                self._db.change(
                    f"INSERT INTO {table} (learner, {', '.join(columns)}) VALUES ({marks}) "
                    f"{conflict}",
                    *((self.learner, *row) for row in rows),
                )

    def _review(self, card: str, rating: str, at: datetime, token: str) -> CardState:
        known = self._db.row("SELECT after FROM review_log WHERE id = ?", (token,))
        if known is not None:
            return from_text(known[0])
        found = self._db.row(
            "SELECT state FROM card_state WHERE learner = ? AND card = ?", (self.learner, card)
        )
        before = found[0] if found else None
        state = from_text(before) if before else CardState(card, due=at)
        after = memory.review(state, rating, at)
        row = (token, self.learner, card, rating, _text(at), before, as_text(after))
        self._db.change(
            "INSERT INTO review_log (id, learner, card, rating, at, before, after) "
            "VALUES (?, ?, ?, ?, ?, ?, ?)",
            row,
        )
        self._keep(card, as_text(after))
        return after

    def _count(self, card: str) -> int:
        ((count,),) = self._db.rows(
            "SELECT count(*) FROM review_log WHERE learner = ? AND card = ?", (self.learner, card)
        )
        return int(count)

    def _keep(self, card: str, state: str) -> None:
        self._db.change(
            "INSERT OR REPLACE INTO card_state VALUES (?, ?, ?)", (self.learner, card, state)
        )


def _now() -> datetime:
    return datetime.now(UTC)


def _text(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()
