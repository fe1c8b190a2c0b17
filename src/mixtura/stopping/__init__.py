"""When EM has gone on for long enough; the file's name is the public string."""

from __future__ import annotations

from mixtura.registry import Registry
from mixtura.stopping.rule import StoppingRule

__all__ = ["STOPPING", "StoppingRule"]

STOPPING: Registry[StoppingRule] = Registry(
    __name__, StoppingRule, parameter="stopping", skip=("rule",)
)
