"""One JSON document on standard output: plain values only, null where a number is missing."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

import click

__all__ = ["emit", "plain"]


def emit(document: Mapping[str, Any]) -> None:
    """Print `document` as JSON."""
    click.echo(json.dumps(plain(document), ensure_ascii=False, allow_nan=False))


def plain(value: Any) -> Any:
    """`value` in JSON's own kinds: arrays as lists, NaN and infinities as None."""
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if hasattr(value, "tolist"):  # NumPy's arrays and scalars
        return plain(value.tolist())
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
