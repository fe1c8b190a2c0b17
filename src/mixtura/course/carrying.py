"""Progress as one JSON document, to carry to another machine and join with what is there."""

from __future__ import annotations

import json
from typing import Any

from mixtura.course.memory import from_text
from mixtura.course.progress import Addition, Progress
from mixtura.exceptions import FileFormatError

__all__ = ["export", "join"]

_FORMAT = "mixtura-progress"
_COLUMNS = {
    "attempt": ("id", "lesson", "quiz", "chosen", "correct", "at"),
    "card_state": ("card", "state"),
    "review_log": ("id", "card", "rating", "at", "before", "after", "undone"),
    "lesson_progress": ("lesson", "block", "finished", "at"),
    "play": ("id", "game", "seed", "answers", "score", "at"),
}
_STATES = {"state", "before", "after"}  # columns that hold a card's state
# What is there already stays, except a card or a lesson that was seen later elsewhere.
_JOIN = {
    "attempt": "ON CONFLICT (id) DO NOTHING",
    "review_log": "ON CONFLICT (id) DO NOTHING",
    "play": "ON CONFLICT (id) DO NOTHING",
    "card_state": "ON CONFLICT (learner, card) DO UPDATE SET state = excluded.state WHERE "
    "coalesce(json_extract(excluded.state, '$.last_review'), '') > "
    "coalesce(json_extract(state, '$.last_review'), '')",
    "lesson_progress": "ON CONFLICT (learner, lesson) DO UPDATE SET block = excluded.block, "
    "finished = max(finished, excluded.finished), at = excluded.at WHERE excluded.at > at",
}


def export(progress: Progress) -> str:
    """All that is kept about the learner, as JSON."""
    tables = {
        table: [dict(zip(columns, row, strict=True)) for row in progress.rows(table, columns)]
        for table, columns in _COLUMNS.items()
    }
    return json.dumps({"format": _FORMAT, "version": 1, **tables}, ensure_ascii=False, indent=1)


def join(progress: Progress, text: str) -> int:
    """Add what `text` has and the file has not; reviews that were not there are counted.

    Raises
    ------
    FileFormatError
        If `text` is no export of progress; then nothing is changed.
    """
    document = _document(text)
    before = len(progress.rows("review_log", ("id",)))
    try:
        additions = [
            Addition(table, columns, _rows(document[table], columns), _JOIN[table])
            for table, columns in _COLUMNS.items()
        ]
    except (KeyError, TypeError) as error:
        raise _foreign(error) from error
    progress.add(additions)
    return len(progress.rows("review_log", ("id",))) - before


def _rows(records: list[dict[str, Any]], columns: tuple[str, ...]) -> list[tuple[Any, ...]]:
    for record in records:
        for name in _STATES & record.keys():
            if record[name] is not None:
                from_text(record[name])
    return [tuple(record[column] for column in columns) for record in records]


def _document(text: str) -> dict[str, Any]:
    try:
        document = json.loads(text)
    except ValueError as error:
        raise _foreign(error) from error
    if not isinstance(document, dict) or document.get("format") != _FORMAT:
        raise _foreign(ValueError("it does not say that it is one"))
    return document


def _foreign(error: Exception) -> FileFormatError:
    return FileFormatError(
        f"`text` must be progress that was exported, got something else ({error}); "
        "type: mixtura course --export FILE",
        key="no-progress",
    )
