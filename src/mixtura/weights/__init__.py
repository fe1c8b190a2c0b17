"""How an M-step turns counts into mixing proportions; the file's name is the public string."""

from __future__ import annotations

from mixtura.registry import Registry
from mixtura.weights.rule import WeightRule

__all__ = ["WEIGHTS", "WeightRule"]

WEIGHTS: Registry[WeightRule] = Registry(
    __name__, WeightRule, parameter="proportions", skip=("rule",)
)
