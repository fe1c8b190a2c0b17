"""Statistics of rows whose responsibilities are given, for the first M-step."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from mixtura.density import Form
from mixtura.stats import Stats

__all__ = ["statistics_given"]


def statistics_given(
    form: Form, centre: np.ndarray, x: np.ndarray, responsibilities: np.ndarray
) -> Stats:
    """Stats of rows `x` (n, d) about one `centre` (d,) for all components.

    `responsibilities` (n, k) hold the row weights too; rows that a component does not own cost
    it nothing. The log-likelihood is unknown, nan.
    """
    z = x - centre
    shares = responsibilities.T
    counts = np.sum(shares, axis=1)
    return Stats(
        log_likelihood=math.nan,
        total=float(np.sum(counts)),
        counts=counts,
        centres=np.broadcast_to(centre, (len(counts), len(centre))),
        shift=shares @ z,
        scatter=_SCATTER[form](z, shares),
    )


def _dense(z: np.ndarray, shares: np.ndarray) -> np.ndarray:
    return np.stack([_second_moment(z[share > 0.0], share[share > 0.0]) for share in shares])


def _shared(z: np.ndarray, shares: np.ndarray) -> np.ndarray:
    return _second_moment(z, np.sum(shares, axis=0))


def _diagonal(z: np.ndarray, shares: np.ndarray) -> np.ndarray:
    return shares @ np.square(z)


def _second_moment(z: np.ndarray, share: np.ndarray) -> np.ndarray:
    return (z * share[:, None]).T @ z


_SCATTER: dict[Form, Callable[[np.ndarray, np.ndarray], np.ndarray]] = {
    Form.DENSE: _dense,
    Form.SHARED: _shared,
    Form.DIAGONAL: _diagonal,
}
