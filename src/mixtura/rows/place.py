"""The abstract place: a kind of thing that rows are in, and how a store is made of it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from mixtura.rows.store import Rows

__all__ = ["Place", "Request"]


@dataclass(frozen=True)
class Request:
    """What an estimator wants of rows, and the checks that are its own."""

    array: Callable[[Any], np.ndarray]  # rows in memory, checked, names of columns too
    columns: Callable[[tuple[str, ...] | None, int], None]  # checks names, if any, and number
    weights: Callable[[int], np.ndarray | None] | None  # row weights of n rows; None: not wanted
    sample_weight: Any  # row weights as the user gave them
    picked: tuple[str, ...] | None  # columns to be picked by name; None for all
    n_jobs: int
    finite: bool = True  # whether a cell that is no finite number is refused, or nan or infinite


class Place(ABC):
    """One kind of thing that rows may be in. The file's name is the string that users type."""

    @abstractmethod
    def holds(self, X: Any) -> bool:
        """Whether `X` is a thing of this kind, as far as ``rows="auto"`` is concerned."""

    @abstractmethod
    def open(self, X: Any, request: Request) -> Rows:
        """The rows of `X`, which the user may have said are in this place."""
