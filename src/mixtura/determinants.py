"""Log determinants of what a Density is scaled by."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from mixtura.density import Form

__all__ = ["log_dets"]

Array = Any


def log_dets(form: Form, scale: Array) -> Array:
    """Log determinants of a `scale`: (k,), or (1,) where one is shared; leading axes stay.

    A scale is the factor of a precision: the covariance behind it has minus twice as much.
    """
    return _LOG_DETS[form](scale)


def _own(scale: Array) -> Array:
    return np.log(scale.diagonal(axis1=-2, axis2=-1)).sum(axis=-1)


_LOG_DETS: dict[Form, Callable[[Array], Array]] = {
    Form.DENSE: _own,
    Form.SHARED: lambda scale: _own(scale)[..., None],
    Form.DIAGONAL: lambda scale: np.sum(np.log(scale), axis=-1),
}
