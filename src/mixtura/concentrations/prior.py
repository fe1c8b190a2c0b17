"""The abstract prior of mixing proportions, conjugate to counts of rows."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TypeAlias

import numpy as np

__all__ = ["Concentration", "ConcentrationPrior"]

# Parameters of the posterior of the weights, in scikit-learn's shape.
Concentration: TypeAlias = np.ndarray | tuple[np.ndarray, np.ndarray]


class ConcentrationPrior(ABC):
    """What is believed of the weights. The file's name is the string that users type."""

    @abstractmethod
    def posterior(self, prior: float, counts: np.ndarray) -> Concentration:
        """Concentration after `counts` (k,) rows, from the parameter `prior` of the prior."""

    @abstractmethod
    def weights(self, concentration: Concentration) -> np.ndarray:
        """Expected weights (k,), which sum to 1."""

    @abstractmethod
    def log_weights(self, concentration: Concentration) -> np.ndarray:
        """Expected logarithms of the weights, (k,)."""

    @abstractmethod
    def log_evidence(self, prior: float, concentration: Concentration) -> float:
        """Log probability of the labels that led from `prior` to `concentration`, in nats."""

    @abstractmethod
    def draw(self, concentration: Concentration, random: np.random.RandomState) -> np.ndarray:
        """Weights (k,) drawn from the posterior."""
