"""Model selection: criteria over k and family, the fit behind each, and what a parameter costs."""

from __future__ import annotations

import math
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from mixtura.covariance import COVARIANCES
from mixtura.studio import charts, parts
from mixtura.studio.choices import number, option
from mixtura.studio.fits import data_lines
from mixtura.studio.language import Words
from mixtura.studio.presets import PRESETS
from mixtura.studio.sweeps import CRITERIA, Entry, best, counts, opening, sweep
from mixtura.studio.takeaway import take_away

__all__ = ["script", "show"]

_FEWEST = 20


def show(say: Words) -> None:
    """Draw the screen."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        preset = option(say, "selection", "data", list(PRESETS), "cake-shop")
        seed = number(say, "selection", "seed", 0, 999, 1)
        criterion = option(say, "selection", "criterion", list(CRITERIA), "bic")
        x = PRESETS[preset](seed)
        rows = number(say, "selection", "rows", _FEWEST, 500, 500)
    x = taken(x, rows)
    found = _found(say, preset, seed, x)
    _explore(say, preset, seed, criterion, x, found)
    with st.expander(say("selection.seeds_title"), icon=":material/casino:"):
        _ten_seeds(say, preset, criterion, rows)
    take_away(
        say,
        script(preset, seed, rows, criterion),
        {"data": preset, "seed": seed, "criterion": criterion, "rows": rows},
        None,
        "selection",
    )


def taken(x: np.ndarray, rows: int) -> np.ndarray:
    """At most so many of the rows, drawn without order."""
    return x[np.random.default_rng(0).permutation(len(x))[:rows]] if rows < len(x) else x


def script(preset: str, seed: int, rows: int, criterion: str) -> str:
    """Python that makes the same choice."""
    return "\n".join(
        [
            *data_lines(preset, seed),
            f"if len(X) > {rows}:",
            f"    X = X[np.random.default_rng(0).permutation(len(X))[:{rows}]]",
            f'selection = mixtura.select(X, range(1, 9), criterion="{criterion}", random_state=0)',
            "print(selection.verdict)",
            'selection.plot().figure.savefig("criterion.png")',
            "",
        ]
    )


def _found(say: Words, preset: str, seed: int, x: np.ndarray) -> list[Entry]:
    shipped = opening(preset, seed) if len(x) == len(PRESETS[preset](seed)) else None
    return shipped or _cached(say("selection.working"), x)


def _cached(text: str, x: np.ndarray) -> list[Entry]:
    """A sweep, remembered for the session; a bar tells how far it is."""
    kept = st.session_state.setdefault("sweeps", {})
    key = x.tobytes()
    if key not in kept:
        bar = st.progress(0.0, text)
        kept[key] = sweep(x, progress=lambda done, total, _: bar.progress(done / total, text))
        bar.empty()
        if len(kept) > 20:
            kept.pop(next(iter(kept)))
    return kept[key]


@st.fragment
def _explore(
    say: Words, preset: str, seed: int, criterion: str, x: np.ndarray, found: list[Entry]
) -> None:
    winner = best(found, criterion)
    left, right = st.columns([1.25, 1])
    with left:
        parts.summary(_verdict(say, found, winner, criterion, len(x)))
        frame = _frame(found, criterion)
        title = say("selection.smaller", criterion=criterion.upper())
        names = (say("choice.k"), say("choice.family"))
        _chart(charts.curves(frame, title, *names), "selection.curve")
        _chart(charts.heat(frame, *names), "selection.heat")
    with right:
        entry = _chosen(say, found, winner)
        names = (say(f"axis.{preset}_x"), say(f"axis.{preset}_y"))
        shares = entry.mixture.predict_proba(x)
        picture = charts.points(x, shares.argmax(1), charts.blend(shares), names, entry.parts)
        st.altair_chart(picture, width="stretch")
        st.caption(say("selection.numbers", n=len(x), p=entry.n_parameters, **_rounded(entry)))
    _tables(say, found, criterion, winner, len(x))


def _verdict(say: Words, found: list[Entry], winner: Entry, criterion: str, n: int) -> str:
    second = best([entry for entry in found if entry.k != winner.k], criterion)
    return say(
        "selection.verdict",
        criterion=criterion.upper(),
        k=winner.k,
        family=winner.family,
        lead=f"{getattr(second, criterion) - getattr(winner, criterion):.1f}",
        other=second.k,
        n=n,
        log=f"{math.log(n):.2f}",
    )


def _frame(found: list[Entry], criterion: str) -> pd.DataFrame:
    frame = pd.DataFrame(
        {
            "k": [entry.k for entry in found],
            "family": [entry.family for entry in found],
            "value": [round(getattr(entry, criterion), 2) for entry in found],
        }
    )
    frame["behind"] = frame["value"] - frame["value"].min()
    frame["light"] = frame["behind"] > 12
    return frame


def _chart(chart: Any, key: str) -> None:
    """A chart in which a click chooses the candidate to look at."""
    st.altair_chart(chart, width="stretch", key=key, on_select=partial(_note, key))


def _note(key: str) -> None:
    rows = st.session_state[key]["selection"].get("pick", [])
    if rows:
        st.session_state["selection.look.family"] = rows[0]["family"]
        st.session_state["selection.look.k"] = int(rows[0]["k"])


def _chosen(say: Words, found: list[Entry], winner: Entry) -> Entry:
    """The candidate that is looked at: clicked, or set by the two boxes."""
    key = "selection.look"
    st.session_state.setdefault(f"{key}.family", winner.family)
    st.session_state.setdefault(f"{key}.k", winner.k)
    with st.container(horizontal=True):
        k = st.number_input(say("selection.look_k"), 1, 8, key=f"{key}.k", width=130)
        family = st.selectbox(
            say("selection.look_family"), list(COVARIANCES), key=f"{key}.family", width=150
        )
    return next(entry for entry in found if (entry.family, entry.k) == (family, k))


def _rounded(entry: Entry) -> dict[str, str]:
    return {
        "likelihood": f"{entry.log_likelihood:,.2f}",
        "bic": f"{entry.bic:,.1f}",
        "aic": f"{entry.aic:,.1f}",
    }


def _tables(say: Words, found: list[Entry], criterion: str, winner: Entry, n: int) -> None:
    families = list(COVARIANCES)
    ks = sorted({entry.k for entry in found})
    values = {(entry.family, entry.k): getattr(entry, criterion) for entry in found}
    left, right = st.columns(2)
    with left:
        parts.table(
            say("selection.table", criterion=criterion.upper()),
            ["k", *families],
            [[k, *(f"{values[family, k]:,.1f}" for family in families)] for k in ks],
            mark=ks.index(winner.k),
        )
    with right:
        table = counts(found)
        parts.table(
            say("selection.counts"),
            ["k", *families],
            [[k, *(table[family][k] for family in families)] for k in ks],
        )
        st.caption(say("selection.penalty", n=n, log=f"{math.log(n):.2f}"))


def _ten_seeds(say: Words, preset: str, criterion: str, rows: int) -> None:
    """Which k is chosen when the customers of another day come: ten seeds, full covariances."""
    st.write(say("selection.seeds_lead"))
    if not st.button(say("selection.seeds_go")):
        return
    bar, chosen = st.progress(0.0), []
    for seed in range(10):
        x = taken(PRESETS[preset](seed), rows)
        chosen.append(best(sweep(x, ["full"]), criterion).k)
        bar.progress((seed + 1) / 10)
    bar.empty()
    ks = sorted(set(chosen))
    parts.table(say("selection.seeds_table"), ["k", "/ 10"], [[k, chosen.count(k)] for k in ks])
