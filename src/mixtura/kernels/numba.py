"""The fast kernel: the E-step and the sums of the M-step in one compiled sweep over the rows."""

from __future__ import annotations

from collections.abc import Iterator
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
_UNWEIGHTED = np.empty(0)


class NumbaKernel(Kernel):
    """EM on vectors of rows: a register holds one feature of many rows, and stays full.

    Rows go through in small blocks that stay in cache: turned once, scored, normalised with
    an own exp, and summed into moments; no array of n rows by k components is ever stored. Each
    of the three functions is compiled for a form when it is first used, in a few seconds, and
    kept on disk. Compiled code does not hold the interpreter's lock, so blocks may
    run on as many threads as there are.

    Results agree with the textbook kernel to rounding. A component that gets less
    than 1e-16 of the weight of 256 rows gets nothing from them. In the dense form of 16 features
    or more, where few rows count for a component, those that give it less than 1e-16 of their
    weight give it nothing.
    """

    name = "numba"

    def block_rows(self, density: Density) -> int:
        k, d = density.centres.shape[-2:]
        return max(16384, 16 * k * d)

    def statistics(self, density: Density, x: Array, weights: Array | None = None) -> Stats:
        if density.centres.ndim > 2:
            return Stats.side_by_side([self.statistics(one, x, weights) for one in _each(density)])
        w = _view(_UNWEIGHTED if weights is None else weights, np.float64)
        likelihood, total, counts, shift, scatter = statistics(*_arguments(density, x), w)
        return Stats(likelihood, total, counts, density.centres, shift, scatter)

    def log_joint(self, density: Density, x: Array) -> Array:
        return log_joint(*_arguments(density, x))

    def log_density(self, density: Density, x: Array) -> Array:
        return log_density(*_arguments(density, x))


def _each(density: Density) -> Iterator[Density]:
    """Mixtures side by side, one by one."""
    arrays = (density.offset, density.centres, density.scale)
    return (Density(*one, density.form) for one in zip(*arrays, strict=True))


def _arguments(density: Density, x: Array) -> tuple[Any, Array, int]:
    """The form's tuple of flat arrays, the rows as one flat array, and their number."""
    arrays = (density.offset, density.centres, density.scale)
    offset, centres, scale = (_view(array, np.float64) for array in arrays)
    form = _FORMS[density.form](offset, centres, scale.reshape(-1))
    return form, _view(x).reshape(-1), len(x)


def _view(array: Array, dtype: Any = None) -> Array:
    """The array contiguous and read-only, so that one compiled function serves them all."""
    flags = array.flags
    ready = flags.c_contiguous and flags.aligned and dtype in (None, array.dtype)
    view = (array if ready else np.require(array, dtype, requirements=["C", "A"])).view()
    view.flags.writeable = False
    return view
