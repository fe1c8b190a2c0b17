"""The cards as a deck for Anki."""

from __future__ import annotations

import html
import os
import re

from mixtura.course.content import cards, words
from mixtura.exceptions import import_extra
from mixtura.files import replacing

__all__ = ["write_deck"]

_MODEL = 1_623_847_105  # fixed, so that a deck imported again updates its notes
_DECKS = {"zh-Hans": 1_987_120_301, "zh-Hant": 1_987_120_302, "en": 1_987_120_303}
_CSS = ".card { font-family: sans-serif; font-size: 20px; text-align: left; margin: 1em; }"


def write_deck(path: str | os.PathLike[str], language: str = "zh-Hans") -> int:
    """Write all cards in a language to an .apkg file, and say how many.

    Raises
    ------
    FileAccessError
        If the file cannot be written.
    MissingExtraError
        If genanki is not installed.
    """
    genanki = import_extra("genanki", extra="course", purpose="a deck for Anki")
    name = words(language)["course"]
    model = genanki.Model(
        _MODEL,
        "Mixtura",
        fields=[{"name": "Front"}, {"name": "Back"}],
        templates=[
            {
                "name": "Card",
                "qfmt": "{{Front}}",
                "afmt": "{{FrontSide}}<hr id=answer>{{Back}}",
            }
        ],
        css=_CSS,
    )
    deck = genanki.Deck(_DECKS[language], f"Mixtura::{name}")
    for card in cards(language).values():
        fields = [_markup(card.front), _markup(card.back)]
        guid = genanki.guid_for("mixtura", language, card.id)
        deck.add_note(genanki.Note(model=model, fields=fields, guid=guid))
    with replacing(path) as temporary:
        genanki.Package(deck).write_to_file(str(temporary))
    return len(deck.notes)


def _markup(text: str) -> str:
    r"""HTML of a card's Markdown: bold, line breaks, and $...$ as \( \)."""
    parts = re.split(r"\$([^$]+)\$", html.escape(text.strip(), quote=False))
    formulas = (rf"\({part}\)" for part in parts[1::2])
    plain = (re.sub(r"\*\*([^*]+)\*\*", r"<b>\1</b>", part) for part in parts[::2])
    joined = "".join(piece for pair in zip(plain, [*formulas, ""], strict=True) for piece in pair)
    return joined.replace("\n", "<br>")
