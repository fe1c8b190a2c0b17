"""What is on every screen: the title, the switch of languages, and the page's own language."""

from __future__ import annotations

import importlib
import json
from pathlib import Path
from typing import NamedTuple

import streamlit as st

from mixtura.studio import learner
from mixtura.studio.language import LANGUAGES, Words, guess, words

__all__ = ["SCREENS", "Screen", "choose_language", "open_screen"]

_PAGE = Path(__file__).with_name("page.mjs").read_text(encoding="utf-8")
_STYLE = Path(__file__).with_name("page.css").read_text(encoding="utf-8")


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
    texts = {
        f"--{name}": json.dumps(say(name), ensure_ascii=False) for name in ("upload", "screens")
    }
    own = "; ".join(f"{name}: {text}" for name, text in texts.items())
    st.html(f"<style>:root {{ {own} }}\n{_STYLE}</style>")
    component = st.components.v2.component("mixtura_language", js=_PAGE)
    component(key="page-language", data={"language": say.language, "texts": _own_words(say)})
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


def _own_words(say: Words) -> dict[str, str]:
    """Streamlit's own words, whatever language they stand in now, in the page's language."""
    every = [words(language).group("streamlit") for language in LANGUAGES]
    texts = say.group("streamlit")
    return texts | {each[key]: text for key, text in texts.items() for each in every}


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
