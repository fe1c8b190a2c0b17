"""Five games on mixtures: rounds dealt from a seed, answers judged by the library, no clock.

Each file is a game: ``deal(seed, number)`` gives a round, ``read(round, value)`` an answer from
what a link holds, and ``judge(round, answer)`` a verdict with its ``points``, 0 to 100.
"""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from typing import Any, NamedTuple

__all__ = ["GAMES", "PASS", "Game", "play"]

PASS = 60
"""Points from which a game counts as passed."""

GAMES = {
    "e-step": "e_step",
    "beat-em": "beat_em",
    "degenerate": "degenerate",
    "pick-k": "pick_k",
    "kmeans-or-gmm": "kmeans_or_gmm",
}
"""Public names, in the order in which they are offered, and their modules."""


class Game(NamedTuple):
    """A game played so far: its rounds, the answers that make sense, and their verdicts."""

    rules: Any  # the game's module
    rounds: tuple[Any, ...]  # dealt so far; the last one waits for an answer, if any does
    answers: tuple[Any, ...]
    verdicts: tuple[Any, ...]

    @property
    def over(self) -> bool:
        """Whether every round has been answered."""
        return len(self.answers) == self.rules.ROUNDS

    @property
    def score(self) -> float:
        """Mean points of all rounds, 0 to 100; a round not played yet has none."""
        return sum(verdict.points for verdict in self.verdicts) / self.rules.ROUNDS


def play(name: str, seed: int, values: Sequence[Any] = ()) -> Game:
    """Play a game again from its seed and what was answered.

    Parameters
    ----------
    name : str
        Of `GAMES`.
    seed : int
    values : sequence
        An answer a round, as JSON; from the first that makes no sense on, they are left out.

    Examples
    --------
    >>> game = play("e-step", seed=3, values=[[0.8, 0.2], "nonsense"])
    >>> len(game.answers), game.over
    (1, False)
    """
    rules = importlib.import_module(f"mixtura.studio.games.{GAMES[name]}")
    rounds, answers, verdicts = [], [], []
    for number in range(rules.ROUNDS):
        rounds.append(rules.deal(seed, number))
        try:
            answers.append(rules.read(rounds[-1], values[number]))
        except (IndexError, ValueError):
            break
        verdicts.append(rules.judge(rounds[-1], answers[-1]))
    return Game(rules, tuple(rounds), tuple(answers), tuple(verdicts))
