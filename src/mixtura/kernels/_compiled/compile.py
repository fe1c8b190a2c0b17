"""How functions are compiled: without the interpreter's lock, and kept on disk where possible."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from numba import njit

__all__ = ["INNER", "compiled", "inlined"]


INNER = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}


def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile on first call; later processes read the machine code from the cache folder."""
    try:
        return njit(nogil=True, cache=True, error_model="numpy")(function)
    except RuntimeError:  # no folder that can be written to
        return njit(nogil=True, error_model="numpy")(function)


def inlined(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile into the functions that call it."""
    return njit(error_model="numpy", forceinline=True, **INNER)(function)
