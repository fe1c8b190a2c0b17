"""The stage: the one part of the studio that runs in the browser, mounted from Python."""

from __future__ import annotations

from mixtura.studio.stage.bundle import bundle, style
from mixtura.studio.stage.mount import Edit, read_edit, stage

__all__ = ["Edit", "bundle", "read_edit", "stage", "style"]
