"""Aitken: the likelihood is within `tol` of where the steps to come would take it."""

from __future__ import annotations

from collections.abc import Sequence

from mixtura.stopping.rule import StoppingRule

__all__ = ["Aitken"]

_NEEDED = 3  # steps, for two gains


class Aitken(StoppingRule):
    """Aitken's estimate of the limit (Böhning, Dietz, Schaub, Schlattmann and Lindsay 1994).

    EM converges linearly: each gain is about a times the one before, so that the gains from the
    last step on add up to gain / (1 - a). A run has converged when that, the limit less the
    likelihood before the last step, is under `tol` (McNicholas, Murphy, McDaid and Frost 2010,
    section 3.4). While gains grow there is no limit in sight.
    """

    def close(self, likelihoods: Sequence[float], tol: float) -> bool:
        if len(likelihoods) < _NEEDED:
            return False
        first, second, third = likelihoods
        gain, before = third - second, second - first
        if gain <= 0.0:  # rounding is all there is
            return abs(gain) < tol
        return gain < before and gain / (1.0 - gain / before) < tol
