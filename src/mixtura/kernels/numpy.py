"""The textbook kernel: one block of rows in plain array operations, on any array library."""

from __future__ import annotations

from typing import Any

from mixtura.arrays import namespace
from mixtura.density import Density
from mixtura.kernels._deviations import Deviations
from mixtura.kernels._products import Products
from mixtura.kernels.kernel import Kernel
from mixtura.stats import Stats

__all__ = ["NumpyKernel"]

Array = Any

# Nats under the likeliest component where a share is nothing; arithmetic on less would be slow,
# as numbers are that are too small for all their digits.
_FAINT = -500.0


class NumpyKernel(Kernel):
    """EM as the textbooks write it (Bishop 2006, section 9.2), for small data and for lessons.

    Uses nothing outside the Python array API standard, so the same lines run on NumPy and on
    every other library that follows it.

    Parameters
    ----------
    rough : bool
        Whether `statistics` multiplies Gaussians out, where that is quicker: see `Products`.
    """

    name = "numpy"

    def __init__(self, rough: bool = False):
        self._rough = rough

    @property
    def searcher(self) -> Kernel:
        return NumpyKernel(rough=True)

    def block_rows(self, density: Density) -> int:
        return max(128, 2**16 // density.centres.size)

    def statistics(self, density: Density, x: Array, weights: Array | None = None) -> Stats:
        xp = namespace(x)
        x = xp.astype(x, xp.float64, copy=False)
        rough = self._rough and Products.pay(density)
        view = (Products if rough else Deviations)(density, x)
        log_density, responsibilities = _posterior(view.log_joint())  # (n,), (k, n)
        if weights is not None:
            log_density *= weights
            responsibilities *= weights
        log_likelihood = xp.sum(log_density, axis=-1)
        return Stats(
            log_likelihood=log_likelihood if log_likelihood.ndim else float(log_likelihood),
            total=float(x.shape[0] if weights is None else xp.sum(weights)),
            counts=xp.sum(responsibilities, axis=-1),
            **view.moments(responsibilities),
        )

    def log_joint(self, density: Density, x: Array) -> Array:
        xp = namespace(x)
        x = xp.astype(x, xp.float64, copy=False)
        return xp.matrix_transpose(Deviations(density, x).log_joint())

    def log_density(self, density: Density, x: Array) -> Array:
        xp = namespace(x)
        x = xp.astype(x, xp.float64, copy=False)
        return _posterior(Deviations(density, x).log_joint())[0]


def _posterior(log_joint: Array) -> tuple[Array, Array]:
    """Log density (n,) and responsibilities (k, n), safe from overflow and underflow.

    The log of the sum of exp, and every exp over that sum (Bishop 2006, equation 9.13). What is
    given is used up.
    """
    xp = namespace(log_joint)
    top = xp.max(log_joint, axis=-2, keepdims=True)
    log_joint -= xp.where(xp.isfinite(top), top, xp.zeros_like(top))
    shares = xp.exp(xp.maximum(log_joint, xp.asarray(_FAINT, dtype=log_joint.dtype)))
    total = xp.sum(shares, axis=-2, keepdims=True)
    shares /= total
    return xp.squeeze(top + xp.log(total), axis=-2), shares
