"""Cards that are due, one after the other on a terminal."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from mixtura.cli.render import show

if TYPE_CHECKING:
    from mixtura.course.progress import Progress

__all__ = ["go_through"]


def go_through(kept: Progress, language: str) -> None:
    """Show every card that is due, turn it, and keep the rating; end of input ends it."""
    from rich.markdown import Markdown

    from mixtura import course
    from mixtura.course import memory
    from mixtura.course.plain import plain_text

    word = course.words(language)
    cards = course.cards(language)
    waiting = [state for state in memory.due(kept.states().values(), _now()) if state.card in cards]
    if not waiting:
        click.echo(word["nothing-due"])
    ratings = {str(number): rating for rating, number in memory.RATINGS.items()}
    for state in waiting:
        card = cards[state.card]
        show(Markdown(plain_text(card.front)))
        click.prompt(word["turn-card"], default="", show_default=False, prompt_suffix=" ")
        show(Markdown(plain_text(card.back)))
        typed = click.prompt(word["rate"], type=click.Choice(list(ratings)), show_choices=False)
        after = kept.review(state.card, ratings[typed])
        click.echo(f"{word['next-review']}: {after.due.astimezone():%Y-%m-%d %H:%M}\n")


def _now() -> datetime:
    return datetime.now(UTC)
