"""Where rows live."""

from __future__ import annotations

from mixtura.rows.memory import MemoryRows, one_blas_thread
from mixtura.rows.store import Rows

__all__ = ["MemoryRows", "Rows", "one_blas_thread"]
