"""When to see a card again: FSRS as functions of a card's state and the clock, with no memory."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from mixtura.exceptions import FileFormatError, InvalidParameterError, import_extra

__all__ = [
    "RATINGS",
    "CardState",
    "as_text",
    "due",
    "forecast",
    "from_text",
    "lesson_strengths",
    "previews",
    "recall",
    "review",
    "strength",
]

RATINGS = {"again": 1, "hard": 2, "good": 3, "easy": 4}
_LEARNING = 1
_TIMES = ("due", "last_review")
_WEEK = timedelta(days=7)


class CardState(NamedTuple):
    """What is known about a learner's memory of one card; times are aware, in UTC."""

    card: str
    due: datetime
    state: int = _LEARNING  # 1 learning, 2 review, 3 relearning
    step: int | None = 0
    stability: float | None = None  # days until recall falls to 90 %
    difficulty: float | None = None  # 1 to 10
    last_review: datetime | None = None


def review(state: CardState, rating: str, now: datetime, fuzz: bool = False) -> CardState:
    """The state after a card was rated; `state` itself does not change.

    Parameters
    ----------
    state : CardState
        ``CardState(card, due=now)`` for a card never seen.
    rating : {"again", "hard", "good", "easy"}
    now : datetime
        Of the review, with its time zone.
    fuzz : bool, default False
        Spread due dates by a few per cent, so that cards learned together come apart.

    Raises
    ------
    InvalidParameterError
        If `rating` is another word, or `now` has no time zone.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> now = datetime(2026, 1, 1, tzinfo=UTC)
    >>> seen = review(CardState("em-e-and-m", due=now), "good", now)
    >>> (seen.due - now).total_seconds()
    600.0
    """
    if rating not in RATINGS:
        raise InvalidParameterError(f"`rating` must be one of {list(RATINGS)}, got {rating!r}")
    _check_aware(now)
    fsrs = _fsrs()
    scheduler = fsrs.Scheduler(enable_fuzzing=fuzz)
    card, _ = scheduler.review_card(_card(state), fsrs.Rating(RATINGS[rating]), now)
    return CardState(
        state.card,
        card.due,
        int(card.state),
        card.step,
        card.stability,
        card.difficulty,
        card.last_review,
    )


def previews(state: CardState, now: datetime) -> dict[str, CardState]:
    """What each of the four ratings would lead to, to show on the buttons."""
    return {rating: review(state, rating, now) for rating in RATINGS}


def recall(state: CardState, now: datetime) -> float:
    """Probability that the card is remembered at `now`; 0 if it was never seen."""
    _check_aware(now)
    return float(_fsrs().Scheduler().get_card_retrievability(_card(state), now))


def strength(state: CardState | None, now: datetime) -> float:
    """Probability that the card will be remembered a week from `now`; 0 if it was never seen."""
    return 0.0 if state is None else recall(state, now + _WEEK)


def lesson_strengths(
    cards_of: Mapping[str, Iterable[str]], states: Mapping[str, CardState], now: datetime
) -> dict[str, float]:
    """Mean strength of each lesson's cards; 0 for a lesson without cards."""
    found = {}
    for lesson, cards in cards_of.items():
        each = [strength(states.get(card), now) for card in cards]
        found[lesson] = sum(each) / len(each) if each else 0.0
    return found


def due(states: Iterable[CardState], now: datetime) -> tuple[CardState, ...]:
    """The states whose time has come, the longest overdue first."""
    _check_aware(now)
    waiting = (state for state in states if state.due <= now)
    return tuple(sorted(waiting, key=lambda state: (state.due, state.card)))


def forecast(states: Iterable[CardState], now: datetime, days: int = 14) -> tuple[int, ...]:
    """How many cards come due in each of the next `days`; what is overdue, in the first."""
    _check_aware(now)
    counts = [0] * days
    for state in states:
        day = max(0, (state.due - now) // timedelta(days=1))
        if day < days:
            counts[day] += 1
    return tuple(counts)


def as_text(state: CardState) -> str:
    """A state as JSON, to keep."""
    fields = state._asdict()
    for name in _TIMES:
        fields[name] = fields[name].astimezone(UTC).isoformat() if fields[name] else None
    return json.dumps(fields)


def from_text(text: str) -> CardState:
    """The state that `as_text` made `text` of.

    Raises
    ------
    FileFormatError
        If `text` is something else.
    """
    try:
        fields = json.loads(text)
        for name in _TIMES:
            fields[name] = datetime.fromisoformat(fields[name]) if fields[name] else None
        state = CardState(**fields)
        recall(state, state.due)
        return state
    except (AttributeError, KeyError, TypeError, ValueError, ArithmeticError) as error:
        raise FileFormatError(
            f"`text` must be the state of a card, got {str(text)[:80]!r}; "
            "take the file from: mixtura course --export FILE",
            key="no-progress",
        ) from error


def _card(state: CardState) -> Any:
    fsrs = _fsrs()
    return fsrs.Card(
        card_id=0,  # FSRS's own key; ours is the card's id
        state=fsrs.State(state.state),
        step=state.step,
        stability=state.stability,
        difficulty=state.difficulty,
        due=state.due.astimezone(UTC),
        last_review=state.last_review,
    )


def _check_aware(now: datetime) -> None:
    if now.utcoffset() is None:
        raise InvalidParameterError(
            f"`now` must have a time zone, got {now!r}; type: datetime.now(UTC)"
        )


def _fsrs() -> Any:
    return import_extra("fsrs", extra="course", purpose="spaced repetition")
