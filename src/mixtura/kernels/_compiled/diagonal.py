"""The diagonal form: a scale for every component and feature."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from mixtura.kernels._compiled.arithmetic import fill, fma
from mixtura.kernels._compiled.block import NEGLIGIBLE, responsibilities, scratch
from mixtura.kernels._compiled.form import collect, finish, implements, new_sums, prepare, score
from mixtura.kernels._compiled.lanes import (
    LANES,
    REGISTERS,
    WIDTH,
    add_folded,
    broadcast,
    expand,
    load,
    repeat,
    spread,
    store,
)
from mixtura.kernels._compiled.products import padded, panel

__all__ = ["Diagonal"]


class Diagonal(NamedTuple):
    """A density of the diagonal form."""

    offset: Any  # (k,)
    centres: Any  # (k, d)
    scale: Any  # (k, d), flat


class Tools(NamedTuple):
    """Scratch."""

    centres: Any  # (k, padded d)
    v: Any  # panels of the rows


class Sums(NamedTuple):
    """Sums over rows, features padded to whole columns of a product."""

    counts: Any  # (k,)
    shift: Any  # (k, padded d)
    scatter: Any  # (k, padded d)


@implements(prepare, Diagonal)
def _prepare(form, tiles):
    k, d = form.centres.shape
    width = padded(d)
    centres = np.zeros(k * width)
    for j in range(k):
        for a in range(d):
            centres[j * width + a] = form.centres[j, a]
    return Tools(centres, scratch(width * tiles * WIDTH))


@implements(score, Diagonal)
def _score(form, tools, block):
    k, d = form.centres.shape
    for tile in range(block.tiles):
        for j in range(k):
            q = fill(0.0)
            for a in range(d):
                x = load(block.x, (tile * d + a) * WIDTH)
                y = (x - broadcast(form.centres, j * d + a)) * broadcast(form.scale, j * d + a)
                q = fma(y, y, q)
            value = fma(q, fill(-0.5), broadcast(form.offset, j))
            store(block.joint, (j * block.tiles + tile) * WIDTH, value)


@implements(new_sums, Diagonal)
def _new_sums(form):
    k, d = form.centres.shape
    return Sums(np.zeros(k), np.zeros(k * padded(d)), np.zeros(k * padded(d)))


@implements(collect, Diagonal)
def _collect(form, tools, block, weight, sums):
    k, d = form.centres.shape
    for tile in range(block.tiles):
        for a in range(d):
            into = panel(a, block.tiles) + tile * REGISTERS * WIDTH
            spread(tools.v, into, WIDTH, load(block.x, (tile * d + a) * WIDTH))
    for j in range(k):
        found = responsibilities(block, j)
        if found <= NEGLIGIBLE * weight:
            continue
        sums.counts[j] += found
        for a in range(0, d, REGISTERS):
            at = panel(a, block.tiles)
            centre = expand(tools.centres, j * padded(d) + a)
            shift = fill(0.0)
            scatter = fill(0.0)
            for group in range(block.tiles * REGISTERS):
                z = load(tools.v, at + group * WIDTH) - centre
                y = z * repeat(block.joint, j * block.tiles * WIDTH + group * LANES)
                shift = shift + y
                scatter = fma(y, z, scatter)
            add_folded(sums.shift, j * padded(d) + a, shift)
            add_folded(sums.scatter, j * padded(d) + a, scatter)


@implements(finish, Diagonal)
def _finish(form, tools, sums):
    k, d = form.centres.shape
    shift = np.empty((k, d))
    scatter = np.empty((k, d))
    for j in range(k):
        for a in range(d):
            shift[j, a] = sums.shift[j * padded(d) + a]
            scatter[j, a] = sums.scatter[j * padded(d) + a]
    return sums.counts, shift, scatter
