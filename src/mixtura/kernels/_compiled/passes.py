"""The three functions of a kernel as loops over inner blocks of rows, for any form."""

from __future__ import annotations

import numpy as np

from mixtura.kernels._compiled.block import BLOCK, load_rows, new_block, normalise
from mixtura.kernels._compiled.compile import compiled
from mixtura.kernels._compiled.form import collect, finish, new_sums, prepare, score
from mixtura.kernels._compiled.lanes import WIDTH

__all__ = ["log_density", "log_joint", "statistics"]


@compiled
def statistics(form, x, n, weights):
    """Log-likelihood, weight, counts, shift and scatter of rows: one E-step and its sums."""
    k, d = form.centres.shape
    block = new_block(n, d, k)
    tools = prepare(form, block.tiles)
    sums = new_sums(form)
    likelihood = 0.0
    weight = 0.0
    for start in range(0, n, BLOCK):
        here = load_rows(block, x, n, d, weights, start)
        score(form, tools, block)
        likelihood += normalise(block, k)
        collect(form, tools, block, here, sums)
        weight += here
    counts, shift, scatter = finish(form, tools, sums)
    return likelihood, weight, counts, shift, scatter


@compiled
def log_joint(form, x, n):
    """Log joint densities, (n, k)."""
    k, d = form.centres.shape
    block = new_block(n, d, k)
    tools = prepare(form, block.tiles)
    out = np.empty((n, k))
    stride = block.tiles * WIDTH
    for start in range(0, n, BLOCK):
        load_rows(block, x, n, d, np.empty(0), start)
        score(form, tools, block)
        for first in range(start, min(start + BLOCK, n), 8):
            for j in range(k):
                for row in range(first, min(first + 8, n)):
                    out[row, j] = block.joint[j * stride + row - start]
    return out


@compiled
def log_density(form, x, n):
    """Log densities of the mixture, (n,)."""
    k, d = form.centres.shape
    block = new_block(n, d, k)
    tools = prepare(form, block.tiles)
    out = np.empty(n)
    for start in range(0, n, BLOCK):
        load_rows(block, x, n, d, np.empty(0), start)
        score(form, tools, block)
        normalise(block, k)
        for row in range(start, min(start + BLOCK, n)):
            out[row] = block.evidence[row - start]
    return out
