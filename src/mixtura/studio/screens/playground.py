"""The playground: drag a mixture, draw points, and see what EM makes of them."""

from __future__ import annotations

import streamlit as st

from mixtura.studio.language import Words
from mixtura.studio.play import play

__all__ = ["show"]


def show(say: Words) -> None:
    """Draw the screen, with the ways on for those who come to learn and those who have data."""
    pages = st.session_state.get("pages", {})
    with st.container(horizontal=True):
        for name, icon in (("course", ":material/school:"), ("data", ":material/upload_file:")):
            if name in pages:
                st.page_link(pages[name], label=say(f"playground.to_{name}"), icon=icon)
    play(say, "playground")
