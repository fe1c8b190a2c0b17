"""The two products that cost: rows times a triangle, and features times features over rows."""

from __future__ import annotations

from mixtura.kernels._compiled.arithmetic import fill, fma
from mixtura.kernels._compiled.compile import inlined
from mixtura.kernels._compiled.lanes import (
    LANES,
    REGISTERS,
    WIDTH,
    add_folded,
    broadcast,
    load,
    repeat,
    store,
)

__all__ = ["COLUMNS", "multiply", "pack", "padded", "panel", "scatter_panels", "whiten"]

COLUMNS = 4  # columns of a product that are summed at once, one vector each


@inlined
def padded(size):
    """`size` rounded up to whole columns of a product."""
    return -(-size // COLUMNS) * COLUMNS


@inlined
def pack(factor, first, d, packed, u):
    """Copy an upper triangle from `factor[first]` to `packed[u]`, in the order `whiten` reads."""
    head = d % COLUMNS
    for c in range(head):
        for a in range(c + 1):
            packed[u] = factor[first + a * d + c]
            u += 1
    for c in range(head, d, COLUMNS):
        for a in range(c + COLUMNS):
            for column in range(max(a, c), c + COLUMNS):
                packed[u] = factor[first + a * d + column]
                u += 1


@inlined
def whiten(z, d, factor, u, y, into, keep):
    """Squared norm of z U for WIDTH rows z, (d, WIDTH); z U goes to `y` if it is to be kept.

    `factor[u]` starts the packed triangle. Columns come in fours, the odd ones first, where
    they are shortest.
    """
    head = d % COLUMNS
    q = fill(0.0)
    for c in range(head):
        y0 = fill(0.0)
        for a in range(c + 1):
            y0 = fma(load(z, a * WIDTH), broadcast(factor, u), y0)
            u += 1
        q = fma(y0, y0, q)
        if keep:
            store(y, into + c * WIDTH, y0)
    for c in range(head, d, COLUMNS):
        y0 = fill(0.0)
        y1 = fill(0.0)
        y2 = fill(0.0)
        y3 = fill(0.0)
        for a in range(c + 1):
            za = load(z, a * WIDTH)
            y0 = fma(za, broadcast(factor, u), y0)
            y1 = fma(za, broadcast(factor, u + 1), y1)
            y2 = fma(za, broadcast(factor, u + 2), y2)
            y3 = fma(za, broadcast(factor, u + 3), y3)
            u += 4
        za = load(z, (c + 1) * WIDTH)
        y1 = fma(za, broadcast(factor, u), y1)
        y2 = fma(za, broadcast(factor, u + 1), y2)
        y3 = fma(za, broadcast(factor, u + 2), y3)
        za = load(z, (c + 2) * WIDTH)
        y2 = fma(za, broadcast(factor, u + 3), y2)
        y3 = fma(za, broadcast(factor, u + 4), y3)
        y3 = fma(load(z, (c + 3) * WIDTH), broadcast(factor, u + 5), y3)
        u += 6
        q = fma(y0, y0, fma(y1, y1, fma(y2, y2, fma(y3, y3, q))))
        if keep:
            store(y, into + c * WIDTH, y0)
            store(y, into + (c + 1) * WIDTH, y1)
            store(y, into + (c + 2) * WIDTH, y2)
            store(y, into + (c + 3) * WIDTH, y3)
    return q


@inlined
def panel(feature, tiles):
    """Where a feature starts in panels, (d / REGISTERS, groups, REGISTERS, LANES).

    A group is LANES rows, a panel all groups of REGISTERS features; every vector of a panel
    holds REGISTERS features of one group.
    """
    return feature // REGISTERS * REGISTERS * tiles * WIDTH + feature % REGISTERS * LANES


@inlined
def multiply(a, at, groups, b, b0, b1, b2, b3, step, out, into, stride):
    """Add the sums over rows of a panel's features times four columns to four rows of `out`."""
    s0 = fill(0.0)
    s1 = fill(0.0)
    s2 = fill(0.0)
    s3 = fill(0.0)
    for group in range(groups):
        left = load(a, at + group * WIDTH)
        here = group * step
        s0 = fma(left, repeat(b, b0 + here), s0)
        s1 = fma(left, repeat(b, b1 + here), s1)
        s2 = fma(left, repeat(b, b2 + here), s2)
        s3 = fma(left, repeat(b, b3 + here), s3)
    add_folded(out, into, s0)
    add_folded(out, into + stride, s1)
    add_folded(out, into + 2 * stride, s2)
    add_folded(out, into + 3 * stride, s3)


@inlined
def scatter_panels(v, d, tiles, filled, out, into):
    """Add v v' to the lower triangle of a (padded d, padded d) matrix at `out[into]`.

    The panels have room for `tiles` times WIDTH rows, and the first `filled` are summed.
    """
    width = padded(d)
    for first in range(0, d, REGISTERS):
        for c in range(first // COLUMNS * COLUMNS, d, COLUMNS):
            multiply(
                v,
                panel(first, tiles),
                filled * REGISTERS,
                v,
                panel(c, tiles),
                panel(c + 1, tiles),
                panel(c + 2, tiles),
                panel(c + 3, tiles),
                WIDTH,
                out,
                into + c * width + first,
                width,
            )
