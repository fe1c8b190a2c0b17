"""Where to begin; the file's name is the public string."""

from __future__ import annotations

from mixtura.registry import Registry
from mixtura.starts.cells import k_means, random_rows, seeds
from mixtura.starts.given import given
from mixtura.starts.moments import statistics_given
from mixtura.starts.nearest import nearest
from mixtura.starts.start import Start

__all__ = [
    "STARTS",
    "Start",
    "given",
    "k_means",
    "nearest",
    "random_rows",
    "seeds",
    "statistics_given",
]

STARTS: Registry[Start] = Registry(
    __name__,
    Start,
    parameter="init_params",
    skip=("start", "nearest", "given", "moments", "cells"),
    spelled={"k-means++": "k_means_plusplus"},
)
