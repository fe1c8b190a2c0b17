"""What is on every screen: the title, the switch of languages, and the page's own language."""

from __future__ import annotations

import importlib
from typing import NamedTuple

import streamlit as st

from mixtura.studio import learner
from mixtura.studio.language import LANGUAGES, Words, guess, words

__all__ = ["SCREENS", "Screen", "choose_language", "open_screen"]

_PAGE_LANGUAGE = """
export default function ({ data }) { document.documentElement.lang = data; }
"""
_STYLE = """
<style>
.stMainBlockContainer { padding-top: 4.2rem; padding-bottom: 3rem; max-width: 1320px; }
h1 { padding: 0 !important; font-size: 1.7rem !important; letter-spacing: -0.01em; }
h2, h3 { font-size: 1.25rem !important; padding: 0.4rem 0 !important; }
.stMain [data-testid=stCaptionContainer] p { color: #55606B; }
.katex-display { overflow-x: auto; overflow-y: hidden; padding: 0.2rem 0; }
.stMarkdown p { line-height: 1.6; }
.stMarkdown table { display: block; overflow-x: auto; max-width: 100%; }
.stMarkdown .katex { white-space: normal; }
.katex-display > .katex { white-space: nowrap; }
.studio-table { overflow-x: auto; }
.studio-table table { border-collapse: collapse; font-size: 0.9rem; }
.studio-table table { font-variant-numeric: tabular-nums; }
.studio-table caption { text-align: left; color: #47515E; padding-bottom: 0.3rem; }
.studio-table :is(th, td) { padding: 0.2rem 0.7rem; text-align: right; white-space: nowrap; }
.studio-table :is(th, td) { border-top: 1px solid #E8ECF0; }
.studio-table th[scope=row] { text-align: left; font-weight: 500; }
.studio-table .mark :is(th, td) { font-weight: 700; background: #EAF3FA; }
@media (max-width: 640px) {
  .stMainBlockContainer { padding-left: 0.9rem; padding-right: 0.9rem; }
}
</style>
"""


class Screen(NamedTuple):
    """A screen: the module of its name in ``screens/`` draws it."""

    name: str
    icon: str


SCREENS = (
    Screen("playground", ":material/scatter_plot:"),
    Screen("stepper", ":material/footprint:"),
    Screen("selection", ":material/query_stats:"),
    Screen("compare", ":material/compare:"),
    Screen("data", ":material/upload_file:"),
    Screen("course", ":material/school:"),
    Screen("review", ":material/style:"),
    Screen("games", ":material/stadia_controller:"),
)


def choose_language() -> Words:
    """The texts of the language chosen before, in the address, or by the browser's locale."""
    if "language" not in st.session_state:
        asked = st.query_params.get("lang")
        known = asked in LANGUAGES
        st.session_state.language = asked if known else guess(st.context.locale)
    return words(st.session_state.language)


def open_screen(name: str, say: Words) -> None:
    """Draw a screen under its title."""
    screen = importlib.import_module(f"mixtura.studio.screens.{name}")
    st.html(_STYLE)
    st.components.v2.component("mixtura_language", js=_PAGE_LANGUAGE)(
        key="page-language", data=say.language
    )
    learner.ask_browser()
    with st.container(horizontal=True, vertical_alignment="center"):
        title, lead = screen.heading(say) if hasattr(screen, "heading") else _heading(name, say)
        st.title(title, anchor=False, width="stretch")
        _switch(say)
    if lead:
        st.markdown(lead)
    screen.show(say)


def _heading(name: str, say: Words) -> tuple[str, str]:
    return say(f"{name}.title"), say(f"{name}.lead")


def _switch(say: Words) -> None:
    st.session_state.setdefault("language-switch", say.language)
    chosen = st.segmented_control(
        say("language"),
        list(LANGUAGES),
        format_func=LANGUAGES.__getitem__,
        key="language-switch",
        label_visibility="collapsed",
        required=True,
        width="content",
    )
    st.query_params["lang"] = say.language
    if chosen and chosen != say.language:
        st.session_state.language = chosen
        st.query_params["lang"] = chosen
        st.rerun()
