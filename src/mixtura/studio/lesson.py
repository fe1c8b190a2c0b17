"""A lesson's blocks on a screen: a function a kind of block, answers kept at once."""

from __future__ import annotations

import base64
import io
import uuid
from collections.abc import Callable, Sequence
from functools import partial
from html import escape
from typing import Any, NamedTuple

import streamlit as st

from mixtura import course
from mixtura.course.checks import shown
from mixtura.course.picture import picture
from mixtura.course.schema import Figure, Lesson
from mixtura.studio import learner, parts
from mixtura.studio.fits import Fit
from mixtura.studio.language import Words
from mixtura.studio.play import show_fit

__all__ = ["Reading", "pages", "render"]

_ENDS = frozenset(("quiz", "numeric", "recap", "game"))
_MOST = 6  # blocks of a page
_STAGES = {
    "bells-over-shop": ("playground", Fit("cake-shop", 2, "full", 1)),
    "characters": ("playground", Fit("cake-shop", 2, "full", 1)),
    "turns-of-em": ("stepper", Fit("cake-shop", 2, "full", 1)),
    "bound-that-touches": ("stepper", Fit("cross", 2, "full", 1)),
    "truth-and-fit": ("playground", Fit("three-crowds", 2, "full", 1)),
    "four-families": ("playground", Fit("three-crowds", 3, "tied", 1)),
    "borders": ("playground", Fit("cross", 2, "full", 1)),
    "collapsing-bell": ("playground", Fit("three-crowds", 4, "full", 1)),
}
"""Figures that can be played on the stage too: its mode, and what it shows."""


class Reading(NamedTuple):
    """What the blocks of a lesson are read with."""

    say: Words
    words: dict[str, str]  # the course's own
    lesson: Lesson


def pages(blocks: Sequence[Any]) -> list[list[Any]]:
    """Blocks in pages that end with something to do; cards stay with what goes before."""
    found: list[list[Any]] = [[]]
    for block in blocks:
        page = found[-1]
        full = bool(page) and (page[-1].type in _ENDS or len(page) >= _MOST)
        if full and block.type != "card":
            found.append([])
        found[-1].append(block)
    return found


def render(reading: Reading, block: Any) -> None:
    """Draw one block."""
    badge = _badge(reading, block.id)
    if badge:
        st.badge(badge, color="orange")
    _DRAW[block.type](reading, block)


def _badge(reading: Reading, block: str) -> str:
    if block in reading.lesson.missing:
        return reading.words["untranslated"]
    return reading.words["outdated"] if block in reading.lesson.stale else ""


def _text(reading: Reading, block: Any) -> None:
    if block.heading:
        st.header(block.heading, anchor=False)
    st.markdown(block.text)


def _quote(reading: Reading, block: Any) -> None:
    word = reading.words
    manner = word["aside"].format(word["paraphrase"]) if block.paraphrase else ""
    st.markdown(f"> {block.text}\n>\n> — {block.source}{manner}")


@st.fragment
def _figure(reading: Reading, block: Any) -> None:
    """The question first; then the picture, with what the reader may turn."""
    key = f"{reading.lesson.id}.{block.id}"
    st.info(f"**{reading.words['predict']}** · {block.predict}", icon=":material/help:")
    if not st.session_state.get(f"seen.{key}"):
        # Called before anything is drawn, so that no click is lost on a page that is still coming.
        note = partial(st.session_state.__setitem__, f"seen.{key}", True)
        st.button(reading.say("course.look"), key=f"look.{key}", type="primary", on_click=note)
        return
    turned = {control.parameter: _control(control, block, key) for control in block.controls}
    with st.spinner(reading.say("course.drawing")):
        png = _drawn(reading.lesson.id, reading.lesson.language, block.id, turned)
    data = base64.b64encode(png).decode()
    st.html(
        f'<img alt="{escape(block.alt)}" src="data:image/png;base64,{data}" '
        'style="width:100%;max-width:760px;border:1px solid #DDE3EA;border-radius:12px">'
    )
    st.caption(block.caption)
    if block.function in _STAGES:
        _stage(reading, block)


def _stage(reading: Reading, block: Any) -> None:
    """The studio's own picture of the same thing, to take in hand."""
    mode, fit = _STAGES[block.function]
    label = reading.say("course.by_hand")
    if st.toggle(label, key=f"hand.{reading.lesson.id}.{block.id}"):
        show_fit(reading.say, mode, fit, f"{reading.lesson.id}.{block.id}")


def _control(control: Any, block: Any, key: str) -> Any:
    value, key = block.params[control.parameter], f"{key}.{control.id}"
    if control.kind == "switch":
        return st.toggle(control.label, value, key=key)
    if control.kind == "choice":
        return st.segmented_control(
            control.label, control.options, default=value, key=key, required=True
        )
    kind = int if all(float(v).is_integer() for v in (control.least, control.step)) else float
    ends = (kind(control.least), kind(control.most), kind(value), kind(control.step))
    return st.slider(control.label, *ends, key=key)


@st.cache_data(max_entries=200, show_spinner=False)
def _drawn(lesson: str, language: str, block: str, turned: dict[str, Any]) -> bytes:
    """A figure as PNG."""
    found = next(b for b in course.lesson(lesson, language).of(Figure) if b.id == block)
    stream = io.BytesIO()
    picture(found, **turned).figure.savefig(stream, dpi=140)
    return stream.getvalue()


def _formula(reading: Reading, block: Any) -> None:
    known = course.terms(reading.lesson.language)
    with st.container(border=True):
        st.latex(block.tex)
        if block.symbols:
            st.caption(" · ".join(f"${tex}$ {known[term]}" for tex, term in block.symbols.items()))
        st.markdown(f"**{reading.words['read-aloud']}** · {block.say}")


