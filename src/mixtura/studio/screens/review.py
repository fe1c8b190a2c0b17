"""Review: the cards that are due, and the fortnight to come; every rating is kept at once."""

from __future__ import annotations

import tempfile
import uuid
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pandas as pd
import streamlit as st

from mixtura import course
from mixtura.course import carrying, memory
from mixtura.course.anki import write_deck
from mixtura.course.memory import CardState
from mixtura.course.progress import Progress
from mixtura.exceptions import MixturaError
from mixtura.studio import charts, learner, parts
from mixtura.studio.language import Words
from mixtura.studio.lesson import Reading, render

__all__ = ["show"]

_NEW = 10  # cards never seen that a sitting offers


def show(say: Words) -> None:
    """Draw the screen."""
    with learner.progress(say) as kept:
        _cards(say, kept)
        _questions(say)
        _forecast(say, kept)
        _carry(say, kept)


def _cards(say: Words, kept: Progress) -> None:
    now = datetime.now(UTC)
    known, states = course.cards(say.language), kept.states()
    waiting = [state for state in memory.due(states.values(), now) if state.card in known]
    fresh = [CardState(card, due=now) for card in known if card not in states]
    parts.summary(say("review.standing", due=len(waiting), new=len(fresh), all=len(known)))
    with st.container(horizontal=True, vertical_alignment="center"):
        new = st.toggle(say("review.new"), value=not states, key="review.new")
        if st.button(say("review.undo"), icon=":material/undo:", shortcut="u"):
            kept.undo()
            st.session_state["review.turned"] = None
            st.rerun()
    queue = waiting + (fresh[:_NEW] if new else [])
    if queue:
        _card(say, kept, queue[0], now)
    else:
        st.markdown(course.words(say.language)["nothing-due"])


def _card(say: Words, kept: Progress, state: CardState, now: datetime) -> None:
    card = course.cards(say.language)[state.card]
    with st.container(border=True, width=720, key="card"):
        st.markdown(card.front)
        if st.session_state.get("review.turned") != state.card:
            if st.button(say("review.turn"), type="primary", shortcut="space", width="stretch"):
                st.session_state["review.seen"] = kept.reviews(state.card)
                st.session_state["review.turned"] = state.card
                st.rerun()
            return
        st.divider()
        st.markdown(card.back)
        previews = memory.previews(state, now)
        for column, rating in zip(st.columns(4), memory.RATINGS, strict=True):
            number = memory.RATINGS[rating]
            label = f"{say(f'review.{rating}')} · {_span(say, previews[rating].due - now)}"
            if column.button(label, key=f"rate.{rating}", shortcut=str(number), width="stretch"):
                # From two windows that show the same card, a rating counts once.
                seen = st.session_state["review.seen"]
                if kept.review_as_seen(state.card, rating, seen, now) is None:
                    st.toast(say("review.elsewhere"))
                st.session_state["review.turned"] = None
                st.rerun()


@st.fragment
def _questions(say: Words) -> None:
    """The questions of all lessons one by one, shuffled anew at every visit."""
    with st.expander(say("review.mixed"), icon=":material/shuffle:"):
        seed, at = st.session_state.setdefault("review.deal", (uuid.uuid4().int % 1000, 0))
        asked = course.interleaved(say.language, seed)
        name, quiz = asked[at % len(asked)]
        found = course.lesson(name, say.language)
        st.caption(say("review.mixed_from", number=at + 1, all=len(asked), title=found.title))
        render(Reading(say, course.words(say.language), found), quiz)
        deal = (seed, (at + 1) % len(asked))
        note = partial(st.session_state.__setitem__, "review.deal", deal)
        st.button(say("review.another"), icon=":material/arrow_forward:", on_click=note)


def _span(say: Words, wait: timedelta) -> str:
    minutes = wait.total_seconds() / 60
    if minutes < 60:
        return say("review.minutes", n=f"{minutes:.0f}")
    if minutes < 24 * 60:
        return say("review.hours", n=f"{minutes / 60:.0f}")
    return say("review.days", n=f"{minutes / 24 / 60:.0f}")


def _forecast(say: Words, kept: Progress) -> None:
    now = datetime.now(UTC)
    counts = memory.forecast(kept.states().values(), now)
    if not any(counts):
        return
    days = [say("review.day", date=now + timedelta(days=day)) for day in range(len(counts))]
    st.header(say("review.forecast"), anchor=False)
    frame = pd.DataFrame({"day": days, "cards": counts})
    st.altair_chart(charts.bars(frame), width="stretch")
    with st.expander(say("review.as_table")):
        parts.table(say("review.forecast"), days, [counts])


def _carry(say: Words, kept: Progress) -> None:
    """Take the cards to Anki, and what is remembered to another machine."""
    st.header(say("review.carry"), anchor=False)
    st.caption(say("review.where", path=kept.path))
    with st.container(horizontal=True):
        st.download_button(
            say("review.anki"), lambda: _deck(say.language), "mixtura.apkg", on_click="ignore"
        )
        st.download_button(
            say("review.export"),
            lambda: _exported(say),
            "mixtura-progress.json",
            on_click="ignore",
        )
    st.session_state["review.who"] = learner.name()
    st.text_input(
        say("review.who"),
        key="review.who",
        max_chars=60,
        help=say("review.who_help"),
        width=260,
        on_change=lambda: learner.rename(st.session_state["review.who"]),
    )
    file = st.file_uploader(say("review.import"), key="review.file", max_upload_size=5)
    if file is not None:
        try:
            added = carrying.join(kept, file.getvalue().decode("utf-8", errors="replace"))
            parts.summary(say("review.imported", n=added))
        except MixturaError as error:
            parts.alarm(say("data.refused", reason=parts.why(say, error)))


def _exported(say: Words) -> str:
    with learner.progress(say) as kept:
        return carrying.export(kept)


def _deck(language: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "deck.apkg"
        write_deck(path, language)
        return path.read_bytes()
