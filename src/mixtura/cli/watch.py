"""What a fit and a selection say while they run: rate, log-likelihood, gain, time left."""

from __future__ import annotations

import math
import time
from typing import Any

from mixtura.cli.progress import Progress, clock

__all__ = ["FitWatch", "SelectionWatch", "iterations_left"]


class FitWatch:
    """A scikit-learn callback that shows every step of a fit.

    Parameters
    ----------
    progress : Progress
        Where to show it.
    n : int
        Rows, for the rate.
    """

    def __init__(self, progress: Progress, n: int):
        self._progress = progress
        self._n = n
        self._start = 0
        self._last = (0.0, -math.inf, math.nan)  # time, log-likelihood, gain

    def setup(self, estimator: Any, context: Any) -> None:
        """Nothing is needed before the fit."""

    def teardown(self, estimator: Any, context: Any) -> None:
        """Nor after it."""

    def on_fit_task_begin(self, estimator: Any, context: Any) -> None:
        """A new start is a new series of gains."""
        if context.task_name == "start":
            self._start += 1
            self._last = (time.perf_counter(), -math.inf, math.nan)

    def on_fit_task_end(
        self, estimator: Any, context: Any, *, metadata: dict[str, Any] | None = None
    ) -> None:
        """Show a step."""
        if context.task_name != "iteration" or metadata is None:
            return
        iteration, log_likelihood = metadata["iteration"], metadata["log_likelihood"]
        now = time.perf_counter()
        then, before, old_gain = self._last
        gain = log_likelihood - before
        self._last = (now, log_likelihood, gain)
        most = estimator.max_iter - iteration
        left = iterations_left(gain, old_gain, estimator.tol, most)
        seconds = max(now - then, 1e-9)
        self._progress.update(
            f"start {self._start}/{estimator.n_init}" if estimator.n_init > 1 else "",
            f"iteration {iteration}/{estimator.max_iter}",
            f"log-likelihood {log_likelihood:.6g}",
            f"gain {gain:.1e}" if math.isfinite(gain) else "",
            f"{self._n / seconds:,.0f} rows/s",
            f"{clock(left * seconds)} left" if iteration else "",
        )


def iterations_left(gain: float, old_gain: float, tol: float, most: int) -> int:
    """Iterations until the gain falls below `tol`, if it goes on to shrink at its present pace.

    EM converges linearly (Dempster, Laird and Rubin 1977, section 3), so gains fall by about
    the same factor from one iteration to the next. `most` is the answer where that says nothing.
    """
    if not (0 < gain < old_gain < math.inf and tol > 0):
        return most
    if gain <= tol:
        return min(1, most)
    return min(most, 1 + math.ceil(math.log(tol / gain) / math.log(gain / old_gain)))


class SelectionWatch:
    """Shows every candidate of a selection; called as `select` calls its `progress`."""

    def __init__(self, progress: Progress, criterion: str):
        self._progress = progress
        self._criterion = criterion
        progress.update("fitting the first mixture")

    def __call__(self, done: int, total: int, candidate: Any) -> None:
        """A candidate has been fitted."""
        pace = self._progress.elapsed / done
        self._progress.update(
            f"{done}/{total} mixtures",
            f"{candidate.covariance_type} {candidate.n_components}",
            f"log-likelihood {candidate.log_likelihood:.2f}",
            f"{self._criterion} {getattr(candidate, self._criterion):.6g}",
            f"{1 / pace:.1f} mixtures/s",
            f"{clock(pace * (total - done))} left",
        )
