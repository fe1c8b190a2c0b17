"""The studio: see, steer and compare Gaussian mixtures in a browser, in three languages."""

from __future__ import annotations

from mixtura.studio.server import serve

__all__ = ["serve"]
