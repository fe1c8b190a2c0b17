"""Who hears how far a pass over rows in a stream has come."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

__all__ = ["listening", "tell"]

# Called with the rows that have been read, 0 at the beginning of a pass, and the rows there are,
# None where nobody has counted them.
Listener = Callable[[int, int | None], None]

_listener: ContextVar[Listener | None] = ContextVar("_listener", default=None)


@contextmanager
def listening(listener: Listener) -> Iterator[None]:
    """Let `listener` hear of the passes over streams that are made in this block and thread."""
    token = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(token)


def tell(done: int, rows: int | None) -> None:
    """So many rows of a pass have been read."""
    if (listener := _listener.get()) is not None:
        listener(done, rows)
