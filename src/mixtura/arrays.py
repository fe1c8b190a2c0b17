"""Which array library an array belongs to."""

from __future__ import annotations

from types import ModuleType
from typing import Any

__all__ = ["namespace"]


def namespace(array: Any) -> ModuleType:
    """The array-API namespace of `array`, such as the ``numpy`` module itself."""
    return array.__array_namespace__()
