"""Marks translations as of today's source: ``python -m mixtura.course.stamp em [BLOCK ...]``.

Run it after the translations have been read again, never before: the mark says that somebody did.
"""

from __future__ import annotations

import sys
from collections.abc import Collection

from mixtura.course.content import FOLDER, LANGUAGES, SOURCE, fingerprints, lesson, outline, overlay

__all__ = ["stamp"]

_MARK = "\nhashes:"


def stamp(name: str, blocks: Collection[str] = ()) -> None:
    """Write the hashes of the source into both overlays of a lesson, of `blocks` only if given."""
    source = lesson(name)
    file = next(place.file for place in outline() if place.id == source.id)
    now = fingerprints(source)
    for language in LANGUAGES:
        if language == SOURCE:
            continue
        before = overlay(file, language).get("hashes", {})
        hashes = {
            block: now[block] if not blocks or block in blocks else before.get(block, "")
            for block in now
        }
        path = FOLDER / "lessons" / f"{file}.{language}.yaml"
        text = path.read_text(encoding="utf-8").split(_MARK)[0].rstrip("\n")
        lines = "".join(f"\n  {block}: '{value}'" for block, value in hashes.items())
        path.write_text(f"{text}\n{_MARK}{lines}\n", encoding="utf-8")


if __name__ == "__main__":
    stamp(sys.argv[1], sys.argv[2:])
