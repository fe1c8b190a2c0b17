"""K-Means or GMM: a scatter and three questions; then how every method did, and why."""

from __future__ import annotations

from typing import Any

import streamlit as st

from mixtura.studio import parts
from mixtura.studio.boards import pictures
from mixtura.studio.games.kmeans_or_gmm import METHODS, REASONS, Round, Verdict
from mixtura.studio.language import Words

__all__ = ["ask", "reveal"]


def ask(say: Words, dealt: Round, key: str) -> Any:
    """A method, the gap to K-Means and a reason, or None."""
    left, right = st.columns([1.2, 1])
    with left:
        k = int(dealt.groups.max()) + 1
        alt = say("games.kmeans-or-gmm.alt", n=len(dealt.points))
        pictures.show(pictures.scatter, alt, dealt.points, width=560)
        st.caption(say("games.kmeans-or-gmm.told", k=k))
    with right:
        method = _radio(say, "method", METHODS, key)
        gap = st.slider(say("games.kmeans-or-gmm.gap"), 0.0, 1.0, 0.0, 0.05, key=f"{key}.gap")
        why = _radio(say, "why", REASONS, key)
        ready = bool(method and why)
        if st.button(say("games.answer"), type="primary", key=f"{key}.go", disabled=not ready):
            return [method, gap, why]
    return None


def _radio(say: Words, name: str, codes: tuple[str, ...], key: str) -> str | None:
    texts = {code: say(f"games.kmeans-or-gmm.{name}_{code}") for code in codes}
    found: str | None = st.radio(
        say(f"games.kmeans-or-gmm.{name}"),
        codes,
        index=None,
        format_func=texts.__getitem__,
        key=f"{key}.{name}",
    )
    return found


def reveal(say: Words, dealt: Round, given: tuple[str, float, str], verdict: Verdict) -> None:
    """The true groups, how well each method found them, and what stood in the way."""
    left, right = st.columns([1, 1.3])
    with left:
        alt = say("games.kmeans-or-gmm.alt_truth")
        pictures.show(pictures.scatter, alt, dealt.points, dealt.groups, width=560)
    with right:
        rows = [
            [
                say(f"games.kmeans-or-gmm.method_{name}"),
                f"{score.usual:.2f}",
                f"{score.informed:.2f}",
                say("games.kmeans-or-gmm.wrong_start") if score.wrong_start else "",
            ]
            for name, score in dealt.scores.items()
        ]
        head = [
            say(f"games.kmeans-or-gmm.{name}") for name in ("method", "usual", "informed", "note")
        ]
        mark = METHODS.index(verdict.simplest)
        parts.table(say("games.kmeans-or-gmm.table"), head, rows, mark=mark)
    st.markdown(
        say(
            "games.kmeans-or-gmm.truth",
            simplest=say(f"games.kmeans-or-gmm.method_{verdict.simplest}"),
            gap=f"{verdict.gap:.2f}",
            guess=f"{given[1]:.2f}",
            why=say(f"games.kmeans-or-gmm.why_{verdict.reason}"),
        )
    )
    st.markdown(say(f"games.kmeans-or-gmm.lesson_{verdict.reason}"))
    if any(dealt.scores[name].wrong_start for name in METHODS[1:]):
        st.markdown(say("games.kmeans-or-gmm.lesson_lost"))
