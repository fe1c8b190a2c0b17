"""Where rows live."""

from __future__ import annotations

from mixtura.rows.memory import MemoryRows
from mixtura.rows.store import Rows

__all__ = ["MemoryRows", "Rows"]
