"""The command line: ``mixtura select faithful -k 1:9``."""

from __future__ import annotations

from mixtura.cli.group import main

__all__ = ["main"]
