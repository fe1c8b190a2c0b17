"""What can be taken from a screen: its script, its link, and the fitted model."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import streamlit as st

from mixtura import GaussianMixture
from mixtura.studio.language import Words
from mixtura.studio.links import with_query

__all__ = ["as_bytes", "code_box", "take_away"]


def take_away(
    say: Words,
    code: str,
    query: dict[str, Any],
    fitted: Callable[[], GaussianMixture] | None,
    screen: str,
) -> None:
    """Boxes with a copy button each, and the model as a file made when it is asked for.

    The link leads to `screen`, "" for the first, wherever this is shown.
    """
    with st.expander(say("take.code"), icon=":material/code:"):
        code_box(code)
    with st.expander(say("take.link"), icon=":material/link:"):
        st.code(
            with_query(urljoin(st.context.url or "", screen or "."), query),
            language=None,
            wrap_lines=True,
        )
        st.caption(say("take.link_note"))
    if fitted is not None:
        st.download_button(
            say("take.model"),
            lambda: as_bytes(fitted()),
            file_name="mixture.safetensors",
            icon=":material/download:",
            on_click="ignore",
        )


def code_box(code: str) -> None:
    """A script with its copy button."""
    st.code(code, language="python", height=340)


def as_bytes(mixture: GaussianMixture) -> bytes:
    """A mixture as its safetensors file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "mixture.safetensors"
        mixture.save(path)
        return path.read_bytes()
