"""A report of a fitted mixture: one self-contained HTML file, and its figures as PNG."""

from __future__ import annotations

from mixtura.report.figures import figures, write_figures
from mixtura.report.page import write

__all__ = ["figures", "write", "write_figures"]
