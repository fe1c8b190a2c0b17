"""Pictures of a fitted mixture or of a selection; each function returns its matplotlib axes."""

from __future__ import annotations

from mixtura.plot.by_features import mixture
from mixtura.plot.curves import criteria, trace
from mixtura.plot.line import density
from mixtura.plot.matrix import pairs
from mixtura.plot.plane import contours, ellipses, regions
from mixtura.plot.space import ellipsoids

__all__ = [
    "contours",
    "criteria",
    "density",
    "ellipses",
    "ellipsoids",
    "mixture",
    "pairs",
    "regions",
    "trace",
]
