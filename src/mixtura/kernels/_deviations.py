"""Rows as every component sees them: about its own centre."""

from __future__ import annotations

from typing import Any

from mixtura.arrays import namespace
from mixtura.density import Density, Form

__all__ = ["Deviations"]

Array = Any


class Deviations:
    """A block of rows before every component, (..., k, d, n), rows last: sums run along memory."""

    def __init__(self, density: Density, x: Array):
        xp = namespace(x)
        self._density = density
        # flat in between, so that columns lie in memory as they are written
        columns = xp.reshape(xp.reshape(xp.matrix_transpose(x), (-1,)), (x.shape[1], x.shape[0]))
        self._deviations = columns - density.centres[..., None]

    def log_joint(self) -> Array:
        """Offset minus half the squared Mahalanobis distance, (..., k, n)."""
        density, xp = self._density, namespace(self._deviations)
        if density.form is Form.DIAGONAL:
            whitened = density.scale[..., None] * self._deviations
        elif density.form is Form.SHARED:  # one factor for all components
            whitened = xp.matrix_transpose(density.scale)[..., None, :, :] @ self._deviations
        else:
            whitened = xp.matrix_transpose(density.scale) @ self._deviations
        whitened *= whitened
        joint = xp.sum(whitened, axis=-2)
        joint *= -0.5
        joint += density.offset[..., None]
        return joint

    def moments(self, responsibilities: Array) -> dict[str, Array]:
        """First and second moments about the centres, in the density's form."""
        form, xp = self._density.form, namespace(responsibilities)
        weighted = responsibilities[..., None, :] * self._deviations
        if form is Form.DIAGONAL:
            scatter = xp.sum(weighted * self._deviations, axis=-1)
        else:
            scatter = weighted @ xp.matrix_transpose(self._deviations)
            scatter = xp.sum(scatter, axis=-3) if form is Form.SHARED else scatter
        shift = xp.sum(weighted, axis=-1)
        return {"centres": self._density.centres, "shift": shift, "scatter": scatter}
