"""Spot the degenerate component: four pictures, three questions, and every remedy tried."""

from __future__ import annotations

from typing import Any

import streamlit as st

from mixtura.studio import parts
from mixtura.studio.boards import pictures
from mixtura.studio.games.degenerate import ILLS, REMEDIES, RUNS, Round, Verdict
from mixtura.studio.language import Words

__all__ = ["ask", "reveal"]


def ask(say: Words, dealt: Round, key: str) -> Any:
    """Runs accused, the illness and a remedy, or None."""
    accused = []
    for number, column in enumerate(st.columns(RUNS)):
        with column:
            _run(say, dealt, number)
            if st.checkbox(say("games.degenerate.sick", run=number + 1), key=f"{key}.{number}"):
                accused.append(number)
    ill = _radio(say, "ill", ILLS, key)
    remedy = _radio(say, "remedy", REMEDIES, key)
    ready = bool(accused and ill and remedy)
    if st.button(say("games.answer"), type="primary", key=f"{key}.go", disabled=not ready):
        return [accused, ill, remedy]
    return None


def _radio(say: Words, name: str, codes: tuple[str, ...], key: str) -> str | None:
    texts = {code: say(f"games.degenerate.{name}_{code}") for code in codes}
    label = say(f"games.degenerate.{name}")
    found: str | None = st.radio(
        label, codes, index=None, format_func=texts.__getitem__, key=f"{key}.{name}"
    )
    return found


def _run(say: Words, dealt: Round, number: int) -> None:
    run = dealt.runs[number]
    shares = " · ".join(f"{weight:.2f}" for weight in run.weights)
    st.markdown(f"**{say('games.degenerate.run', run=number + 1)}**")
    alt = say("games.degenerate.alt", run=number + 1, weights=shares)
    pictures.show(pictures.run, alt, dealt.points, *run, width=420)
    st.caption(say("games.degenerate.weights", weights=shares))


def reveal(say: Words, dealt: Round, given: Any, verdict: Verdict) -> None:
    """The signs of all runs, and what each remedy came to when it was tried."""
    ill = dealt.health[dealt.sick].ills[0]
    points = (verdict.found, verdict.why, verdict.helped)
    marks = [
        f"{'✓' if got else '✗'} {most}" for got, most in zip(points, (40, 30, 30), strict=True)
    ]
    st.markdown(
        say(
            "games.degenerate.truth",
            run=dealt.sick + 1,
            ill=say(f"games.degenerate.ill_{ill}"),
            marks=" · ".join(marks),
            alarms=20 * verdict.alarms,
        )
    )
    st.markdown(say(f"games.degenerate.lesson_{ill}"))
    left, right = st.columns([1, 2.2])
    with left:
        _run(say, dealt, dealt.sick)
    with right:
        _signs(say, dealt)
        rows = [
            [say(f"games.degenerate.remedy_{name}"), say(f"games.{'yes' if works else 'no'}")]
            for name, works in verdict.works.items()
        ]
        head = [say("games.degenerate.remedy"), say("games.degenerate.works")]
        parts.table(say("games.degenerate.tried"), head, rows)


def _signs(say: Words, dealt: Round) -> None:
    rows = [
        [
            say("games.degenerate.run", run=number + 1),
            f"{health.narrow.min():.2g}",
            f"{health.counts.min():.1f}",
            f"{health.weights.min():.4f}",
            f"{health.twin.min():.2f}",
            say("comma").join(say(f"games.degenerate.ill_{ill}") for ill in health.ills) or "–",
        ]
        for number, health in enumerate(dealt.health)
    ]
    head = [say(f"games.degenerate.{name}") for name in ("which", "narrow", "count", "weight")]
    head += [say("games.degenerate.twin"), say("games.degenerate.ill")]
    parts.table(say("games.degenerate.signs"), head, rows, mark=dealt.sick)
