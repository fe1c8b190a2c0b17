"""Who hears of the steps of a fit: what `verbose` prints, and any other watch."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from mixtura.em import Step

__all__ = ["Printer", "Watch", "watches", "watching"]


class Watch(ABC):
    """Hears of every run and every step of a fit."""

    @abstractmethod
    def start(self, number: int, last: Step | None) -> None:
        """Run `number`, from 0, begins, or goes on after its step `last` from a checkpoint."""

    @abstractmethod
    def found(self) -> None:
        """Its start has been found, and the first pass over the rows begins."""

    @abstractmethod
    def step(self, step: Step) -> None:
        """A step has been made."""


_watch: ContextVar[Watch | None] = ContextVar("_watch", default=None)


@contextmanager
def watching(watch: Watch) -> Iterator[None]:
    """Let `watch` hear of the fits that are made in this block, in this thread."""
    token = _watch.set(watch)
    try:
        yield
    finally:
        _watch.reset(token)


def watches(verbose: int, interval: int) -> tuple[Watch, ...]:
    """Those who want to hear of a fit that begins now."""
    printer = Printer(interval, verbose > 1) if verbose else None
    return tuple(watch for watch in (printer, _watch.get()) if watch is not None)


class Printer(Watch):
    """Prints a line for every start and for every `interval` iterations."""

    def __init__(self, interval: int, more: bool):
        self._interval = interval
        self._more = more  # the gain and the time too
        self._previous = 0.0
        self._since = time.perf_counter()

    def start(self, number: int, last: Step | None) -> None:
        self._previous = last.objective if last else 0.0
        print(f"Start {number}" + (f" goes on after iteration {last.iteration}" if last else ""))

    def found(self) -> None:
        self._since = time.perf_counter()

    def step(self, step: Step) -> None:
        gain = step.objective - self._previous
        self._previous = step.objective
        if step.iteration % self._interval:
            return
        line = f"  Iteration {step.iteration}"
        if self._more:
            seconds = time.perf_counter() - self._since
            line += f"  log-likelihood {step.log_likelihood:.6f}  time {seconds:.2f} s"
            line += f"  gain {gain:.6f}" if step.iteration else ""
        print(line)
