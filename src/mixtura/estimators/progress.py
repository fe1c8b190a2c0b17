"""What `verbose` prints: starts, iterations, gains."""

from __future__ import annotations

import time

from mixtura.em import Step

__all__ = ["Printer"]


class Printer:
    """Prints a line for every start and for every `interval` iterations, if `verbose`."""

    def __init__(self, verbose: int, interval: int):
        self._verbose = verbose
        self._interval = interval
        self._previous = 0.0
        self._since = time.perf_counter()

    def start(self, number: int) -> None:
        """A run begins."""
        self._since = time.perf_counter()
        if self._verbose:
            print(f"Start {number}")

    def step(self, step: Step) -> None:
        """A step has been made."""
        gain = step.log_likelihood - self._previous
        self._previous = step.log_likelihood
        if not self._verbose or step.iteration % self._interval:
            return
        line = f"  Iteration {step.iteration}"
        if self._verbose > 1:
            seconds = time.perf_counter() - self._since
            line += f"  log-likelihood {step.log_likelihood:.6f}  time {seconds:.2f} s"
            line += f"  gain {gain:.6f}" if step.iteration else ""
        print(line)
