"""Where to begin; the file's name is the public string."""

from __future__ import annotations

from mixtura.registry import Registry
from mixtura.starts.given import given
from mixtura.starts.nearest import cells, nearest
from mixtura.starts.start import Start

__all__ = ["STARTS", "Start", "cells", "given", "nearest"]

STARTS: Registry[Start] = Registry(
    __name__,
    Start,
    parameter="init_params",
    skip=("start", "nearest", "given"),
    spelled={"k-means++": "k_means_plusplus"},
)
