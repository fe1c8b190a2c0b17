"""Checks that lessons run: formulas, steps of derivations, what is said against what is so."""

from __future__ import annotations

from mixtura.course.catalogue import Catalogue

__all__ = ["CHECKS"]

CHECKS = Catalogue(__name__, "check")
