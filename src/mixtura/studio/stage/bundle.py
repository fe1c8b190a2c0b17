"""Joins the stage's JavaScript modules into the one that Streamlit asks for."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

__all__ = ["FOLDER", "bundle", "style"]

FOLDER = Path(__file__).parent
_ENTRY = "stage"
_IMPORT = re.compile(r'^import (\{[^}]*\}|\* as \w+) from "\./(\w+)\.mjs";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:function|const) (\w+))", re.MULTILINE)


@cache
def bundle() -> str:
    """One module whose default export is the stage's `show`."""
    parts: dict[str, str] = {}
    _collect(_ENTRY, parts)
    return "\n".join([*parts.values(), f"export default {_ENTRY}_module.show;", ""])


@cache
def style() -> str:
    """The stage's style sheet."""
    return (FOLDER / "stage.css").read_text(encoding="utf-8")


def _collect(name: str, parts: dict[str, str]) -> None:
    """Put a module into `parts`, as a constant that holds its exports, after all it imports."""
    text = (FOLDER / f"{name}.mjs").read_text(encoding="utf-8")
    for _, other in _IMPORT.findall(text):
        if other not in parts:
            _collect(other, parts)
    exports = ", ".join(_EXPORT.findall(text))
    body = _EXPORT.sub("", _IMPORT.sub(_destructured, text))
    parts[name] = f"const {name}_module = (() => {{\n{body}\nreturn {{ {exports} }};\n}})();"


def _destructured(found: re.Match[str]) -> str:
    names = found[1].removeprefix("* as ")
    return f"const {names} = {found[2]}_module;\n"
