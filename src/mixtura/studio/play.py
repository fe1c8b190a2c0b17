"""What the two screens of the stage share: choices, the trace, the code and the files below."""

from __future__ import annotations

import hashlib
import json
import warnings
from functools import partial
from typing import Any, NamedTuple

import streamlit as st

from mixtura import GaussianMixture
from mixtura.covariance import COVARIANCES
from mixtura.studio import links, traces
from mixtura.studio.choices import number, option
from mixtura.studio.fits import Fit, estimator, points, script
from mixtura.studio.language import Words
from mixtura.studio.presets import PRESETS
from mixtura.studio.stage import Edit, read_edit, stage
from mixtura.studio.takeaway import take_away

__all__ = ["play", "show_fit"]

_LONGEST_RUN = 200


class _Memory(NamedTuple):
    """What the stage was given, and how it has been edited since."""

    fit: Fit
    given: dict[str, Any]  # its `id` changes when the stage is to begin anew
    opening: Edit
    edit: Edit


def play(say: Words, mode: str) -> None:
    """Choices, the stage, and what to take away."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        fit = Fit(
            option(say, mode, "data", list(PRESETS), "cake-shop"),
            number(say, mode, "k", 1, 8, 2),
            option(say, mode, "family", list(COVARIANCES), "full"),
            number(say, mode, "seed", 0, 999, 1),
        )
    show_fit(say, mode, fit, mode)


@st.fragment
def show_fit(say: Words, mode: str, fit: Fit, place: str) -> None:
    """The stage with a run that `place` remembers, and what to take away."""
    memory = _memory(place, fit)
    told = stage(
        f"stage-{place}",
        {
            **memory.given,
            "mode": mode,
            "seed": fit.seed,
            "language": say.language,
            "words": say.group("stage"),
            "names": [say(f"axis.{fit.preset}_x"), say(f"axis.{fit.preset}_y")],
        },
    )
    if told and told.get("id") == memory.given["id"]:
        memory = memory._replace(edit=_after(memory.opening, read_edit(told)))
        st.session_state[f"memory-{place}"] = memory
    edit = memory.edit
    screen = "" if mode == "playground" else mode
    take_away(say, script(fit, edit), _query(fit, edit), partial(_fitted, fit, edit), screen)


def _memory(place: str, fit: Fit) -> _Memory:
    """What was given before, or made anew where a choice has changed; edited points stay."""
    kept: _Memory | None = st.session_state.get(f"memory-{place}")
    if kept is not None and kept.fit == fit:
        return kept
    if kept is None:
        opening = read_edit(links.unpack(st.query_params.get("edit", "")))
    else:
        points = kept.edit.points if kept.fit.preset == fit.preset else None
        opening = Edit(points=points)
    if opening.start is not None and len(opening.start["weights"]) != fit.k:
        opening = opening._replace(start=None)
    linked = kept is None and "edit" in st.query_params
    memory = _Memory(fit, _given(fit, opening, linked), opening, opening)
    st.session_state[f"memory-{place}"] = memory
    return memory


def _given(fit: Fit, opening: Edit, linked: bool) -> dict[str, Any]:
    """The points and the trace, by the library; a link says where in it to stand."""
    x = points(fit, opening)
    run = traces.run(estimator(fit, opening, iterations=_LONGEST_RUN, tol=1e-6), x)
    given = {
        "points": x.tolist(),
        "family": fit.family,
        "trace": [traces.as_json(fit.family, step.parameters) for step in run],
        "place": 2 * min(opening.iterations, len(run) - 1) + opening.scored if linked else None,
    }
    digest = hashlib.sha256(json.dumps([fit, given]).encode()).hexdigest()
    return {**given, "id": digest}


def _after(opening: Edit, told: Edit) -> Edit:
    """An edit since the opening, as one since the preset."""
    return Edit(
        opening.points if told.points is None else told.points,
        opening.start if told.start is None else told.start,
        told.iterations,
        told.scored,
    )


def _query(fit: Fit, edit: Edit) -> dict[str, Any]:
    """The query of a link to what is seen."""
    packed = links.pack(
        {
            "points": None if edit.points is None else edit.points.tolist(),
            "start": edit.start,
            "iterations": edit.iterations,
            "scored": edit.scored,
        }
    )
    choices = {"data": fit.preset, "k": fit.k, "family": fit.family, "seed": fit.seed}
    return {**choices, "edit": packed}


def _fitted(fit: Fit, edit: Edit) -> GaussianMixture:
    """The mixture that is seen."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it ends where the stage stands, converged or not
        return estimator(fit, edit, iterations=edit.iterations, tol=0.0).fit(points(fit, edit))
