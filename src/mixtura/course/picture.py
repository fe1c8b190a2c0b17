"""A figure block becomes a picture: rows from its data set, drawn by its function."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from mixtura.course.data import DATA
from mixtura.course.figures import FIGURES
from mixtura.course.stage import Stage
from mixtura.exceptions import InvalidParameterError, import_extra

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Drawing

    from mixtura.course.schema import Figure

__all__ = ["Picture", "picture"]


class Picture(NamedTuple):
    """A matplotlib figure and the numbers that it shows."""

    figure: Drawing
    numbers: dict[str, float]


def picture(block: Figure, seed: int | None = None, **turned: Any) -> Picture:
    """Draw a figure block, with other values of its parameters if given.

    Parameters
    ----------
    block : Figure
        A block of a lesson.
    seed : int, optional
        Another seed than the block's.
    **turned
        Parameters that the reader has turned; names and values as the block's `params`.

    Raises
    ------
    InvalidParameterError
        If the figure has no such parameter.
    MissingExtraError
        If matplotlib is not installed.

    Examples
    --------
    >>> from mixtura import course
    >>> from mixtura.course.picture import picture
    >>> block = next(b for b in course.lesson("em").blocks if b.id == "one-customer")
    >>> round(picture(block, height=150).numbers["pupil"], 3)
    0.731
    """
    unknown = sorted(set(turned) - set(block.params))
    if unknown:
        raise InvalidParameterError(
            f"`turned` must be among {sorted(block.params)}, got {unknown[0]!r}"
        )
    drawing = import_extra("matplotlib.figure", extra="course", purpose="a picture of a lesson")
    figure = drawing.Figure(figsize=(6.4, 4.0), layout="constrained", dpi=110)
    data = DATA[block.dataset](block.seed if seed is None else seed)
    stage = Stage(figure, data.rows, data.groups, block.labels)
    numbers = FIGURES[block.function](stage, **(block.params | turned))
    return Picture(figure, {name: float(value) for name, value in numbers.items()})
