"""The layers that import-linter enforces are the ones that ARCHITECTURE.md draws."""

from __future__ import annotations

import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_the_contract_is_the_drawing():
    drawing = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8").split("## Layers")[1]
    drawn = drawing.split("```")[1].strip().splitlines()
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    (contract,) = settings["tool"]["importlinter"]["contracts"]
    enforced = [layer.replace("(", "").replace(")", "") for layer in contract["layers"]]
    assert enforced == drawn
