"""The abstract start: a first guess of which row belongs to which component."""

from __future__ import annotations

from abc import ABC, abstractmethod

import numpy as np

__all__ = ["Start"]


class Start(ABC):
    """Where a run of EM begins. The file's name is the string that users type."""

    @abstractmethod
    def assign(
        self,
        x: np.ndarray,
        weights: np.ndarray | None,
        k: int,
        random: np.random.RandomState,
    ) -> np.ndarray:
        """Labels (n,) int, or responsibilities (n, k), of rows `x` (n, d)."""
