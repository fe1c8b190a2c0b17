"""A file of SQLite for a learner's progress: opened safely, changed by whole transactions."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from mixtura.exceptions import FileAccessError, FileFormatError, MixturaError

__all__ = ["Database"]

_SCHEMA = """
CREATE TABLE IF NOT EXISTS learner (
    id TEXT PRIMARY KEY, language TEXT NOT NULL, since TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS attempt (
    id TEXT PRIMARY KEY, learner TEXT NOT NULL REFERENCES learner(id), lesson TEXT NOT NULL,
    quiz TEXT NOT NULL, chosen TEXT NOT NULL, correct INTEGER NOT NULL, at TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS card_state (
    learner TEXT NOT NULL REFERENCES learner(id), card TEXT NOT NULL, state TEXT NOT NULL,
    PRIMARY KEY (learner, card));
CREATE TABLE IF NOT EXISTS review_log (
    number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE,
    learner TEXT NOT NULL REFERENCES learner(id), card TEXT NOT NULL, rating TEXT NOT NULL,
    at TEXT NOT NULL, before TEXT, after TEXT NOT NULL, undone INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS lesson_progress (
    learner TEXT NOT NULL REFERENCES learner(id), lesson TEXT NOT NULL, block TEXT NOT NULL,
    finished INTEGER NOT NULL DEFAULT 0, at TEXT NOT NULL, PRIMARY KEY (learner, lesson));
CREATE TABLE IF NOT EXISTS play (
    id TEXT PRIMARY KEY, learner TEXT NOT NULL REFERENCES learner(id), game TEXT NOT NULL,
    seed INTEGER NOT NULL, answers TEXT NOT NULL, score REAL NOT NULL, at TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS review_of_learner ON review_log (learner, number);
PRAGMA user_version = 1;
"""


class Database:
    """Tables of progress; several connections may be open on one file at once, in any process.

    The file is made, with its folder, if it is not there. Errors of SQLite are raised as
    FileAccessError or FileFormatError, which name the file and another way.
    """

    def __init__(self, path: str | os.PathLike[str]):
        self.path = Path(path)
        with self._errors():
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(
                self.path, timeout=10.0, isolation_level=None, check_same_thread=False
            )
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = FULL")  # what was answered survives a power cut
            self._db.execute("PRAGMA foreign_keys = ON")
            self._db.executescript(_SCHEMA)

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    def rows(self, query: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """What a query finds."""
        with self._errors():
            return self._db.execute(query, values).fetchall()

    def row(self, query: str, values: Sequence[Any] = ()) -> tuple[Any, ...] | None:
        """The first row that a query finds, if there is one."""
        with self._errors():
            found: tuple[Any, ...] | None = self._db.execute(query, values).fetchone()
            return found

    def change(self, statement: str, *each: Sequence[Any]) -> None:
        """Run a statement with each of several rows of values."""
        with self._errors():
            self._db.executemany(statement, each)

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """Changes that no other connection can come between: all or none."""
        with self._errors():
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    @contextlib.contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except MixturaError:  # named already, inside a transaction
            raise
        except sqlite3.OperationalError as error:
            raise FileAccessError(
                f"`path` must be a file that progress can be kept in, got {str(self.path)!r}: "
                f"{error}; name another one: --progress FILE, or MIXTURA_PROGRESS",
                key="progress-disk",
                path=self.path,
            ) from error
        except sqlite3.DatabaseError as error:
            raise FileFormatError(
                f"`path` must be a file of progress, got {str(self.path)!r}: {error}; "
                "name another one: --progress FILE, or MIXTURA_PROGRESS",
                key="progress-foreign",
                path=self.path,
            ) from error
        except OSError as error:
            raise FileAccessError(
                f"`path` must be in a folder that can be written to, got {str(self.path)!r}: "
                f"{error.strerror}",
                key="progress-disk",
                path=self.path,
            ) from error
