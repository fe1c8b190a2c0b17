"""Rows as products of their features, in which log joints and moments are linear."""

from __future__ import annotations

from functools import cache
from types import ModuleType
from typing import Any

from mixtura.arrays import namespace
from mixtura.density import Density, Form

__all__ = ["Products"]

Array = Any


class Products:
    """A block of rows before many components: two matrix products make a pass.

    A Gaussian's exponent, multiplied out, is linear in the deviations from one centre and in their
    products, and moments are sums of these. That saves an array of rows by features for every
    component. It costs digits where a component is far from the centre in its own standard
    deviations, twice as many as it is far: a search among mixtures can spare them.
    """

    def __init__(self, density: Density, x: Array):
        xp = namespace(x)
        d = x.shape[1]
        self._density = density
        # of all components, so that it is the same for every block
        self._centre = xp.mean(xp.reshape(density.centres, (-1, d)), axis=0)
        z = xp.matrix_transpose(x) - self._centre[:, None]
        one, other, _ = _pairs(xp, density.form, d)
        products = xp.take(z, one, axis=0) * xp.take(z, other, axis=0)
        self._features = xp.concat([z, products])  # (p, n)

    @staticmethod
    def pay(density: Density) -> bool:
        """Whether products are at most half as many as deviations of all components."""
        needed = 4 if density.form is Form.DIAGONAL else density.centres.shape[-1] + 3
        return bool(density.offset.size >= needed)

    def log_joint(self) -> Array:
        """Offset minus half the squared Mahalanobis distance, (..., k, n)."""
        density = self._density
        xp = namespace(density.centres)
        means = density.centres - self._centre
        linear, quadratic = _exponent(density, means)
        quadratic = xp.broadcast_to(quadratic, (*linear.shape[:-1], quadratic.shape[-1]))
        constant = density.offset - 0.5 * xp.sum(linear * means, axis=-1)
        return constant[..., None] + _times(xp.concat([linear, quadratic], axis=-1), self._features)

    def moments(self, responsibilities: Array) -> dict[str, Array]:
        """First and second moments about one centre, in the density's form."""
        density = self._density
        xp = namespace(responsibilities)
        d = density.centres.shape[-1]
        sums = _times(responsibilities, xp.matrix_transpose(self._features))
        squares = sums[..., d:]
        if density.form is not Form.DIAGONAL:
            if density.form is Form.SHARED:
                squares = xp.sum(squares, axis=-2)
            whole = xp.take(squares, _places(xp, d), axis=-1)
            squares = xp.reshape(whole, (*squares.shape[:-1], d, d))
        centres = xp.broadcast_to(self._centre, density.centres.shape)
        return {"centres": centres, "shift": sums[..., :d], "scatter": squares}


def _exponent(density: Density, means: Array) -> tuple[Array, Array]:
    """Coefficients of deviations (..., k, d), and of products (..., k or 1, p - d)."""
    xp = namespace(means)
    scale, d = density.scale, means.shape[-1]
    if density.form is Form.DIAGONAL:
        precisions = scale * scale
        return precisions * means, -0.5 * precisions
    precisions = scale @ xp.matrix_transpose(scale)
    if density.form is Form.SHARED:  # one for all components
        precisions = precisions[..., None, :, :]
    linear = xp.sum(precisions * means[..., None, :], axis=-1)
    one, other, halves = _pairs(xp, density.form, d)
    flat = xp.reshape(precisions, (*precisions.shape[:-2], d * d))
    return linear, halves * xp.take(flat, d * one + other, axis=-1)


def _times(left: Array, right: Array) -> Array:
    """One matrix product of all mixtures' components, instead of one a mixture."""
    xp = namespace(left)
    flat = xp.reshape(left, (-1, left.shape[-1]))
    return xp.reshape(flat @ right, (*left.shape[:-1], right.shape[-1]))


@cache
def _pairs(xp: ModuleType, form: Form, d: int) -> tuple[Array, Array, Array]:
    """Features that are multiplied with which, and minus half how often each product counts."""
    pairs = [(i, j) for i in range(d) for j in range(i, d) if i == j or form is not Form.DIAGONAL]
    one, other = (xp.asarray(list(each)) for each in zip(*pairs, strict=True))
    return one, other, xp.where(one == other, xp.asarray(-0.5), xp.asarray(-1.0))


@cache
def _places(xp: ModuleType, d: int) -> Array:
    """Where the product for every entry of a matrix (d, d), flat, is among the pairs."""
    pairs = [(i, j) for i in range(d) for j in range(i, d)]
    place = {pair: number for number, pair in enumerate(pairs)}
    return xp.asarray([place[min(i, j), max(i, j)] for i in range(d) for j in range(d)])
