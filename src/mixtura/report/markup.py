"""Values to HTML: every text escaped, every picture inside the page."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterable, Sequence
from html import escape
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["DPI", "Head", "Table", "details", "facts", "picture", "section", "table"]

DPI = 180


class Head(NamedTuple):
    """One heading of a table, over one column or over several that have `under` headings."""

    text: str
    under: tuple[str, ...] = ()


class Table(NamedTuple):
    """A table as text: the first cell of a row is its heading."""

    note: str
    heads: Sequence[Head]
    rows: Sequence[Sequence[str]]
    best: int | None = None  # the row to mark
    pairs: bool = False  # names and values, which wrap, rather than columns of numbers


def facts(pairs: Iterable[tuple[str, str]]) -> str:
    """Name and value, large, for the top of the page."""
    return "".join(
        f"<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>" for name, value in pairs
    )


def section(heading: str, content: Table, more: str = "") -> str:
    """A card with a heading and a table; `more` is HTML below it."""
    inside = f"<h2>{escape(heading)}</h2>{table(heading, content)}{more}"
    return f'<section class="{_card(wide=True)}">{inside}</section>'


def details(summary: str, body: str) -> str:
    """Something to unfold; `body` is HTML."""
    return f"<details><summary>{escape(summary)}</summary>{body}</details>"


def table(name: str, content: Table) -> str:
    """A table in a box of its own, which scrolls where the page is too narrow."""
    rows = "".join(_row(content, number, row) for number, row in enumerate(content.rows))
    note = f'<p class="note">{escape(content.note)}</p>' if content.note else ""
    kind = "pairs" if content.pairs else "columns"
    return (
        f'{note}<div class="scroll {kind}" role="region" tabindex="0" aria-label="{escape(name)}">'
        f"<table><caption>{escape(name)}</caption>"
        f"<thead>{_head(content.heads)}</thead><tbody>{rows}</tbody></table></div>"
    )


def picture(figure: Figure, heading: str, alt: str, caption: str, wide: bool) -> str:
    """A figure as a PNG inside the page, with what it shows in words."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=DPI)
    data = base64.b64encode(buffer.getvalue()).decode("ascii")
    image = f'<img alt="{escape(alt)}" src="data:image/png;base64,{data}">'
    boxed = (
        f'<div class="scroll" role="region" tabindex="0" aria-label="{escape(heading)}">'
        f"{image}</div>"
    )
    return (
        f'<figure class="{_card(wide)}"><h2>{escape(heading)}</h2>'
        f"{boxed if wide else image}<figcaption>{escape(caption)}</figcaption></figure>"
    )


def _card(wide: bool) -> str:
    return "card wide" if wide else "card"


def _head(heads: Sequence[Head]) -> str:
    rows = max(2 if head.under else 1 for head in heads)
    top = "".join(
        f'<th scope="colgroup" colspan="{len(head.under)}">{escape(head.text)}</th>'
        if head.under
        else f'<th scope="col" rowspan="{rows}">{escape(head.text)}</th>'
        for head in heads
    )
    under = "".join(f'<th scope="col">{escape(text)}</th>' for head in heads for text in head.under)
    return f"<tr>{top}</tr>" + (f"<tr>{under}</tr>" if under else "")


def _row(content: Table, number: int, row: Sequence[str]) -> str:
    first, *rest = row
    opening = '<td class="text">' if content.pairs else "<td>"
    cells = "".join(f"{opening}{escape(text)}</td>" for text in rest)
    best = ' class="best"' if number == content.best else ""
    return f'<tr{best}><th scope="row">{escape(first)}</th>{cells}</tr>'
