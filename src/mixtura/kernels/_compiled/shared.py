"""The shared form: one triangular factor for all components, so rows are whitened only once.

The log joint density needs the distances of a whitened row to whitened centres. The scatter about
the centres c is the scatter about a pivot p less what lies between them: with
``m = sum w r (x - p)`` of one component, ``sum w r (x - c)(x - c)'`` summed over components is
``sum w (x - p)(x - p)' - sum_j (c - p) m' + m (c - p)' - counts (c - p)(c - p)'``.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from mixtura.kernels._compiled.arithmetic import fill, fma
from mixtura.kernels._compiled.block import NEGLIGIBLE, responsibilities, scratch
from mixtura.kernels._compiled.form import collect, finish, implements, new_sums, prepare, score
from mixtura.kernels._compiled.lanes import LANES, REGISTERS, WIDTH, broadcast, load, spread, store
from mixtura.kernels._compiled.products import (
    COLUMNS,
    multiply,
    pack,
    padded,
    panel,
    scatter_panels,
    whiten,
)

__all__ = ["Shared"]


class Shared(NamedTuple):
    """A density of the shared form."""

    offset: Any  # (k,)
    centres: Any  # (k, d)
    scale: Any  # (d, d), flat


class Tools(NamedTuple):
    """The density about the pivot, and scratch."""

    pivot: Any  # (d,)  mean of the centres
    factor: Any  # (d (d + 1) / 2,), packed
    whitened: Any  # (k, d)  centres
    z: Any  # (d, WIDTH)  rows about the pivot
    y: Any  # (d, WIDTH)  the same whitened
    v: Any  # panels, rows about the pivot
    weighted: Any  # panels, the same times a root of their weight


class Sums(NamedTuple):
    """Sums over rows about the pivot, features padded to whole columns of a product."""

    counts: Any  # (k,)
    moment: Any  # (padded k, padded d)
    scatter: Any  # (padded d, padded d), lower triangle


@implements(prepare, Shared)
def _prepare(form, tiles):
    k, d = form.centres.shape
    factor = np.empty(d * (d + 1) // 2)
    pack(form.scale, 0, d, factor, 0)
    pivot = np.zeros(d)
    for j in range(k):
        for a in range(d):
            pivot[a] += (form.centres[j, a] - pivot[a]) / (j + 1)
    whitened = np.zeros(k * d)
    for j in range(k):
        for a in range(d):
            for c in range(a, d):
                whitened[j * d + c] += (form.centres[j, a] - pivot[a]) * form.scale[a * d + c]
    rows = scratch(d * WIDTH)
    panels = padded(d) * tiles * WIDTH
    return Tools(
        pivot, factor, whitened, rows, scratch(d * WIDTH), scratch(panels), scratch(panels)
    )


@implements(score, Shared)
def _score(form, tools, block):
    k, d = form.centres.shape
    for tile in range(block.tiles):
        for a in range(d):
            z = load(block.x, (tile * d + a) * WIDTH) - broadcast(tools.pivot, a)
            store(tools.z, a * WIDTH, z)
            spread(tools.v, panel(a, block.tiles) + tile * REGISTERS * WIDTH, WIDTH, z)
        whiten(tools.z, d, tools.factor, 0, tools.y, 0, True)
        for j in range(k):
            q = fill(0.0)
            for a in range(d):
                y = load(tools.y, a * WIDTH) - broadcast(tools.whitened, j * d + a)
                q = fma(y, y, q)
            value = fma(q, fill(-0.5), broadcast(form.offset, j))
            store(block.joint, (j * block.tiles + tile) * WIDTH, value)


@implements(new_sums, Shared)
def _new_sums(form):
    k, d = form.centres.shape
    width = padded(d)
    return Sums(np.zeros(k), np.zeros(padded(k) * width), np.zeros(width * width))


@implements(collect, Shared)
def _collect(form, tools, block, weight, sums):
    k, d = form.centres.shape
    size = block.tiles * WIDTH
    for j in range(k):
        found = responsibilities(block, j)
        if found > NEGLIGIBLE * weight:
            sums.counts[j] += found
        else:
            for i in range(j * size, (j + 1) * size):
                block.joint[i] = 0.0
    for a in range(0, d, REGISTERS):
        for j in range(0, k, COLUMNS):
            multiply(
                tools.v,
                panel(a, block.tiles),
                block.tiles * REGISTERS,
                block.joint,
                j * size,
                (j + 1) * size,
                (j + 2) * size,
                (j + 3) * size,
                LANES,
                sums.moment,
                j * padded(d) + a,
                padded(d),
            )
    for tile in range(block.tiles):
        root = load(block.roots, tile * WIDTH)
        for a in range(d):
            z = load(block.x, (tile * d + a) * WIDTH) - broadcast(tools.pivot, a)
            into = panel(a, block.tiles) + tile * REGISTERS * WIDTH
            spread(tools.weighted, into, WIDTH, z * root)
    scatter_panels(tools.weighted, d, block.tiles, block.tiles, sums.scatter, 0)


@implements(finish, Shared)
def _finish(form, tools, sums):
    k, d = form.centres.shape
    width = padded(d)
    shift = np.empty((k, d))
    scatter = np.empty((d, d))
    for j in range(k):
        for a in range(d):
            apart = form.centres[j, a] - tools.pivot[a]
            shift[j, a] = sums.moment[j * width + a] - sums.counts[j] * apart
    for c in range(d):
        for a in range(c + 1):
            value = sums.scatter[c * width + a]
            for j in range(k):
                ca = form.centres[j, a] - tools.pivot[a]
                cc = form.centres[j, c] - tools.pivot[c]
                value -= cc * sums.moment[j * width + a] + ca * shift[j, c]
            scatter[a, c] = value
            scatter[c, a] = value
    return sums.counts, shift, scatter
