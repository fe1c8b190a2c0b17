"""What each form provides to the pass; each room of a form overloads these for its own tuple."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from numba import types
from numba.extending import overload

from mixtura.kernels._compiled.compile import INNER

__all__ = ["collect", "finish", "implements", "new_sums", "prepare", "score"]


def prepare(form, tiles):
    """Derived constants of a density and scratch of a thread, made once a call."""


def score(form, tools, block):
    """Log joint densities of the block's rows into `block.joint`."""


def new_sums(form):
    """Zero sums over rows."""


def collect(form, tools, block, weight, sums):
    """Add the block's rows to the sums, from normalised responsibilities."""


def finish(form, tools, sums):
    """The sums as counts, shift and scatter."""


def implements(function: Callable[..., Any], form: type) -> Callable[..., Any]:
    """Give `form`, a NamedTuple of arrays, its own version of one of the functions above."""

    def register(implementation: Callable[..., Any]) -> Callable[..., Any]:
        @overload(function, jit_options=INNER, strict=False)
        def choose(kind: types.Type, *rest: types.Type) -> Callable[..., Any] | None:
            return implementation if getattr(kind, "instance_class", None) is form else None

        return implementation

    return register
