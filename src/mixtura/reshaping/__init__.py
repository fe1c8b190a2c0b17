"""How many components: mergers, deletions and births that raise the exact bound."""

from __future__ import annotations

from mixtura.reshaping.descent import descended
from mixtura.reshaping.rounds import reshaped

__all__ = ["descended", "reshaped"]
