"""The fast kernel: E-step and sums of the M-step in one compiled sweep over the rows."""

from __future__ import annotations

from typing import Any

import numpy as np

from mixtura.density import Density, Form
from mixtura.kernels._compiled.dense import Dense
from mixtura.kernels._compiled.diagonal import Diagonal
from mixtura.kernels._compiled.passes import log_density, log_joint, statistics
from mixtura.kernels._compiled.shared import Shared
from mixtura.kernels.kernel import Kernel
from mixtura.stats import Stats

__all__ = ["NumbaKernel"]

Array = Any

_FORMS = {Form.DENSE: Dense, Form.SHARED: Shared, Form.DIAGONAL: Diagonal}


class NumbaKernel(Kernel):
    name = "numba"

    def block_rows(self, density: Density) -> int:
        return 16384

    def statistics(self, density: Density, x: Array, weights: Array | None = None) -> Stats:
        form, x, ones = _arguments(density, x)
        w = ones if weights is None else np.ascontiguousarray(weights, dtype=np.float64)
        likelihood, total, counts, shift, scatter = statistics(form, x, w)
        return Stats(likelihood, total, counts, density.centres, shift, scatter)

    def log_joint(self, density: Density, x: Array) -> Array:
        return log_joint(*_arguments(density, x))

    def log_density(self, density: Density, x: Array) -> Array:
        return log_density(*_arguments(density, x))


def _arguments(density: Density, x: Array) -> tuple[Any, Array, Array]:
    """What the compiled functions take: the form's tuple, rows, and weights of one."""
    arrays = (density.offset, density.centres, density.scale)
    offset, centres, scale = (np.ascontiguousarray(a, dtype=np.float64) for a in arrays)
    form = _FORMS[density.form](offset, centres, scale.reshape(-1))
    return form, np.ascontiguousarray(x).reshape(-1), np.ones(len(x))
