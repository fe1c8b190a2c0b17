"""An inner block of rows: turned so that a vector holds one feature of many rows, and weighed."""

from __future__ import annotations

import sys
from typing import Any, NamedTuple

import numpy as np

from mixtura.kernels._compiled.arithmetic import fill, fma, maximum, sqrt, total
from mixtura.kernels._compiled.compile import inlined
from mixtura.kernels._compiled.elementary import exp, log
from mixtura.kernels._compiled.lanes import WIDTH, gather, load, store

__all__ = ["BLOCK", "NEGLIGIBLE", "ROOT", "Block", "load_rows", "new_block", "normalise", "scratch"]

BLOCK = 256  # rows: long sums a register, yet most of it stays in the first two caches
NEGLIGIBLE = 1e-16  # share of a block's weight below which a component gets no sums from it
ROOT = 1e-8  # of the same share

_LOWEST = -sys.float_info.max
_INFINITY = float("inf")


class Block(NamedTuple):
    """Scratch for `tiles` times WIDTH rows; k is rounded up to whole columns of a product."""

    tiles: int
    x: Any  # (tiles, d, WIDTH)
    joint: Any  # (k, tiles, WIDTH)  log joint density, then a root of a responsibility
    share: Any  # (tiles, WIDTH)     what normalises the root
    weights: Any  # (tiles, WIDTH)     zero beyond the last row
    roots: Any  # (tiles, WIDTH)     of the weights
    evidence: Any  # (tiles, WIDTH)     log density


@inlined
def scratch(size):
    """`size` zeros that start on a cache line."""
    room = np.zeros(size + 7)
    first = (-room.ctypes.data % 64) // 8
    return room[first : first + size]


@inlined
def new_block(n, d, k):
    """Scratch for blocks of `n` rows."""
    tiles = -(-min(n, BLOCK) // WIDTH)
    size = tiles * WIDTH
    columns = -(-k // 4) * 4
    return Block(
        tiles,
        scratch(size * d),
        scratch(size * columns),
        scratch(size),
        scratch(size),
        scratch(size),
        scratch(size),
    )


@inlined
def load_rows(block, x, n, d, weights, start):
    """Fill the block from row `start` on, repeating the last row with weight zero; their weight.

    No weights at all are weights of one.
    """
    weight = fill(0.0)
    for tile in range(block.tiles):
        at = tile * WIDTH
        first = start + at
        if first + WIDTH <= n:
            for a in range(d):
                store(block.x, at * d + a * WIDTH, gather(x, first * d + a, d))
        else:
            for lane in range(WIDTH):
                row = min(first + lane, n - 1)
                for a in range(d):
                    block.x[at * d + a * WIDTH + lane] = x[row * d + a]
        weight = weight + _weigh(block, at, n, weights, first)
    return total(weight)


@inlined
def _weigh(block, at, n, weights, first):
    """Weights of the rows of one tile and their roots."""
    if first + WIDTH <= n:
        w = load(weights, first) if weights.size else fill(1.0)
    else:
        for lane in range(WIDTH):
            inside = first + lane < n
            block.weights[at + lane] = 0.0
            if inside:
                block.weights[at + lane] = weights[first + lane] if weights.size else 1.0
        w = load(block.weights, at)
    store(block.weights, at, w)
    store(block.roots, at, sqrt(w) if weights.size else w)
    return w


@inlined
def responsibilities(block, j):
    """Square component j's roots into weight times responsibility, and return their sum."""
    counts = fill(0.0)
    for tile in range(block.tiles):
        at = (j * block.tiles + tile) * WIDTH
        root = load(block.joint, at) * load(block.share, tile * WIDTH)
        store(block.joint, at, root * root)
        counts = fma(root, root, counts)
    return total(counts)


@inlined
def normalise(block, k):
    """Turn log joint densities into responsibilities, and return the log-likelihood.

    On return ``joint * share`` is the square root of weight times responsibility: half the
    argument keeps exp from underflowing, and the root splits evenly over both factors of a
    second moment.
    """
    stride = block.tiles * WIDTH
    likelihood = fill(0.0)
    for tile in range(block.tiles):
        at = tile * WIDTH
        highest = fill(-_INFINITY)
        for j in range(k):
            highest = maximum(load(block.joint, j * stride + at), highest)
        finite = maximum(highest, fill(_LOWEST))
        sums = fill(0.0)
        for j in range(k):
            root = exp(fill(0.5) * (load(block.joint, j * stride + at) - finite))
            store(block.joint, j * stride + at, root)
            sums = fma(root, root, sums)
        above = log(sums)
        evidence = highest + above
        likelihood = fma(load(block.weights, at), evidence, likelihood)
        store(block.evidence, at, evidence)
        store(block.share, at, load(block.roots, at) * exp(fill(-0.5) * above))
    return total(likelihood)
