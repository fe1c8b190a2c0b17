"""The address as memory: choices in the query of a page, and edits packed into a link."""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

__all__ = ["pack", "remembered", "unpack", "with_query"]

_LONGEST = 60_000  # characters of a packed edit, and of what comes out of it ten times that


def pack(value: Any) -> str:
    """A JSON value as a short text that fits into an address."""
    text = json.dumps(value, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(zlib.compress(text, 9)).decode().rstrip("=")


def unpack(text: str) -> Any:
    """The value of a packed text; None if it is none."""
    if len(text) > _LONGEST:
        return None
    try:
        packed = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        stream = zlib.decompressobj()
        plain = stream.decompress(packed, 10 * _LONGEST)
        return None if stream.unconsumed_tail else json.loads(plain)
    except (binascii.Error, zlib.error, ValueError, RecursionError):
        return None


def remembered(query: Any, name: str, allowed: Sequence[Any], default: Any) -> Any:
    """The value that a query gives a choice, if it is allowed."""
    found = query.get(name)
    return next((value for value in allowed if str(value) == found), default)


def with_query(address: str, query: dict[str, Any]) -> str:
    """An address with this query instead of its own."""
    return f"{address.split('?')[0]}?{urlencode(query)}"
