"""Checks that lessons run: formulas, steps of derivations, what is said against what is so."""

from __future__ import annotations

from functools import cache

from mixtura.course.catalogue import Catalogue
from mixtura.course.evidence import Evidence

__all__ = ["CHECKS", "evidence"]

CHECKS = Catalogue(__name__, "check")


@cache
def evidence(name: str) -> Evidence:
    """What the check `name` finds; it is run once in a process, being the same every time."""
    found: Evidence = CHECKS[name]()
    return found
