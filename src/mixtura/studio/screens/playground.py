"""The playground: drag a mixture, draw points, and see what EM makes of them."""

from __future__ import annotations

import streamlit as st

from mixtura import course
from mixtura.studio.language import Words
from mixtura.studio.play import play

__all__ = ["show"]


def show(say: Words) -> None:
    """Draw the screen, with the ways on for those who come to learn and those who have data."""
    with st.container(horizontal=True):
        _way(say, "course", ":material/school:", lesson=course.names()[0])
        _way(say, "data", ":material/upload_file:")
    play(say, "playground")


def _way(say: Words, name: str, icon: str, **query: str) -> None:
    """A way on to another screen."""
    pages = st.session_state.get("pages", {})
    if name in pages:
        label, query = say(f"playground.to_{name}"), {"lang": say.language, **query}
        with st.container(key=f"to-{name}", width="content"):
            st.page_link(pages[name], label=label, icon=icon, query_params=query)
