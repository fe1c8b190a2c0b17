"""Kinds of values on the command line: ranges of numbers, lists of names, names in a registry."""

from __future__ import annotations

import importlib
import re
from typing import Any

import click

__all__ = ["Column", "Columns", "Count", "Counts", "Registered", "RegisteredList", "Size"]

# So many mixtures are never meant, but fill the memory.
_MOST = 10_000
# A number, the power of 1000 and, with an i, of 1024.
_SIZE = re.compile(r"(\d+(?:\.\d*)?) ?([kmgt]?)(i?)b?", re.IGNORECASE)
_POWERS = ("", "k", "m", "g", "t")


class Counts(click.ParamType):
    """``1:9``, ``1-9`` or ``1,2,5`` (or a mixture, ``1:3,6``) as a tuple of rising numbers."""

    name = "counts"

    def convert(self, value: Any, param: Any, ctx: Any) -> tuple[int, ...]:
        try:
            numbers = {n for part in value.split(",") for n in _span(part)}
        except ValueError:
            numbers = set()
        if not numbers or min(numbers) < 1:
            self.fail(
                f"{value!r} is not a range of at most {_MOST} counts from 1 up; "
                "type 1:9, 1-9 or 1,2,5."
            )
        return tuple(sorted(numbers))


class Count(click.ParamType):
    """A number from 1 up, or ``auto``."""

    name = "count"

    def convert(self, value: Any, param: Any, ctx: Any) -> int | str:
        return value if value == "auto" else click.IntRange(1).convert(value, param, ctx)


class Columns(click.ParamType):
    """``a,b`` or ``1,3`` as a tuple of names and 1-based numbers."""

    name = "columns"

    def convert(self, value: Any, param: Any, ctx: Any) -> tuple[str | int, ...]:
        parts = [part.strip() for part in value.split(",")]
        if not all(parts):
            self.fail(f"{value!r} has an empty name; type names or numbers such as a,b or 1,2.")
        return tuple(_column(part) for part in parts)


class Column(click.ParamType):
    """A name or a 1-based number."""

    name = "column"

    def convert(self, value: Any, param: Any, ctx: Any) -> str | int:
        return value if isinstance(value, int) else _column(value)


class Registered(click.ParamType):
    """A name of one of Mixtura's registries, which is imported only to check it."""

    name = "name"

    def __init__(self, module: str, attribute: str, *extra: str):
        self._module = module
        self._attribute = attribute
        self._extra = extra

    def names(self) -> list[str]:
        registry = getattr(importlib.import_module(self._module), self._attribute)
        return [*self._extra, *registry]

    def convert(self, value: Any, param: Any, ctx: Any) -> str:
        return click.Choice(self.names()).convert(value, param, ctx)


class RegisteredList(click.ParamType):
    """``full,tied`` or ``all`` as a tuple of names of a registry."""

    name = "names"

    def __init__(self, one: Registered):
        self._one = one

    def convert(self, value: Any, param: Any, ctx: Any) -> tuple[str, ...]:
        """Check every name."""
        if value == "all":
            return tuple(self._one.names())
        names = (part.strip() for part in value.split(","))
        return tuple(dict.fromkeys(self._one.convert(name, param, ctx) for name in names))


class Size(click.ParamType):
    """``500MB``, ``2GiB`` or a number of bytes as bytes."""

    name = "size"

    def convert(self, value: Any, param: Any, ctx: Any) -> int:
        found = _SIZE.fullmatch(str(value).strip())
        if found is None or not float(found[1]):
            self.fail(f"{value!r} is not a size; type 500MB, 2GB or 2GiB.")
        return int(
            float(found[1]) * (1024 if found[3] else 1000) ** _POWERS.index(found[2].lower())
        )


def _column(text: str) -> str | int:
    return int(text) if text.isdecimal() else text


def _span(part: str) -> range:
    """``3`` as 3 alone, ``3:5`` and ``3-5`` as 3, 4, 5."""
    first, _, last = part.replace("-", ":").partition(":")
    span = range(int(first), int(last or first) + 1)
    if span and span[-1] - span[0] >= _MOST:
        raise ValueError(f"more than {_MOST} counts")
    return span
