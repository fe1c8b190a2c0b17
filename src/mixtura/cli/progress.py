"""How far the work is, on one line of standard error that is written over."""

from __future__ import annotations

import math
import os
import sys
import time
from types import TracebackType
from typing import TextIO

from mixtura.cli.options import Talk
from mixtura.cli.render import width

__all__ = ["Progress", "clock"]

_EVERY_TERMINAL = 0.1  # seconds between two updates
_EVERY_FILE = 2.0
_CLEAR = "\r\x1b[2K"  # empties the line


class Progress:
    """A status line; nothing at all unless it is wanted and someone can see it.

    On a terminal the line is written over; elsewhere (``--progress`` into a file) every update
    is a line of its own, and they come less often.

    Parameters
    ----------
    talk : Talk
        The command's ``--quiet``, ``--json`` and ``--progress``.
    stream : text file, optional
        Standard error, if not given.
    """

    def __init__(self, talk: Talk, stream: TextIO | None = None):
        self._stream = sys.stderr if stream is None else stream
        self._terminal = self._stream.isatty() and os.environ.get("TERM") != "dumb"
        wanted = self._terminal if talk.progress is None else talk.progress
        self._talks = not talk.quiet and not talk.as_json
        self.shown = wanted and self._talks
        self._pause = _EVERY_TERMINAL if self._terminal else _EVERY_FILE
        self._last = -math.inf
        self.started = time.perf_counter()

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self.shown and self._terminal:
            self._write(_CLEAR)

    @property
    def elapsed(self) -> float:
        """Seconds since the work began."""
        return time.perf_counter() - self.started

    def update(self, *parts: str, brief: bool = False) -> None:
        """Show `parts` in place of what was there, unless that was only just written.

        What is `brief` may be followed at once, and is for a terminal only.
        """
        now = time.perf_counter()
        if not self.shown or now - self._last < self._pause or (brief and not self._terminal):
            return
        self._last = -math.inf if brief else now
        line = " · ".join(part for part in parts if part)
        if self._terminal:
            self._write(f"{_CLEAR}{line[: width() - 1]}")
        else:
            self._write(f"{line}\n")

    def note(self, text: str) -> None:
        """A line that stays, progress or no progress, unless the command is to be quiet."""
        if self._talks:
            self._write(f"{_CLEAR * (self.shown and self._terminal)}mixtura: {text}\n")

    def _write(self, text: str) -> None:
        self._stream.write(text)
        self._stream.flush()


def clock(seconds: float) -> str:
    """Seconds as ``m:ss`` or ``h:mm:ss``."""
    minutes, left = divmod(math.ceil(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{left:02}" if hours else f"{minutes}:{left:02}"
