"""The calculus of a finished mixture: scores, responsibilities, labels, samples."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeAlias

import numpy as np
from scipy.linalg import solve_triangular
from scipy.special import logsumexp

from mixtura.covariance import CovarianceFamily, Parameters
from mixtura.density import Density, Form
from mixtura.kernels import Kernel
from mixtura.rows import Rows

__all__ = [
    "Scorer",
    "assignments",
    "labels",
    "log_density",
    "log_joint",
    "log_likelihood",
    "plugin",
    "responsibilities",
    "sample",
    "totals",
]

# Squared distances that differ by less, relatively, are the same.
_SAME = 1e-12


# Log density (b,) of a block of rows.
Scorer: TypeAlias = Callable[[Density, Kernel, np.ndarray], np.ndarray]


def plugin(density: Density, kernel: Kernel, x: np.ndarray) -> np.ndarray:
    """Log density of a block of rows (b,) with the parameters as they are, in nats."""
    found = kernel.log_density(density, x)
    lost = np.isnan(found)
    if lost.any():
        found[lost] = logsumexp(_log_joint(density, kernel, x[lost]), axis=1)
    return found


def log_density(
    density: Density, kernel: Kernel, rows: Rows, scorer: Scorer = plugin
) -> np.ndarray:
    """Log density of every row under the mixture, (n,), in nats; -inf where it underflows."""
    return rows.concatenate(lambda x, _: scorer(density, kernel, x), kernel.block_rows(density))


def log_joint(density: Density, kernel: Kernel, rows: Rows) -> np.ndarray:
    """Log of weight times density of every component for every row, (n, k), in nats."""
    return rows.concatenate(lambda x, _: _log_joint(density, kernel, x), kernel.block_rows(density))


def log_likelihood(density: Density, kernel: Kernel, rows: Rows, scorer: Scorer = plugin) -> float:
    """Sum of weight times log density over the rows, in the user's unit of weight."""

    def block(x: np.ndarray, weights: np.ndarray | None) -> float:
        return _weighted_sum(scorer(density, kernel, x), weights)

    return rows.unit * rows.total(block, kernel.block_rows(density))


def totals(density: Density, kernel: Kernel, rows: Rows) -> tuple[float, float]:
    """`log_likelihood`, and the same sum of the log of a row's largest responsibility, in one pass.

    No n x k array is made.
    """

    def block(x: np.ndarray, weights: np.ndarray | None) -> np.ndarray:
        joint = _comparable(density, kernel, x)
        joint -= np.max(joint, axis=1, keepdims=True)
        certainty = -np.log(np.sum(np.exp(joint, out=joint), axis=1))
        both = (plugin(density, kernel, x), certainty)
        return np.array([_weighted_sum(values, weights) for values in both])

    log_likelihood, certainty = rows.unit * rows.total(block, kernel.block_rows(density))
    return float(log_likelihood), float(certainty)


def _weighted_sum(values: np.ndarray, weights: np.ndarray | None) -> float:
    return float(np.sum(values if weights is None else weights * values))


def labels(density: Density, kernel: Kernel, rows: Rows) -> np.ndarray:
    """The component of the largest responsibility for every row, (n,)."""
    return rows.concatenate(
        lambda x, _: np.argmax(_comparable(density, kernel, x), axis=1), kernel.block_rows(density)
    )


def responsibilities(density: Density, kernel: Kernel, rows: Rows) -> np.ndarray:
    """Posterior probability of every component for every row, (n, k); rows sum to 1."""
    return rows.concatenate(
        lambda x, _: _normalised(_comparable(density, kernel, x)), kernel.block_rows(density)
    )


def assignments(density: Density, kernel: Kernel, rows: Rows) -> Iterator[np.ndarray]:
    """Label and responsibilities of every row, (b, 1 + k), piece by piece."""

    def block(x: np.ndarray, _: np.ndarray | None) -> np.ndarray:
        joint = _comparable(density, kernel, x)
        return np.column_stack([np.argmax(joint, axis=1), _normalised(joint)])

    return rows.each(block, kernel.block_rows(density))


def _normalised(joint: np.ndarray) -> np.ndarray:
    """Responsibilities in place of log joint densities (n, k)."""
    joint -= np.max(joint, axis=1, keepdims=True)
    np.exp(joint, out=joint)
    joint /= np.sum(joint, axis=1, keepdims=True)
    return joint


def _comparable(density: Density, kernel: Kernel, x: np.ndarray) -> np.ndarray:
    """Log joint densities (n, k), up to a constant in a row where all of them overflow."""
    joint = _log_joint(density, kernel, x)
    lost = np.isneginf(np.max(joint, axis=1))
    if lost.any():
        joint[lost] = [_from_afar(density, kernel, row) for row in x[lost]]
    return joint


def _log_joint(density: Density, kernel: Kernel, x: np.ndarray) -> np.ndarray:
    """Log joint densities (n, k); infinities that meet in a nan are a distance that overflows."""
    joint = kernel.log_joint(density, x)
    joint[np.isnan(joint)] = -np.inf
    return joint


def _from_afar(density: Density, kernel: Kernel, row: np.ndarray) -> np.ndarray:
    """Log joint densities (k,), up to a constant, of a row so far away that distance decides.

    All is shrunk to about 1; components at the same distance are left to their offsets.
    """
    size = float(max(np.max(np.abs(row)), np.max(np.abs(density.centres))))
    near = density._replace(
        offset=np.where(np.isneginf(density.offset), -np.inf, 0.0),
        centres=density.centres / size,
        scale=density.scale / np.max(np.abs(density.scale)),
    )
    distance = -kernel.log_joint(near, row[None].astype(np.float64) / size)[0]
    return np.where(distance <= np.min(distance) * (1.0 + _SAME), density.offset, -np.inf)


def sample(
    family: CovarianceFamily, parameters: Parameters, n: int, random: np.random.RandomState
) -> tuple[np.ndarray, np.ndarray]:
    """`n` rows drawn from the mixture, (n, d), component by component, and their labels (n,)."""
    counts = random.multinomial(n, parameters.weights)
    y = np.repeat(np.arange(len(counts)), counts)
    rows = random.standard_normal((n, parameters.means.shape[1]))
    scale = family.scale(parameters.cholesky, rows.shape[1])
    ends = np.cumsum(counts)
    for component in np.flatnonzero(counts):
        drawn = slice(ends[component] - counts[component], ends[component])
        rows[drawn] = _UNWHITEN[family.form](rows[drawn], scale, component)
    return parameters.means[y] + rows, y


def _solve(noise: np.ndarray, factor: np.ndarray) -> np.ndarray:
    return solve_triangular(factor, noise.T, trans="T").T


_UNWHITEN = {
    Form.DENSE: lambda noise, scale, component: _solve(noise, scale[component]),
    Form.SHARED: lambda noise, scale, component: _solve(noise, scale),
    Form.DIAGONAL: lambda noise, scale, component: noise / scale[component],
}
