"""The server's process: Streamlit, once what the first screen needs is in memory."""

from __future__ import annotations

import importlib

from streamlit.web import cli

from mixtura import course
from mixtura.studio.language import LANGUAGES, keys_of
from mixtura.studio.shell import SCREENS

__all__ = ["prepare"]


def prepare() -> None:
    """Import and read what would else be waited for in front of an empty page."""
    importlib.import_module(f"mixtura.studio.screens.{SCREENS[0].name}")
    course.names()
    for language in LANGUAGES:
        keys_of(language)


if __name__ == "__main__":
    prepare()
    cli.main(prog_name="streamlit")
