"""Pictures of the lessons: each function draws on a stage and returns the numbers it shows."""

from __future__ import annotations

from mixtura.course.catalogue import Catalogue

__all__ = ["FIGURES"]

FIGURES = Catalogue(__name__, "function")