@st.fragment
def _derivation(reading: Reading, block: Any) -> None:
    """One line at a time, each with its reason; a blank is to be filled in the head first."""
    word = reading.words
    st.header(f"{word['derivation']}{word['colon']}{block.heading}", anchor=False)
    key = f"lines.{reading.lesson.id}.{block.id}"
    shown = st.session_state.setdefault(key, 1)
    for number, step in enumerate(block.steps[: (shown + 1) // 2], 1):
        hidden = bool(step.blank) and 2 * number > shown
        st.latex(step.tex.replace(step.blank, r"\boxed{\;?\;}") if hidden else step.tex)
        if not hidden:
            st.caption(f"{number}. {step.why}")
    if shown < 2 * len(block.steps):
        blank = block.steps[(shown - 1) // 2].blank
        after = shown + (1 if blank or shown % 2 == 0 else 2)
        note = partial(st.session_state.__setitem__, key, after)
        st.button(reading.say("course.next_line"), key=f"b.{key}", on_click=note)


@st.fragment
def _quiz(reading: Reading, block: Any) -> None:
    """The question; after the answer, what there is to say to every option."""
    key = f"{reading.lesson.id}.{block.id}"
    texts = {option.id: option.text for option in block.options}
    word = reading.words
    several = word["aside"].format(word["several"]) if block.multi else ""
    with st.container(border=True):
        st.markdown(f"**{word['quiz']}{several}** · {block.question}")
        with st.form(f"form.{key}", border=False):
            chosen = _choose(block, texts, key)
            sent = st.form_submit_button(reading.say("games.answer"), type="primary")
        if sent and chosen:
            right = {option.id for option in block.options if option.correct}
            _keep(reading, block, chosen, set(chosen) == right)
            st.session_state[f"answer.{key}"] = chosen
        _feedback(reading, block, st.session_state.get(f"answer.{key}"))


def _choose(block: Any, texts: dict[str, str], key: str) -> tuple[str, ...]:
    if block.multi:
        return tuple(name for name in texts if st.checkbox(texts[name], key=f"{key}.{name}"))
    one = st.radio(
        block.question,
        list(texts),
        index=None,
        format_func=texts.__getitem__,
        key=f"radio.{key}",
        label_visibility="collapsed",
    )
    return (one,) if one else ()


def _keep(reading: Reading, block: Any, chosen: tuple[str, ...], correct: bool) -> None:
    with learner.progress(reading.say) as kept:
        token = uuid.uuid4().hex
        kept.answer(reading.lesson.id, block.id, chosen, correct, block.card, token=token)


def _feedback(reading: Reading, block: Any, chosen: tuple[str, ...] | None) -> None:
    if not chosen:
        return
    correct = set(chosen) == {option.id for option in block.options if option.correct}
    parts.summary(reading.words["right" if correct else "wrong"])
    for option in block.options:
        sign = "✓" if option.correct else "✗"
        mark = "**" if option.id in chosen else ""
        st.markdown(f"{sign} {mark}{option.text}{mark}  \n{option.feedback}")


@st.fragment
def _numeric(reading: Reading, block: Any) -> None:
    key = f"number.{reading.lesson.id}.{block.id}"
    with st.container(border=True):
        st.markdown(f"**{reading.words['by-hand']}** · {block.question}")
        label = reading.words["your-answer"]
        typed = st.number_input(label, value=None, format="%.6g", key=key, width=220)
        if typed is None:
            return
        correct = abs(typed - block.answer) <= block.tol
        parts.summary(reading.words["right" if correct else "wrong"])
        stop = reading.words["stop"]
        st.markdown(f"**{reading.words['solution']}** · {block.answer:g}{stop}{block.solution}")


def _card(reading: Reading, block: Any) -> None:
    with st.expander(f"**{reading.words['card']}** · {block.front}", icon=":material/style:"):
        st.markdown(block.back)


def _recap(reading: Reading, block: Any) -> None:
    st.header(reading.words["recap"], anchor=False)
    st.markdown("\n".join(f"- {point}" for point in block.points))


def _joke(reading: Reading, block: Any) -> None:
    with st.container(border=True):
        st.markdown(f"**{reading.words['joke']}**\n\n" + block.text.replace("\n", "  \n"))


def _game(reading: Reading, block: Any) -> None:
    st.markdown(block.text)
    if st.button(reading.say("course.play"), key=f"play.{reading.lesson.id}.{block.id}"):
        query = {"game": block.name, "seed": str(block.seed)}
        st.switch_page(st.session_state.pages["games"], query_params=query)


def _code(reading: Reading, block: Any) -> None:
    st.markdown(block.caption)
    st.code(block.code, language="python")
    if block.prints:
        st.caption(reading.words["prints"])
        st.code(block.prints, language=None)


def _errata(reading: Reading, block: Any) -> None:
    with st.container(border=True):
        st.markdown(f"**{reading.words['said']}** · {block.said}")
        st.markdown(f"**{reading.words['correct']}** · {block.correct}")
        numbers = shown(block.check, reading.lesson.language)
        st.caption(f"{reading.words['checked']}{reading.words['colon']}{escape(numbers)}")


_DRAW: dict[str, Callable[[Reading, Any], None]] = {
    "story": _text,
    "prose": _text,
    "quote": _quote,
    "figure": _figure,
    "formula": _formula,
    "derivation": _derivation,
    "quiz": _quiz,
    "numeric": _numeric,
    "card": _card,
    "recap": _recap,
    "joke": _joke,
    "game": _game,
    "code": _code,
    "errata": _errata,
}
