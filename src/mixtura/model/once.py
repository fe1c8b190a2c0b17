"""Once: what a step asks a rule for twice is computed once."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

__all__ = ["once"]

T = TypeVar("T")


def once(method: Callable[[Any, Any], T]) -> Callable[[Any, Any], T]:
    """A method of one argument that keeps its last answer, for the very same argument."""
    name = f"_last_{method.__name__}"

    @wraps(method)
    def kept(self: Any, argument: Any) -> T:
        last = vars(self).get(name)
        if last is None or last[0] is not argument:
            last = vars(self)[name] = argument, method(self, argument)
        return last[1]

    return kept
