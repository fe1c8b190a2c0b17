"""The course: lessons as data in three languages, pictures, checks, and what is remembered."""

from __future__ import annotations

from mixtura.exceptions import import_extra

for _module in ("yaml", "pydantic"):
    import_extra(_module, extra="course", purpose="mixtura.course")

from mixtura.course.content import (  # noqa: E402  (after the packages that they need)
    LANGUAGES,
    SOURCE,
    cards,
    interleaved,
    lesson,
    lessons,
    names,
    number_names,
    outline,
    terms,
    words,
)

__all__ = [
    "LANGUAGES",
    "SOURCE",
    "cards",
    "interleaved",
    "lesson",
    "lessons",
    "names",
    "number_names",
    "outline",
    "terms",
    "words",
]
