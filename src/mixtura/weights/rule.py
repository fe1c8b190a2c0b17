"""The abstract weight rule: counts of rows to mixing proportions."""

from __future__ import annotations

from abc import ABC, abstractmethod

import numpy as np

__all__ = ["WeightRule"]


class WeightRule(ABC):
    """Mixing proportions of an M-step. The file's name is the string that users type."""

    @abstractmethod
    def estimate(self, counts: np.ndarray) -> np.ndarray:
        """Proportions (k,) that sum to 1, from responsibilities summed over rows (k,)."""

    @abstractmethod
    def n_parameters(self, k: int) -> int:
        """Number of free parameters among k proportions."""
