"""Another project's tests, with the lines changed that are documented to be otherwise here."""

from __future__ import annotations

import re

__all__ = ["edited"]


def edited(source: str, edits: dict[str, tuple[str, str]]) -> str:
    """The source with every edit made; each must still have something to edit."""
    for reason, (pattern, replacement) in edits.items():
        source, times = re.subn(pattern, replacement, source)
        assert times, f"nothing is left to edit for: {reason}"
    return source
