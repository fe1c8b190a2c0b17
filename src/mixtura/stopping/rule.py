"""The abstract stopping rule: likelihoods of the last steps to a verdict."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence

__all__ = ["StoppingRule"]


class StoppingRule(ABC):
    """When a run has converged. The file's name is the string that users type."""

    @abstractmethod
    def close(self, likelihoods: Sequence[float], tol: float) -> bool:
        """Whether the last step is close enough to the end.

        `likelihoods` are the mean log-likelihoods of the last steps, at most three and the latest
        last, in nats; `tol` likewise.
        """
