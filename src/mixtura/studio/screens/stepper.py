"""The EM stepper: one E-step, one M-step, with the arithmetic of one customer."""

from __future__ import annotations

from mixtura.studio.language import Words
from mixtura.studio.play import play

__all__ = ["show"]


def show(say: Words) -> None:
    """Draw the screen."""
    play(say, "stepper")
