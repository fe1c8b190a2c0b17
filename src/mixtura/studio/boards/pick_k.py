"""Pick k: a scatter and two sliders; then three judges, and why they disagree."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from mixtura.studio import parts
from mixtura.studio.boards import pictures
from mixtura.studio.games.pick_k import MOST, Round, Verdict
from mixtura.studio.language import Words

__all__ = ["ask", "reveal"]


def ask(say: Words, dealt: Round, key: str) -> Any:
    """How many components, and a confidence; or None."""
    alt = say("games.pick-k.alt", n=len(dealt.points))
    pictures.show(pictures.scatter, alt, dealt.points, width=560)
    k = st.slider(say("games.pick-k.k"), 1, MOST, 1, key=f"{key}.k")
    sure = st.slider(say("games.pick-k.sure"), 0, 100, 50, 5, "%d%%", key=f"{key}.sure")
    if st.button(say("games.answer"), type="primary", key=f"{key}.go"):
        return [k, sure / 100]
    return None


def reveal(say: Words, dealt: Round, given: tuple[int, float], verdict: Verdict) -> None:
    """The judges' curves, what they pick, and what each disagreement means."""
    k, sure = given
    picks = {name: str(value) for name, value in verdict.picks.items() if name != "held-out"}
    picks["held"] = str(verdict.picks["held-out"])
    st.markdown(say("games.pick-k.picks", k=k, **picks))
    curves = verdict.curves
    left, right = st.columns(2)
    with left:
        st.markdown(f"**{say('games.pick-k.bic_aic')}**")
        prices, best = (
            np.array([curves.bic, curves.aic]),
            (verdict.picks["bic"], verdict.picks["aic"]),
        )
        pictures.show(pictures.lines, say("games.pick-k.alt_bic"), prices, 1, best)
    with right:
        st.markdown(f"**{say('games.pick-k.held')}**")
        fresh, top = np.array([curves.held_out]), (verdict.picks["held-out"],)
        pictures.show(pictures.lines, say("games.pick-k.alt_held"), fresh, 1, top)
    rows = [
        [number, f"{bic - curves.bic.min():.1f}", f"{aic - curves.aic.min():.1f}", f"{held:.4f}"]
        for number, bic, aic, held in zip(range(1, MOST + 1), *curves, strict=True)
    ]
    head = ["k", "ΔBIC", "ΔAIC", say("games.pick-k.held")]
    parts.table(say("games.pick-k.table"), head, rows, mark=k - 1)
    points = {"bic": f"{80 * np.exp(-verdict.excess / 10):.0f}", "excess": f"{verdict.excess:.1f}"}
    sure_points = f"{20 * (1 - verdict.brier):.0f}"
    st.markdown(say("games.pick-k.points", **points, sure=f"{sure:.0%}", sure_points=sure_points))
    for lesson in _lessons(verdict):
        st.markdown(f"- {say(f'games.pick-k.{lesson}')}")


def _lessons(verdict: Verdict) -> list[str]:
    """What there is to say about who disagrees with whom."""
    bic, aic, held, truth = (verdict.picks[name] for name in ("bic", "aic", "held-out", "truth"))
    found = {
        "all_agree": bic == aic == held == truth,
        "aic_larger": aic > bic,
        "held_larger": held > bic,
        "held_smaller": held < bic,
        "truth_larger": truth > bic,
        "truth_smaller": truth < bic,
    }
    return [name for name, so in found.items() if so]
