"""How functions are compiled: without the interpreter's lock, and kept on disk where possible."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from functools import cache
from importlib.resources import files
from typing import Any

from numba import njit

__all__ = ["INNER", "compiled", "inlined"]

# Options of functions that are only called by other compiled functions.
INNER = {"error_model": "numpy", "no_cpython_wrapper": True, "no_cfunc_wrapper": True}


def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile on first call; later processes read the machine code from the cache folder.

    Numba looks for changes in this function's file alone, so the name under which it keeps the
    machine code carries a checksum of every file that goes into it.
    """
    function.__qualname__ = f"{function.__name__}_{_checksum():08x}"
    try:
        return njit(nogil=True, cache=True, error_model="numpy")(function)
    except RuntimeError:  # no folder that can be written to
        return njit(nogil=True, error_model="numpy")(function)


def inlined(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile into the functions that call it."""
    return njit(forceinline=True, **INNER)(function)


@cache
def _checksum() -> int:
    """CRC of the sources in this folder."""
    sources = sorted(files(__package__).iterdir(), key=lambda file: file.name)
    return zlib.crc32(b"".join(s.read_bytes() for s in sources if s.name.endswith(".py")))
