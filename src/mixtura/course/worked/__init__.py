"""Numbers that a reader works out by hand, computed."""

from __future__ import annotations

from mixtura.course.catalogue import Catalogue

__all__ = ["WORKED"]

WORKED = Catalogue(__name__, "compute")
