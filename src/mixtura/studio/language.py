"""Languages and their texts: YAML catalogues, one a language, and a lookup that shows gaps."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

__all__ = ["LANGUAGES", "Words", "guess", "keys_of", "words"]

LANGUAGES = {"zh-Hans": "简体中文", "zh-Hant": "繁體中文", "en": "English"}
"""Code and own name of every language; the texts of one are in ``words/CODE.yaml``."""

_FALLBACK = "en"
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # as safe, and quicker where it is
_TRADITIONAL = ("hant", "tw", "hk", "mo")


@dataclass(frozen=True)
class Words:
    """The texts of one language, called with a key: ``say("stepper.title")``."""

    language: str

    def __call__(self, key: str, **values: Any) -> str:
        """The text of a key with its values put in; another language's, marked, if it lacks."""
        text = _texts(self.language).get(key)
        if text is None:
            text = f"{_texts(_FALLBACK).get(key, key)} [{_FALLBACK}]"
        return text.format(**values) if values else text

    def group(self, name: str) -> dict[str, str]:
        """All texts whose keys begin with ``name.``, without it."""
        keys = (key for key in keys_of(_FALLBACK) if key.startswith(f"{name}."))
        return {key.removeprefix(f"{name}."): self(key) for key in keys}


def words(language: str) -> Words:
    """The texts of a language; of the fallback, if there is no such language."""
    return Words(language if language in LANGUAGES else _FALLBACK)


def guess(locale: str | None) -> str:
    """The language for a browser's locale, such as ``zh-TW``."""
    parts = (locale or "").lower().replace("_", "-").split("-")
    if parts[0] != "zh":
        return _FALLBACK
    return "zh-Hant" if any(part in _TRADITIONAL for part in parts) else "zh-Hans"


@cache
def _texts(language: str) -> dict[str, str]:
    path = Path(__file__).parent / "words" / f"{language}.yaml"
    tree = yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER)
    return dict(_flat(tree, ""))


def keys_of(language: str) -> list[str]:
    """The keys that a language's catalogue has."""
    return list(_texts(language))


def _flat(tree: dict[str, Any], prefix: str) -> Any:
    for key, value in tree.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", str(value)
