"""Who is learning: a name that the browser keeps, and the file of progress that belongs to it."""

from __future__ import annotations

import uuid
from typing import Any
from urllib.parse import urlsplit

import streamlit as st

from mixtura.course.progress import Progress, default_path
from mixtura.exceptions import MixturaError
from mixtura.studio import parts
from mixtura.studio.language import Words

__all__ = ["ask_browser", "name", "progress", "rename"]

_LONGEST = 60
_HERE = ("127.0.0.1", "localhost", "::1")
_MINE = "me"  # the terminal's default too, so that both go on with the same cards
_SCRIPT = """
const KEY = "mixtura.learner";
export default function ({ data, setStateValue }) {
  let name = data.wanted ?? data.fallback;
  try {
    name = data.wanted ?? localStorage.getItem(KEY) ?? data.fallback;
    localStorage.setItem(KEY, name);
  } catch { /* no storage: the name lasts as long as the page */ }
  if (name !== data.known) setStateValue("learner", name);
}
"""


def ask_browser() -> None:
    """Hear from the browser's storage whose progress this is; told once a page."""
    state = st.session_state
    state.setdefault("learner.fallback", _fallback())
    told = st.components.v2.component("mixtura_learner", js=_SCRIPT)(
        key="learner-storage",
        data={
            "wanted": state.get("learner.wanted"),
            "fallback": state["learner.fallback"],
            "known": name(),
        },
        on_learner_change=lambda: None,
    )
    state["learner.name"] = state.get("learner.wanted") or _sensible(told.learner) or name()


def name() -> str:
    """Whose progress is kept."""
    state = st.session_state
    return str(state.get("learner.name") or state.get("learner.fallback", _MINE))


def rename(wanted: str) -> None:
    """Go on as somebody else, and let the browser remember it."""
    if _sensible(wanted):
        st.session_state["learner.wanted"] = wanted.strip()


def progress(say: Words) -> Progress:
    """The learner's progress; one that lasts as long as the page, and says so, if there is none."""
    try:
        return Progress(default_path(), name(), say.language)
    except MixturaError as error:
        parts.alarm(say("review.not_kept", reason=parts.why(say, error)))
        return Progress(":memory:", name(), say.language)


def _sensible(told: Any) -> str | None:
    return told.strip() if isinstance(told, str) and 0 < len(told.strip()) <= _LONGEST else None


def _fallback() -> str:
    """On the machine itself one person; anywhere else everybody is somebody of their own."""
    here = urlsplit(st.context.url or "//localhost").hostname in _HERE
    return _MINE if here else uuid.uuid4().hex
