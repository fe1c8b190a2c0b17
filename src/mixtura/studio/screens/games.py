"""Games: five of them, played round by round without a clock, and again from a link."""

from __future__ import annotations

import importlib
import json
import uuid
from typing import Any

import streamlit as st

from mixtura.course.progress import Best
from mixtura.studio import learner, links, parts
from mixtura.studio.games import GAMES, PASS, Game, play
from mixtura.studio.language import Words
from mixtura.studio.links import with_query

__all__ = ["heading", "show"]

_LARGEST_SEED = 999_999


def heading(say: Words) -> tuple[str, str]:
    """Title and lead: the game's where one is open."""
    name = _asked()
    key = f"games.{name}" if name else "games"
    return say(f"{key}.title"), say(f"{key}.lead")


def show(say: Words) -> None:
    """Draw the game that the address names, or all of them."""
    name = _asked()
    if name is None:
        _all(say)
        return
    seed = _seed()
    st.query_params["seed"] = str(seed)
    key = f"game.{name}.{seed}"
    if st.button(say("games.back"), icon=":material/arrow_back:"):
        _open(None)
    answers = _answers(name, seed, key)
    game = play(name, seed, answers)
    past = st.session_state.setdefault(f"{key}.past", len(game.answers))
    if past < game.rules.ROUNDS:
        _round(say, name, seed, game, past, key)
    else:
        _end(say, name, seed, game)


def _asked() -> str | None:
    name = st.query_params.get("game")
    return name if name in GAMES else None


def _seed() -> int:
    asked = st.query_params.get("seed", "")
    return min(int(asked[:9]), _LARGEST_SEED) if asked.isascii() and asked.isdecimal() else 1


def _open(name: str | None, seed: int = 1) -> None:
    """Open a game from its beginning, or the list of all."""
    for each in ("game", "seed", "answers", "turns"):
        st.query_params.pop(each, None)
    if name is not None:
        for each in [each for each in st.session_state if str(each).startswith(f"game.{name}.")]:
            del st.session_state[each]
        st.query_params["game"], st.query_params["seed"] = name, str(seed)
    st.rerun()


def _answers(name: str, seed: int, key: str) -> list[Any]:
    """The answers of this page, or of the address; those that make no sense are left out."""
    if f"{key}.answers" not in st.session_state:
        asked = links.unpack(st.query_params.get("answers", ""))
        asked = asked if isinstance(asked, list) else []
        st.session_state[f"{key}.answers"] = asked[: len(play(name, seed, asked).answers)]
    found: list[Any] = st.session_state[f"{key}.answers"]
    return found


def _all(say: Words) -> None:
    """The games as cards, with one's own best."""
    with learner.progress(say) as kept:
        bests = kept.bests()
    names = list(GAMES)
    for first in range(0, len(names), 2):
        for name, column in zip(names[first : first + 2], st.columns(2), strict=False):
            with column, st.container(border=True, height="stretch"):
                _offer(say, name, bests.get(name))


def _offer(say: Words, name: str, best: Best | None) -> None:
    st.header(say(f"games.{name}.title"), anchor=False)
    st.markdown(say(f"games.{name}.pitch"))
    st.caption(say("games.best", score=f"{best.score:.0f}") if best else say("games.never"))
    with st.container(horizontal=True):
        label, icon = say("games.start"), ":material/play_arrow:"
        if st.button(label, key=f"open.{name}", type="primary", icon=icon):
            _open(name, _fresh())
        if best and st.button(say("games.see_best"), key=f"best.{name}"):
            _replay(name, best.seed, best.answers)


def _replay(name: str, seed: int, answers: list[Any]) -> None:
    st.session_state.pop(f"game.{name}.{seed}.answers", None)
    st.session_state.pop(f"game.{name}.{seed}.past", None)
    st.query_params["game"], st.query_params["seed"] = name, str(seed)
    st.query_params["answers"] = links.pack(answers)
    st.rerun()


def _fresh() -> int:
    return uuid.uuid4().int % 1000


def _round(say: Words, name: str, seed: int, game: Game, past: int, key: str) -> None:
    """A round: its question, or what was right once it is answered."""
    board = importlib.import_module(f"mixtura.studio.boards.{GAMES[name]}")
    rounds = game.rules.ROUNDS
    if rounds > 1:
        st.progress(past / rounds, say("games.round", round=past + 1, all=rounds))
    if len(game.answers) == past:
        answer = board.ask(say, game.rounds[past], f"{key}.{past}")
        if answer is not None:
            _keep(say, name, seed, [*st.session_state[f"{key}.answers"], answer], key)
            st.rerun()
        return
    verdict = game.verdicts[past]
    parts.summary(say("games.points", points=f"{verdict.points:.0f}"))
    board.reveal(say, game.rounds[past], game.answers[past], verdict)
    label = say("games.next" if past + 1 < rounds else "games.finish")
    if st.button(label, type="primary", key=f"{key}.next.{past}"):
        st.session_state[f"{key}.past"] = past + 1
        st.rerun()


def _keep(say: Words, name: str, seed: int, answers: list[Any], key: str) -> None:
    """Answers in the page, in the address, and, once the game is over, in the file."""
    st.session_state[f"{key}.answers"] = answers
    st.query_params["answers"] = links.pack(answers)
    game = play(name, seed, answers)
    if game.over:
        with learner.progress(say) as kept:
            same = json.dumps([kept.learner, name, seed, answers])
            token = uuid.uuid5(uuid.NAMESPACE_URL, same).hex
            kept.played(name, seed, answers, game.score, token)


def _end(say: Words, name: str, seed: int, game: Game) -> None:
    """The score, every round again, and the link."""
    with learner.progress(say) as kept:
        best = kept.bests().get(name)
    own = f"{best.score:.0f}" if best else "–"
    passed = say("games.passed" if game.score >= PASS else "games.not_passed", least=PASS)
    parts.summary(say("games.end", score=f"{game.score:.0f}", best=own, passed=passed))
    with st.container(horizontal=True):
        if st.button(say("games.again"), type="primary", icon=":material/casino:"):
            _open(name, _fresh())
        if st.button(say("games.same"), icon=":material/replay:"):
            _open(name, seed)
    board = importlib.import_module(f"mixtura.studio.boards.{GAMES[name]}")
    for number, verdict in enumerate(game.verdicts):
        title = say("games.round_points", round=number + 1, points=f"{verdict.points:.0f}")
        with st.expander(title, expanded=game.rules.ROUNDS == 1):
            board.reveal(say, game.rounds[number], game.answers[number], verdict)
    st.markdown(f"**{say('games.link')}**")
    query = {"game": name, "seed": seed, "answers": st.query_params.get("answers", "")}
    query["answers"] = query["answers"] or links.pack(
        st.session_state[f"game.{name}.{seed}.answers"]
    )
    st.code(with_query(st.context.url or "", query), language=None, wrap_lines=True)
