"""The studio's Streamlit script: language, navigation, and the screen that was asked for."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import streamlit as st

from mixtura.studio.shell import SCREENS, choose_language, open_screen

ICON = Path(__file__).with_name("icon.svg")

say = choose_language()
st.set_page_config(page_title=say("title"), page_icon=ICON, layout="wide")
pages = {
    screen.name: st.Page(
        partial(open_screen, screen.name, say),
        title=say(f"{screen.name}.menu"),
        icon=screen.icon,
        url_path=screen.name,
        default=screen.name == "playground",
    )
    for screen in SCREENS
}
st.session_state.pages = pages  # for screens that lead to another
st.navigation(list(pages.values()), position="top").run()
