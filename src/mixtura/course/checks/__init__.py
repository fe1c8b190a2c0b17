"""Checks that lessons run: formulas, steps of derivations, what is said against what is so."""

from __future__ import annotations

from functools import cache

from mixtura.course.catalogue import Catalogue
from mixtura.course.content import number_names, words
from mixtura.course.evidence import Evidence

__all__ = ["CHECKS", "evidence", "shown"]

CHECKS = Catalogue(__name__, "check")


@cache
def evidence(name: str) -> Evidence:
    """What the check `name` finds; it is run once in a process, being the same every time."""
    found: Evidence = CHECKS[name]()
    return found


def shown(name: str, language: str) -> str:
    """The numbers that the check `name` found, in words of `language`."""
    names = number_names(language)
    numbers = evidence(name).numbers
    found = [f"{names.get(key, key)} = {value:.6g}" for key, value in numbers.items()]
    return words(language)["comma"].join(found)
