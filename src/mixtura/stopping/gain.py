"""Gain: the last step has moved the likelihood by less than `tol`, scikit-learn's rule."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mixtura.stopping.rule import StoppingRule

__all__ = ["Gain"]

_NEEDED = 2  # steps, for a gain


class Gain(StoppingRule):
    """What the last step gained, which says nothing of the steps to come.

    Runs side by side, whose likelihoods are arrays, are close when all are.
    """

    def close(self, likelihoods: Sequence[float], tol: float) -> bool:
        if len(likelihoods) < _NEEDED:
            return False
        return bool(np.all(np.abs(likelihoods[-1] - likelihoods[-2]) < tol))
