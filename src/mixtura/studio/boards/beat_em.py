"""Beat EM: the stage to drag one component a turn, and the match as two curves."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from mixtura import course
from mixtura.studio import learner, links, parts
from mixtura.studio.boards import pictures
from mixtura.studio.games import beat_em
from mixtura.studio.games.beat_em import TURNS, Round, Verdict
from mixtura.studio.language import Words
from mixtura.studio.stage import read_edit, stage

__all__ = ["ask", "reveal"]

_CARD = "breaks-remedies"


def ask(say: Words, dealt: Round, key: str) -> Any:
    """Ten mixtures, one a turn, or None; turns so far are in the address."""
    turns = _turns(dealt, key)
    before = turns[-1] if turns else dealt.start
    given = say.group("stage") | {"status_e": say("games.beat-em.status")}
    told = stage(
        f"{key}.stage",
        {
            "id": f"{key}.{len(turns)}",
            "mode": "board",
            "points": dealt.points.tolist(),
            "family": "full",
            "trace": [before],
            "place": 1,
            "seed": 0,
            "language": say.language,
            "words": given,
            "names": ["x", "y"],
        },
    )
    same = bool(told) and told.get("id") == f"{key}.{len(turns)}"
    now = (read_edit(told).start if same else None) or before
    moved = beat_em.changed(before, now)
    if len(moved) > 1:
        parts.alarm(
            say("games.beat-em.too_many", which=say("comma").join(str(j + 1) for j in moved))
        )
    label = say("games.beat-em.turn", turn=len(turns) + 1, all=TURNS)
    if st.button(label, type="primary", key=f"{key}.go", disabled=len(moved) > 1):
        turns.append(now)
        st.query_params["turns"] = links.pack(turns)
        if len(turns) == TURNS:
            st.query_params.pop("turns", None)
            return turns
        st.rerun()
    if turns:
        _match(say, beat_em.judge(dealt, turns))
    return None


def _turns(dealt: Round, key: str) -> list[dict[str, Any]]:
    """The turns so far: this page's, or those of the address."""
    if f"{key}.turns" not in st.session_state:
        try:
            kept = beat_em.read(dealt, links.unpack(st.query_params.get("turns", "")))
        except ValueError:
            kept = []
        st.session_state[f"{key}.turns"] = kept[: TURNS - 1]
    found: list[dict[str, Any]] = st.session_state[f"{key}.turns"]
    return found


def reveal(say: Words, dealt: Round, given: list[dict[str, Any]], verdict: Verdict) -> None:
    """The match, what points were given for, and the card of an ellipse on a point."""
    _match(say, verdict)
    st.markdown(
        say("games.beat-em.lesson", gap=f"{verdict.you[-1]:.0%}", ahead=verdict.ahead, all=TURNS)
    )
    if verdict.collapsed:
        _unlocked(say)


def _unlocked(say: Words) -> None:
    """Why it lost, and the course's card about it, to put among one's own."""
    card = course.cards(say.language)[_CARD]
    with st.container(border=True):
        st.markdown(say("games.beat-em.collapsed"))
        st.markdown(f"**{card.front}**\n\n{card.back}")
        with learner.progress(say) as kept:
            if card.id in kept.states():
                st.caption(say("games.beat-em.kept"))
            elif st.button(say("games.beat-em.keep"), icon=":material/style:"):
                kept.review(card.id, "again")
                st.rerun()


def _match(say: Words, verdict: Verdict) -> None:
    """The share of the gap that both have closed, turn by turn."""
    n = len(verdict.you)
    you, rival = (0.0, *verdict.you), (0.0, *verdict.rival[:n])
    parts.summary(
        say("games.beat-em.standing", turn=n, you=f"{you[-1]:.0%}", rival=f"{rival[-1]:.0%}")
    )
    alt = say("games.beat-em.alt")
    pictures.show(pictures.lines, alt, np.array([you, rival]), 0, (None, None))
    head = [say("games.beat-em.side"), *(str(turn) for turn in range(1, n + 1))]
    rows = [
        [say("games.beat-em.you"), *(f"{value:.0%}" for value in verdict.you)],
        [say("games.beat-em.rival"), *(f"{value:.0%}" for value in verdict.rival[:n])],
    ]
    parts.table(say("games.beat-em.table"), head, rows)
