"""Be the E-step: a slider of shares, and then the arithmetic."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from mixtura.studio import parts
from mixtura.studio.boards import pictures
from mixtura.studio.games.e_step import Round, Verdict
from mixtura.studio.language import Words

__all__ = ["ask", "reveal"]


def ask(say: Words, dealt: Round, key: str) -> Any:
    """Shares of the customer, or None."""
    _picture(say, dealt, bare=True)
    k = len(dealt.means)
    st.markdown(say("games.e-step.question", height=f"{dealt.height:.0f}"))
    if k == 2:
        first = st.slider(say("games.e-step.share", j=1), 0, 100, 50, 1, "%d%%", key=f"{key}.1")
        given = np.array([first, 100 - first]) / 100
    else:
        labels = [say("games.e-step.part", j=j) for j in range(1, k + 1)]
        sliders = [st.slider(text, 0, 20, 5, key=f"{key}.{text}") for text in labels]
        given = np.array(sliders) / max(sum(sliders), 1)
    shares = [say("games.e-step.one", j=j, share=f"{one:.0%}") for j, one in enumerate(given, 1)]
    parts.summary(say("games.e-step.given", shares=say("comma").join(shares)))
    if st.button(say("games.answer"), type="primary", key=f"{key}.go", disabled=not given.any()):
        return given.round(4).tolist()
    return None


def reveal(say: Words, dealt: Round, given: np.ndarray, verdict: Verdict) -> None:
    """The right shares, and every number on the way there."""
    _picture(say, dealt, bare=False)
    head = [say(f"games.e-step.{name}") for name in ("curve", "sds", "density", "joint")]
    head += [say("games.e-step.right"), say("games.e-step.yours")]
    away = (dealt.height - dealt.means) / dealt.spreads
    rows = [
        [
            f"{j + 1}: {dealt.weights[j]:.2f} · N({dealt.means[j]:.0f}, {dealt.spreads[j]:.0f}²)",
            f"{away[j]:+.2f}",
            f"{verdict.joint[j] / dealt.weights[j]:.5f}",
            f"{verdict.joint[j]:.5f}",
            f"{verdict.right[j]:.3f}",
            f"{given[j]:.3f}",
        ]
        for j in range(len(dealt.means))
    ]
    parts.table(say("games.e-step.arithmetic", total=f"{verdict.joint.sum():.5f}"), head, rows)
    st.markdown(say("games.e-step.lesson", divergence=f"{verdict.divergence:.4f}"))


def _picture(say: Words, dealt: Round, bare: bool) -> None:
    curves = "; ".join(
        f"{j}: {weight:.2f}, {mean:.0f} ± {spread:.0f} cm"
        for j, (weight, mean, spread) in enumerate(
            zip(dealt.weights, dealt.means, dealt.spreads, strict=True), 1
        )
    )
    alt = say("games.e-step.alt", height=f"{dealt.height:.0f}", curves=curves)
    values = (dealt.weights, dealt.means, dealt.spreads, dealt.height, bare)
    pictures.show(pictures.bells, alt, *values)
