"""A script in a fresh interpreter, and the number it prints."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping

__all__ = ["number_from"]


def number_from(script: str, *arguments: object, env: Mapping[str, str] | None = None) -> float:
    """Run Python source with arguments in a process of its own; its last line is the number.

    Raises
    ------
    RuntimeError
        If the script fails, with what it wrote to standard error.
    """
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", script, *map(str, arguments)],
        env={**os.environ, **(env or {})},
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise RuntimeError(done.stderr)
    return float(done.stdout.split()[-1])
