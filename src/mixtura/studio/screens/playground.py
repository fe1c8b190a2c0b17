"""The playground: drag a mixture, draw points, and see what EM makes of them."""

from __future__ import annotations

from mixtura.studio.language import Words
from mixtura.studio.play import play

__all__ = ["show"]


def show(say: Words) -> None:
    """Draw the screen."""
    play(say, "playground")
