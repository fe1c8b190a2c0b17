"""Work on parts as they are read: a few ahead, on several threads, results in order."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

import numpy as np

__all__ = ["in_order"]

T = TypeVar("T")


def in_order(function: Callable[..., T], parts: Iterable[tuple], threads: int) -> Iterator[T]:
    """``function(*part)`` for every part, in order, at most ``2 * threads + 1`` parts in memory.

    This thread reads the parts while others compute. An error here or there, Ctrl-C or an
    iterator that is not exhausted drops what has not begun and waits for what has.
    """
    flight: deque[Future[T]] = deque()
    with ThreadPoolExecutor(threads) as pool:
        try:
            for part in parts:
                flight.append(pool.submit(_quietly, function, *part))
                if len(flight) > 2 * threads:
                    yield flight.popleft().result()
            while flight:
                yield flight.popleft().result()
        finally:
            for future in flight:
                future.cancel()


@np.errstate(over="ignore", invalid="ignore", divide="ignore")  # of rows far from all
def _quietly(function: Callable[..., T], *part: Any) -> T:
    return function(*part)
