"""The calculus of a finished mixture: scores, responsibilities, labels, samples."""

from __future__ import annotations

import numpy as np
from scipy.linalg import solve_triangular

from mixtura.covariance import CovarianceFamily, Parameters
from mixtura.density import Density, Form
from mixtura.kernels import Kernel
from mixtura.rows import Rows

__all__ = ["labels", "log_density", "log_joint", "responsibilities", "sample"]


def log_density(density: Density, kernel: Kernel, rows: Rows) -> np.ndarray:
    """Log density of every row under the mixture, (n,), in nats."""
    return rows.concatenate(lambda x, _: kernel.log_density(density, x), kernel.block_rows(density))


def log_joint(density: Density, kernel: Kernel, rows: Rows) -> np.ndarray:
    """Log of weight times density for every row and component, (n, k)."""
    return rows.concatenate(lambda x, _: kernel.log_joint(density, x), kernel.block_rows(density))


def labels(density: Density, kernel: Kernel, rows: Rows) -> np.ndarray:
    """The component of the largest responsibility for every row, (n,)."""
    return rows.concatenate(
        lambda x, _: np.argmax(kernel.log_joint(density, x), axis=1), kernel.block_rows(density)
    )


def responsibilities(density: Density, kernel: Kernel, rows: Rows) -> np.ndarray:
    """Posterior probability of every component for every row, (n, k); rows sum to 1."""

    def block(x: np.ndarray, _: np.ndarray | None) -> np.ndarray:
        joint = kernel.log_joint(density, x)
        joint -= np.max(joint, axis=1, keepdims=True)
        np.exp(joint, out=joint)
        joint /= np.sum(joint, axis=1, keepdims=True)
        return joint

    return rows.concatenate(block, kernel.block_rows(density))


def sample(
    family: CovarianceFamily, parameters: Parameters, n: int, random: np.random.RandomState
) -> tuple[np.ndarray, np.ndarray]:
    """`n` rows drawn from the mixture, (n, d), component by component, and their labels (n,)."""
    counts = random.multinomial(n, parameters.weights)
    y = np.repeat(np.arange(len(counts)), counts)
    rows = random.standard_normal((n, parameters.means.shape[1]))
    scale = family.scale(parameters.cholesky, rows.shape[1])
    for component in np.flatnonzero(counts):
        drawn = y == component
        rows[drawn] = _UNWHITEN[family.form](rows[drawn], scale, component)
    return parameters.means[y] + rows, y


def _solve(noise: np.ndarray, factor: np.ndarray) -> np.ndarray:
    return solve_triangular(factor, noise.T, trans="T").T


_UNWHITEN = {
    Form.DENSE: lambda noise, scale, component: _solve(noise, scale[component]),
    Form.SHARED: lambda noise, scale, component: _solve(noise, scale),
    Form.DIAGONAL: lambda noise, scale, component: noise / scale[component],
}
