"""The map of the course on a terminal: lessons, strengths, cards due, the fortnight to come."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from mixtura.cli.render import show, table

if TYPE_CHECKING:
    from mixtura.course.progress import Progress

__all__ = ["overview", "tell"]


def overview(kept: Progress, language: str) -> dict[str, Any]:
    """Facts of the map, for JSON and for `tell`."""
    from mixtura import course
    from mixtura.course import memory
    from mixtura.course.schema import Card

    now = datetime.now(UTC)
    states = kept.states()
    lessons = course.lessons(language)
    cards_of = {each.id: [card.id for card in each.of(Card)] for each in lessons}
    strengths = memory.lesson_strengths(cards_of, states, now)
    reached = kept.read()
    return {
        "language": language,
        "lessons": [
            {
                "id": place.id,
                "number": place.number,
                "title": each.title,
                "minutes": each.minutes,
                "after": list(place.after),
                "cards": len(cards_of[place.id]),
                "strength": strengths[place.id],
                "finished": reached.get(place.id, ("", False))[1],
            }
            for place, each in zip(course.outline(), lessons, strict=True)
        ],
        "due": [state.card for state in memory.due(states.values(), now)],
        "forecast": list(memory.forecast(states.values(), now)),
    }


def tell(facts: dict[str, Any], language: str) -> None:
    """Print the map."""
    from mixtura import course

    word = course.words(language)
    number = {each["id"]: each["number"] for each in facts["lessons"]}
    listing = table(
        "", word["lesson"], word["minutes"], word["needs"], word["strength"], left=(0, 1)
    )
    for each in facts["lessons"]:
        listing.add_row(
            f"{each['number']} {'✓' if each['finished'] else ' '}",
            each["title"],
            str(each["minutes"]),
            ", ".join(number[before] for before in each["after"]),
            f"{each['strength']:.0%}" if each["cards"] else "",
        )
    show(word["course"], listing, f"{word['due']}: {len(facts['due'])}")
