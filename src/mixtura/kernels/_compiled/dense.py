"""The dense form: a triangular factor for every component."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from mixtura.kernels._compiled.arithmetic import fill, fma, total
from mixtura.kernels._compiled.block import NEGLIGIBLE, scratch
from mixtura.kernels._compiled.compile import inlined
from mixtura.kernels._compiled.form import collect, finish, implements, new_sums, prepare, score
from mixtura.kernels._compiled.lanes import REGISTERS, WIDTH, broadcast, load, spread, store
from mixtura.kernels._compiled.products import pack, padded, panel, scatter_panels, whiten

__all__ = ["Dense"]


class Dense(NamedTuple):
    """A density of the dense form."""

    offset: Any  # (k,)
    centres: Any  # (k, d)
    scale: Any  # (k, d, d), flat


class Tools(NamedTuple):
    """Packed factors and scratch."""

    factors: Any  # (k, d (d + 1) / 2), packed
    z: Any  # (d, WIDTH)       rows seen from one centre
    v: Any  # panels, the same times a root of the responsibilities


class Sums(NamedTuple):
    """Sums over rows, features padded to whole columns of a product."""

    counts: Any  # (k,)
    shift: Any  # (k, d)
    scatter: Any  # (k, padded d, padded d), lower triangles


@implements(prepare, Dense)
def _prepare(form, tiles):
    k, d = form.centres.shape
    size = d * (d + 1) // 2
    factors = np.empty(k * size)
    for j in range(k):
        pack(form.scale, j * d * d, d, factors, j * size)
    width = padded(d)
    return Tools(factors, scratch(d * WIDTH), scratch(width * tiles * WIDTH))


@implements(score, Dense)
def _score(form, tools, block):
    k, d = form.centres.shape
    for j in range(k):
        for tile in range(block.tiles):
            at = tile * WIDTH
            for a in range(d):
                x = load(block.x, at * d + a * WIDTH)
                store(tools.z, a * WIDTH, x - broadcast(form.centres, j * d + a))
            q = whiten(tools.z, d, tools.factors, j * (d * (d + 1) // 2), tools.z, 0, False)
            value = fma(q, fill(-0.5), broadcast(form.offset, j))
            store(block.joint, (j * block.tiles + tile) * WIDTH, value)


@implements(new_sums, Dense)
def _new_sums(form):
    k, d = form.centres.shape
    width = padded(d)
    return Sums(np.zeros(k), np.zeros((k, d)), np.zeros(k * width * width))


@inlined
def _roots(block, j):
    """Finish component j's roots of responsibilities, and return the sum of their squares."""
    counts = fill(0.0)
    for tile in range(block.tiles):
        at = (j * block.tiles + tile) * WIDTH
        root = load(block.joint, at) * load(block.share, tile * WIDTH)
        store(block.joint, at, root)
        counts = fma(root, root, counts)
    return total(counts)


@implements(collect, Dense)
def _collect(form, tools, block, weight, sums):
    k, d = form.centres.shape
    width = padded(d)
    for j in range(k):
        found = _roots(block, j)
        if found <= NEGLIGIBLE * weight:
            continue
        sums.counts[j] += found
        for a in range(d):
            centre = broadcast(form.centres, j * d + a)
            shift = fill(0.0)
            for tile in range(block.tiles):
                root = load(block.joint, (j * block.tiles + tile) * WIDTH)
                y = (load(block.x, (tile * d + a) * WIDTH) - centre) * root
                spread(tools.v, panel(a, block.tiles) + tile * REGISTERS * WIDTH, WIDTH, y)
                shift = fma(y, root, shift)
            sums.shift[j, a] += total(shift)
        scatter_panels(tools.v, d, block.tiles, sums.scatter, j * width * width)


@implements(finish, Dense)
def _finish(form, tools, sums):
    k, d = form.centres.shape
    width = padded(d)
    scatter = np.empty((k, d, d))
    for j in range(k):
        for c in range(d):
            for a in range(c + 1):
                value = sums.scatter[(j * width + c) * width + a]
                scatter[j, a, c] = value
                scatter[j, c, a] = value
    return sums.counts, sums.shift, scatter
