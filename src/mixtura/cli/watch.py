"""What a fit and a selection say while they run: rate, log-likelihood, gain, time left."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from mixtura.cli.options import Talk
from mixtura.cli.progress import Progress, clock
from mixtura.em import Step
from mixtura.estimators import Watch
from mixtura.rows import listening

__all__ = ["FitWatch", "SelectionWatch", "iterations_left", "passes_shown"]


class Passes:
    """Passes over rows in a stream, counted and timed; called as `listening` calls."""

    def __init__(self) -> None:
        self.number = 0
        self.share = 0.0  # of the present pass that is done
        self.seconds = math.nan  # that a pass takes
        self.rate = math.nan  # rows per second
        self._begun = 0.0

    def __call__(self, done: int, rows: int | None) -> None:
        """So many rows of a pass have been read."""
        now = time.perf_counter()
        if not done:
            self.number, self.share, self._begun = self.number + 1, 0.0, now
            return
        seconds = max(now - self._begun, 1e-9)
        self.rate = done / seconds
        if rows:
            self.share = done / rows
            self.seconds = seconds / self.share

    def words(self) -> str:
        """The pass, and how far it has come."""
        return f"pass {self.number}" + (f", {self.share:.0%}" if self.share else "")


class PassWatch:
    """Shows how far the one pass of a command has come."""

    def __init__(self, progress: Progress):
        self._progress = progress
        self._passes = Passes()

    def __call__(self, done: int, rows: int | None) -> None:
        passes = self._passes
        passes(done, rows)
        if not done:
            return
        left = clock((1.0 - passes.share) * passes.seconds) + " left" if passes.share else ""
        self._progress.update(passes.words(), f"{passes.rate:,.0f} rows/s", left)


@contextmanager
def passes_shown(quiet: bool, progress: bool | None) -> Iterator[None]:
    """Show how far the pass has come that a command without a fit makes in this block."""
    with Progress(Talk(False, quiet, progress)) as shown, listening(PassWatch(shown)):
        yield


class FitWatch(Watch):
    """Shows every step of a fit and, of rows in a stream, how far a pass has come.

    Parameters
    ----------
    progress : Progress
        Where to show it.
    model : GaussianMixture
        What is fitted.
    n : int
        Rows, for the rate.
    """

    def __init__(self, progress: Progress, model: Any, n: int):
        self._progress = progress
        self._model = model
        self._n = n
        self._number = 0
        self._begun = 0.0  # when the pass over the rows began
        self._last = (-math.inf, math.nan)  # objective, gain
        self._passes = Passes()
        self._line: tuple[str, ...] = ()  # what the last step said
        self._left = math.nan  # passes to come
        self.where = ""  # how far the fit has come, in words

    def heard(self, done: int, rows: int | None) -> None:
        """So many rows of a pass over a stream have been read."""
        passes = self._passes
        passes(done, rows)
        if not done:
            return
        left = (self._left - passes.share) * passes.seconds
        self._progress.update(
            *self._line,
            passes.words(),
            f"{passes.rate:,.0f} rows/s",
            f"{clock(max(left, 0.0))} left" if math.isfinite(left) else "",
        )

    def start(self, number: int, last: Step | None) -> None:
        self._number = number + 1
        self._last = (-math.inf if last is None else last.objective, math.nan)
        if last is None:
            self.where = f"{self._run()}before its first iteration"
            self._line, self._left = (self._run().rstrip(", "), "looking for a start"), math.nan
            self._progress.update(*self._line, brief=True)
        else:
            self.where = f"{self._run()}after iteration {last.iteration}"
            self._progress.note(f"going on {self.where}")

    def found(self) -> None:
        self._begun = time.perf_counter()

    def step(self, step: Step) -> None:
        now = time.perf_counter()
        before, old_gain = self._last
        gain = step.objective - before
        most = self._model.max_iter - step.iteration
        left = iterations_left(gain, old_gain, self._model.tol, most)
        seconds = max(now - self._begun, 1e-9)
        self._begun, self._last = now, (step.objective, gain)
        self.where = f"{self._run()}after iteration {step.iteration}"
        self._left = left if step.iteration else math.nan
        self._line = (
            self._run().rstrip(", "),
            f"iteration {step.iteration}/{self._model.max_iter}",
            f"log-likelihood {step.log_likelihood:.6g}",
            f"gain {gain:.1e}" if math.isfinite(gain) else "",
        )
        self._progress.update(
            *self._line,
            self._passes.words() if self._passes.number else "",
            f"{self._n / seconds:,.0f} rows/s",
            f"{clock(left * seconds)} left" if step.iteration else "",
        )

    def _run(self) -> str:
        n_init = self._model.n_init
        return f"start {self._number}/{n_init}, " if n_init > 1 else ""


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
