"""The textbook kernel: one block of rows in plain array operations, on any array library."""

from __future__ import annotations

from typing import Any

from mixtura.arrays import namespace
from mixtura.density import Density, Form
from mixtura.kernels.kernel import Kernel
from mixtura.stats import Stats

__all__ = ["NumpyKernel"]

Array = Any


class NumpyKernel(Kernel):
    """EM as the textbooks write it (Bishop 2006, section 9.2), for small data and for lessons.

    Uses nothing outside the Python array API standard, so the same lines run on NumPy and on
    every other library that follows it.
    """

    name = "numpy"

    def block_rows(self, density: Density) -> int:
        return max(256, 2**18 // density.centres.size)

    def statistics(self, density: Density, x: Array, weights: Array | None = None) -> Stats:
        xp = namespace(x)
        x = xp.astype(x, xp.float64, copy=False)
        deviations = _deviations(density, x)
        log_density, posterior = _posterior(_log_joint(density, deviations))
        w = xp.ones(x.shape[0], dtype=x.dtype) if weights is None else weights
        responsibilities = w * posterior  # (k, n)
        log_likelihood = xp.sum(w * log_density, axis=-1)
        return Stats(
            log_likelihood=log_likelihood if log_likelihood.ndim else float(log_likelihood),
            total=float(xp.sum(w)),
            counts=xp.sum(responsibilities, axis=-1),
            centres=density.centres,
            **_moments(density.form, responsibilities, deviations),
        )

    def log_joint(self, density: Density, x: Array) -> Array:
        xp = namespace(x)
        x = xp.astype(x, xp.float64, copy=False)
        return xp.matrix_transpose(_log_joint(density, _deviations(density, x)))

    def log_density(self, density: Density, x: Array) -> Array:
        xp = namespace(x)
        x = xp.astype(x, xp.float64, copy=False)
        return _posterior(_log_joint(density, _deviations(density, x)))[0]


def _deviations(density: Density, x: Array) -> Array:
    """Every row seen from every centre, (k, n, d)."""
    return x - density.centres[..., None, :]


def _log_joint(density: Density, deviations: Array) -> Array:
    """Offset minus half the squared Mahalanobis distance, (k, n)."""
    xp = namespace(deviations)
    if density.form is Form.DIAGONAL:
        whitened = deviations * density.scale[..., None, :]
    elif density.form is Form.SHARED:  # one factor for all components
        whitened = deviations @ density.scale[..., None, :, :]
    else:
        whitened = deviations @ density.scale
    return density.offset[..., None] - 0.5 * xp.sum(whitened * whitened, axis=-1)


def _posterior(log_joint: Array) -> tuple[Array, Array]:
    """Log density (n,) and responsibilities (k, n), safe from overflow and underflow.

    The log of the sum of exp, and every exp over that sum (Bishop 2006, equation 9.13).
    """
    xp = namespace(log_joint)
    top = xp.max(log_joint, axis=-2, keepdims=True)
    top = xp.where(xp.isfinite(top), top, xp.zeros_like(top))
    shares = xp.exp(log_joint - top)
    total = xp.sum(shares, axis=-2, keepdims=True)
    return xp.squeeze(top + xp.log(total), axis=-2), shares / total


def _moments(form: Form, responsibilities: Array, deviations: Array) -> dict[str, Array]:
    """First and second moments about the centres, in the density's form."""
    xp = namespace(deviations)
    weighted = responsibilities[..., None] * deviations  # (k, n, d)
    shift = xp.sum(weighted, axis=-2)
    if form is Form.DIAGONAL:
        return {"shift": shift, "scatter": xp.sum(weighted * deviations, axis=-2)}
    scatter = xp.matrix_transpose(weighted) @ deviations
    return {"shift": shift, "scatter": xp.sum(scatter, axis=-3) if form is Form.SHARED else scatter}
