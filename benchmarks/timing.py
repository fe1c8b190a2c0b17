"""How long: CPU and wall seconds, in turns, so that a noisy machine is unfair to nobody."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from statistics import median
from typing import Any, NamedTuple, TypeVar

import numpy as np

__all__ = ["Cost", "geometric_mean", "in_turns", "medians", "timed"]

T = TypeVar("T")

_SETTLE = 0.1  # seconds, until the BLAS threads of the last one measured stop spinning


class Cost(NamedTuple):
    """Seconds of all threads of this process, and on the clock."""

    cpu: float
    wall: float


def timed(action: Callable[[], Any]) -> tuple[Cost, Any]:
    """The cost of one call, and what it returned."""
    gc.collect()
    time.sleep(_SETTLE)
    cpu, wall = time.process_time(), time.perf_counter()
    result = action()
    return Cost(time.process_time() - cpu, time.perf_counter() - wall), result


def in_turns(things: Sequence[T], repeats: Iterable[int]) -> Iterator[tuple[int, T]]:
    """Every repeat has everything once, forwards and backwards in turn."""
    for repeat in repeats:
        for thing in things if repeat % 2 == 0 else reversed(things):
            yield repeat, thing


def geometric_mean(values: Iterable[float], weights: Sequence[float] | None = None) -> float:
    """Exp of the (weighted) mean logarithm."""
    return float(np.exp(np.average(np.log(list(values)), weights=weights)))


def medians(costs: Mapping[str, Sequence[Any]]) -> dict[str, dict[str, float]]:
    """The median of every field of costs (named tuples), by field and by what was measured."""
    fields = next(iter(costs.values()))[0]._fields
    return {
        field: {name: median(getattr(cost, field) for cost in all_) for name, all_ in costs.items()}
        for field in fields
    }
