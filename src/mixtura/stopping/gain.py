"""Gain: the last step has moved the likelihood by less than `tol`, scikit-learn's rule."""

from __future__ import annotations

from collections.abc import Sequence

from mixtura.stopping.rule import StoppingRule

__all__ = ["Gain"]


class Gain(StoppingRule):
    """What the last step gained, which says nothing of the steps to come."""

    def close(self, likelihoods: Sequence[float], tol: float) -> bool:
        return len(likelihoods) > 1 and abs(likelihoods[-1] - likelihoods[-2]) < tol
