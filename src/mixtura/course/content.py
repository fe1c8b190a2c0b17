"""Reads the course: the outline, the terms, and lessons in the language that is asked for."""

from __future__ import annotations

import copy
import hashlib
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import yaml

from mixtura.course.schema import Card, Lesson, Quiz, texts
from mixtura.exceptions import InvalidParameterError

__all__ = [
    "FOLDER",
    "LANGUAGES",
    "SOURCE",
    "Place",
    "cards",
    "fingerprints",
    "interleaved",
    "lesson",
    "lessons",
    "names",
    "number_names",
    "outline",
    "overlay",
    "terms",
    "words",
]

LANGUAGES = ("zh-Hans", "zh-Hant", "en")
SOURCE = "zh-Hans"  # the language that the others are checked against
FOLDER = Path(__file__).parent
_HEAD = "lesson"  # what stands for the lesson's own title, question and goals
_HASHES = "hashes"
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # as safe, and quicker where it is


class Place(NamedTuple):
    """Where a lesson stands in the course."""

    id: str
    file: str
    number: str
    after: tuple[str, ...]  # lessons to know before


def outline() -> tuple[Place, ...]:
    """The lessons in their order, with the edges of the map."""
    entries = _read(FOLDER / "course.yaml")["lessons"]
    return tuple(
        Place(each["id"], each["file"], str(each["number"]), tuple(each["after"]))
        for each in entries
    )


def names() -> tuple[str, ...]:
    """The ids of the lessons in their order."""
    return tuple(place.id for place in outline())


def terms(language: str = SOURCE) -> dict[str, str]:
    """The house's words: id -> what it is called in `language`."""
    _check_language(language)
    return {name: word[language] for name, word in _read(FOLDER / "terms.yaml").items()}


def words(language: str = SOURCE) -> dict[str, str]:
    """The words around lessons: headings, buttons, praise."""
    _check_language(language)
    return {name: word[language] for name, word in _read(FOLDER / "words.yaml").items()}


def number_names(language: str = SOURCE) -> dict[str, str]:
    """What the numbers of checks are called; symbols are the same everywhere and not here."""
    _check_language(language)
    return {name: word[language] for name, word in _read(FOLDER / "numbers.yaml").items()}


@cache
def lesson(name: str, language: str = SOURCE) -> Lesson:
    """A lesson in a language.

    Parameters
    ----------
    name : str
        Its id, number or file: ``"em"``, ``"3"`` or ``"03-em"``.
    language : {"zh-Hans", "zh-Hant", "en"}
        A text that is missing there is the source's, and the block is named in `missing`; a
        block whose source has changed since it was translated is named in `stale`.

    Raises
    ------
    InvalidParameterError
        If there is no such lesson or language.

    Examples
    --------
    >>> from mixtura import course
    >>> course.lesson("3", "en").id
    'em'
    """
    _check_language(language)
    place = _place(name)
    raw = _read(FOLDER / "lessons" / f"{place.file}.yaml")
    source = Lesson.model_validate(raw | {"id": place.id, "language": SOURCE})
    if language == SOURCE:
        return source
    return _translated(source, raw, overlay(place.file, language), language)


def lessons(language: str = SOURCE) -> tuple[Lesson, ...]:
    """All lessons in their order."""
    return tuple(lesson(name, language) for name in names())


def cards(language: str = SOURCE) -> dict[str, Card]:
    """All cards by id, in the order in which lessons give them."""
    return {card.id: card for each in lessons(language) for card in each.of(Card)}


def interleaved(language: str = SOURCE, seed: int = 0) -> tuple[tuple[str, Quiz], ...]:
    """All questions with their lessons, shuffled so that neighbours are of different lessons.

    Examples
    --------
    >>> from mixtura import course
    >>> asked = course.interleaved("en", seed=1)
    >>> any(one[0] == two[0] for one, two in zip(asked, asked[1:10]))
    False
    """
    random = Random(seed)
    waiting = {each.id: list(each.of(Quiz)) for each in lessons(language)}
    for quizzes in waiting.values():
        random.shuffle(quizzes)
    asked: list[tuple[str, Quiz]] = []
    while any(waiting.values()):
        last = asked[-1][0] if asked else ""
        rest = {name: len(quizzes) for name, quizzes in waiting.items() if quizzes}
        others = {name: count for name, count in rest.items() if name != last} or rest
        most = max(others.values())  # the fullest first, so that none is left over in a row
        chosen = random.choice([name for name, count in others.items() if count == most])
        asked.append((chosen, waiting[chosen].pop()))
    return tuple(asked)


def overlay(file: str, language: str) -> dict[str, Any]:
    """What a language writes over a lesson's texts: block id -> texts, and ``hashes``."""
    path = FOLDER / "lessons" / f"{file}.{language}.yaml"
    return _read(path) if path.exists() else {}


def fingerprints(source: Lesson) -> dict[str, str]:
    """A short hash of every block's texts, to see whether a translation is of today's."""
    parts = {_HEAD: source} | {block.id: block for block in source.blocks if block.type != "joke"}
    return {name: _hash(dict(texts(part))) for name, part in parts.items() if any(texts(part))}


def _translated(source: Lesson, raw: dict[str, Any], over: dict[str, Any], language: str) -> Lesson:
    made = copy.deepcopy(raw)
    missing, stale = set(), set()
    hashes = over.get(_HASHES, {})
    now = fingerprints(source)
    parts = {_HEAD: (source, made)} | {
        block.id: (block, into) for block, into in zip(source.blocks, made["blocks"], strict=True)
    }
    for name, (part, into) in parts.items():
        given = over.get(name, {})
        for path, _ in texts(part):
            text = _found(given, path.split("."))
            if text is None:
                missing.add(name)
            else:
                _put(into, path.split("."), text)
        if name in now and hashes.get(name) != now[name]:
            stale.add(name)
    return Lesson.model_validate(
        made | {"id": source.id, "language": language, "missing": missing, "stale": stale - missing}
    )


def _found(given: Any, path: list[str]) -> str | None:
    for key in path:
        if isinstance(given, list):
            given = given[int(key)] if int(key) < len(given) else None
        else:
            given = given.get(key) if isinstance(given, Mapping) else None
    return given if isinstance(given, str) else None


def _put(into: Any, path: list[str], text: str) -> None:
    *way, last = path
    for key in way:
        into = into[key] if isinstance(into, dict) else _item(into, key)
    into[last if isinstance(into, dict) else int(last)] = text


def _item(items: list[Any], key: str) -> Any:
    """The part with the id `key`."""
    return next(item for item in items if item["id"] == key)


def _hash(given: Mapping[str, str]) -> str:
    document = json.dumps(given, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(document.encode()).hexdigest()[:12]


def _place(name: str) -> Place:
    for place in outline():
        if name in place[:3]:
            return place
    raise InvalidParameterError(f"`lesson` must be one of {list(names())}, got {name!r}")


def _check_language(language: str) -> None:
    if language not in LANGUAGES:
        raise InvalidParameterError(
            f"`language` must be one of {list(LANGUAGES)}, got {language!r}"
        )


@cache
def _read(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER)
    return found
