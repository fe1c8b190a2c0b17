"""What screens are made of: a live sentence, an error, a plain table; text from files is text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

import streamlit as st

from mixtura.exceptions import MixturaError
from mixtura.studio.language import Words

__all__ = ["alarm", "summary", "table", "why"]

_LONGEST = 60  # letters of somebody's file in a message
_BOX = "margin:0 0 .6rem;padding:.6rem .9rem;border-radius:0 10px 10px 0;border-left:4px solid"


def summary(text: str) -> None:
    """One sentence that says what is to be seen, read out when it changes."""
    st.html(f'<p role="status" style="{_BOX} #0072B2;background:#F2F7FB">{escape(text)}</p>')


def alarm(text: str) -> None:
    """A message about something that cannot be used."""
    st.html(f'<p role="alert" style="{_BOX} #B3261E;background:#FDF1F0">{escape(text)}</p>')


def why(say: Words, error: MixturaError) -> str:
    """What is wrong in the page's language; in the library's English if no text has its key."""
    if not error.key:
        return str(error)
    values = {name: _short(value) for name, value in error.values.items()}
    return say(f"refused.{error.key}", **values)


def table(caption: str, head: Sequence[str], rows: Iterable[Sequence[Any]], mark: int = -1) -> None:
    """A table of plain text that scrolls by itself where it is wide; row `mark` is in bold."""
    body = "".join(
        f"<tr{' class=mark' if i == mark else ''}>{_cells(row)}</tr>" for i, row in enumerate(rows)
    )
    names = "".join(f'<th scope="col">{escape(name)}</th>' for name in head)
    st.html(
        f'<div class="studio-table" tabindex="0" role="region" aria-label="{escape(caption)}">'
        f"<table><caption>{escape(caption)}</caption>"
        f"<thead><tr>{names}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _short(value: Any) -> Any:
    return f"{value[:_LONGEST]}…" if isinstance(value, str) and len(value) > _LONGEST else value


def _cells(row: Sequence[Any]) -> str:
    first, *others = (escape(str(value)) for value in row)
    return f'<th scope="row">{first}</th>' + "".join(f"<td>{each}</td>" for each in others)
