"""Choosing the number of components and the covariance, for reasons one can defend."""

from __future__ import annotations

from mixtura.selection.search import select
from mixtura.selection.selection import Candidate, Selection
from mixtura.selection.selector import MixtureSelector

__all__ = ["Candidate", "MixtureSelector", "Selection", "select"]
