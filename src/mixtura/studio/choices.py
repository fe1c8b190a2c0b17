"""Widgets whose value is in the address, as a code that no language changes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from mixtura.studio.language import Words
from mixtura.studio.links import remembered

__all__ = ["number", "option", "toggle"]


def option(say: Words, screen: str, name: str, codes: Sequence[str], default: str) -> str:
    """One of several codes, shown by their texts ``choice.NAME_CODE``."""
    key = _begin(screen, name, codes, default)
    found = st.selectbox(
        say(f"choice.{name}"),
        codes,
        key=key,
        format_func=lambda code: say(f"choice.{name}_{code}"),
        width=190,
    )
    return str(_end(screen, name, found))


def number(say: Words, screen: str, name: str, low: int, high: int, default: int) -> int:
    """A whole number from `low` to `high`."""
    key = _begin(screen, name, range(low, high + 1), default)
    found = st.number_input(say(f"choice.{name}"), low, high, key=key, width=130)
    return int(_end(screen, name, found))


def toggle(say: Words, screen: str, name: str, default: bool = False) -> bool:
    """Yes or no."""
    key = _begin(screen, name, (False, True), default)
    return bool(_end(screen, name, st.toggle(say(f"choice.{name}"), key=key)))


def _begin(screen: str, name: str, allowed: Sequence[Any], default: Any) -> str:
    """The widget's key; its first value comes from the last visit, the address or the default."""
    key, kept = f"{screen}.{name}", f"kept.{screen}.{name}"
    if key not in st.session_state:
        default = st.session_state.get(kept, default)
        st.session_state[key] = remembered(st.query_params, name, allowed, default)
    return key


def _end(screen: str, name: str, value: Any) -> Any:
    """Keep a value for the next visit, and in the address."""
    st.session_state[f"kept.{screen}.{name}"] = value
    if st.query_params.get(name) != str(value):
        st.query_params[name] = str(value)
    return value
