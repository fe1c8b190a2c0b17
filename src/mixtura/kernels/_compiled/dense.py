"""The dense form: a triangular factor for every component.

Of many features the scatter costs more than bringing together the rows that count for a component,
and well apart from others few do: a row that owes it less than NEGLIGIBLE of its weight does not.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from mixtura.kernels._compiled.arithmetic import exceeds, fill, fma, total
from mixtura.kernels._compiled.block import NEGLIGIBLE, ROOT, scratch
from mixtura.kernels._compiled.compile import inlined
from mixtura.kernels._compiled.form import collect, finish, implements, new_sums, prepare, score
from mixtura.kernels._compiled.lanes import REGISTERS, WIDTH, broadcast, load, spread, store
from mixtura.kernels._compiled.products import pack, padded, panel, scatter_panels, whiten

__all__ = ["Dense"]

_MANY = 16  # features from which rows may be chosen
_CHOICE = 32  # features whose scatter costs as much as bringing a row to its place


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
    places: Any  # (tiles, WIDTH)     of chosen rows in the block
    x: Any  # (tiles, d, WIDTH)  chosen rows
    roots: Any  # (tiles, WIDTH)     of their responsibilities


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
    rows = tiles * WIDTH
    return Tools(
        factors,
        scratch(d * WIDTH),
        scratch(width * rows),
        np.zeros(rows, np.int64),
        scratch(d * rows),
        scratch(rows),
    )


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


@inlined
def _few(block, j, d):
    """Whether so few rows count for component j that choosing them pays."""
    if d < _MANY:
        return False
    number = fill(0.0)
    for tile in range(block.tiles):
        root = load(block.joint, (j * block.tiles + tile) * WIDTH)
        number = number + exceeds(root, fill(ROOT) * load(block.roots, tile * WIDTH))
    return total(number) * (d + _CHOICE) < block.tiles * WIDTH * d


@inlined
def _choose(tools, block, j, d):
    """Bring together the rows that count for component j, and return the tiles they fill."""
    number = 0
    for tile in range(block.tiles):
        for lane in range(WIDTH):
            root = block.joint[(j * block.tiles + tile) * WIDTH + lane]
            tools.places[number] = tile * d * WIDTH + lane
            tools.roots[number] = root
            number += root > ROOT * block.roots[tile * WIDTH + lane]
    tiles = -(-number // WIDTH)
    for row in range(number, tiles * WIDTH):
        tools.places[row] = 0
        tools.roots[row] = 0.0
    for tile in range(tiles):
        for a in range(d):
            for lane in range(WIDTH):
                place = tools.places[tile * WIDTH + lane]
                tools.x[(tile * d + a) * WIDTH + lane] = block.x[place + a * WIDTH]
    return tiles


@inlined
def _shift(form, tools, block, j, tiles, x, roots, at, sums):
    """Add rows as seen from centre j to its shift, and leave them in panels for the scatter."""
    d = form.centres.shape[1]
    for a in range(d):
        centre = broadcast(form.centres, j * d + a)
        shift = fill(0.0)
        for tile in range(tiles):
            root = load(roots, at + tile * WIDTH)
            y = (load(x, (tile * d + a) * WIDTH) - centre) * root
            spread(tools.v, panel(a, block.tiles) + tile * REGISTERS * WIDTH, WIDTH, y)
            shift = fma(y, root, shift)
        sums.shift[j, a] += total(shift)


@implements(collect, Dense)
def _collect(form, tools, block, weight, sums):
    k, d = form.centres.shape
    width = padded(d)
    for j in range(k):
        found = _roots(block, j)
        if found <= NEGLIGIBLE * weight:
            continue
        sums.counts[j] += found
        if _few(block, j, d):
            tiles = _choose(tools, block, j, d)
            _shift(form, tools, block, j, tiles, tools.x, tools.roots, 0, sums)
        else:
            tiles = block.tiles
            _shift(form, tools, block, j, tiles, block.x, block.joint, j * tiles * WIDTH, sums)
        scatter_panels(tools.v, d, block.tiles, tiles, sums.scatter, j * width * width)


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
