"""Sums of squares of vectors, in the form in which Stats carry a scatter."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mixtura.density import Form

__all__ = ["squares"]

Array = Any


def squares(form: Form, vectors: Array, counts: Array) -> Array:
    """Each component's ``c_j v_j v_j'``, in the shape of a scatter of that form.

    Parameters
    ----------
    form : Form
    vectors : array of shape (k, d)
    counts : array of shape (k,)

    Returns
    -------
    squares : array
        Dense (k, d, d), shared (d, d), summed over the components, or diagonal (k, d); leading
        axes, if any, as those of `counts`.
    """
    return _SQUARES[form](vectors, counts)


def _transposed(vectors: Array) -> Array:
    return vectors.swapaxes(-1, -2)


_SQUARES: dict[Form, Callable[[Array, Array], Array]] = {
    Form.DENSE: lambda vectors, counts: (
        counts[..., None, None] * vectors[..., :, None] * vectors[..., None, :]
    ),
    Form.SHARED: lambda vectors, counts: _transposed(vectors * counts[..., None]) @ vectors,
    Form.DIAGONAL: lambda vectors, counts: counts[..., None] * vectors**2,
}
