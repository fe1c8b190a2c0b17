"""A conjugate prior as rows that were never seen: it adds to Stats, as rows do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from mixtura.covariance import CovarianceFamily, Parameters
from mixtura.density import Form
from mixtura.determinants import log_dets
from mixtura.scatter import squares
from mixtura.stats import Stats

__all__ = ["Belief"]

Array = np.ndarray


class Belief(NamedTuple):
    """A conjugate prior of each component's mean and covariance.

    With S the covariance of a component, its log density is, up to a constant,
    ``-(rows log|S| + tr(scatter S^-1)) / 2`` for S, and that of a normal distribution around
    `mean` with covariance ``S / shrinkage`` for the mean given S. Components that share one S
    have the first part once.

    Inverse Wishart and inverse gamma distributions are of that form (Fraley and Raftery 2007,
    section 3).
    """

    mean: Array  # (d,)
    shrinkage: float  # rows that `mean` counts for
    mean_rows: float  # rows in log|S| that the mean's density brings: 1, or 0 without shrinkage
    rows: float  # and that of S itself
    scatter: Array  # dense and shared (d, d), diagonal (d,)

    def weighed(self, unit: float) -> Belief:
        """The same belief where a weight of 1 stands for `unit` rows."""
        return Belief(
            self.mean,
            self.shrinkage / unit,
            self.mean_rows / unit,
            self.rows / unit,
            self.scatter / unit,
        )

    def joined(self, form: Form, stats: Stats) -> Stats:
        """Statistics whose maximum-likelihood means and covariances are the MAP point.

        Fraley and Raftery (2007), tables 1 to 3: the sums of what was seen and what was believed.

        Parameters
        ----------
        form : Form
            That of `stats.scatter`.
        stats : Stats
            Of k components; leading axes, if any, are mixtures side by side.

        Returns
        -------
        stats : Stats
            About the MAP means, so that `shift` is 0. Its `counts` divide the scatter; weights
            are not to be estimated from them.
        """
        counts = stats.safe_counts
        own = stats.shift / counts[..., None]  # the mean of a component's rows, from its centre
        away = self.mean - stats.centres - own
        share = self.shrinkage / (counts + self.shrinkage)
        return replace(
            stats,
            total=stats.total + self.rows + counts.shape[-1] * self.mean_rows,
            counts=stats.counts + self.rows + self.mean_rows,
            centres=stats.centres + own + share[..., None] * away,
            shift=np.zeros_like(stats.shift),
            scatter=stats.scatter
            - squares(form, own, counts)
            + squares(form, away, share * counts)
            + self.scatter,
        )

    def log_density(self, family: CovarianceFamily, parameters: Parameters) -> Any:
        """Log density of means and covariances, up to a constant, in nats."""
        scale = family.scale(parameters.cholesky, len(self.mean))
        log_det = -2.0 * log_dets(family.form, scale)
        away = parameters.means - self.mean
        traces, distances = _MEASURES[family.form](scale, self.scatter, away)
        of_means = np.sum(self.mean_rows * log_det + self.shrinkage * distances, axis=-1)
        of_covariances = np.sum(self.rows * log_det + traces, axis=-1)
        return -0.5 * (of_means + of_covariances)


def _dense(scale: Array, scatter: Array, away: Array) -> tuple[Array, Array]:
    """Of every S: ``tr(scatter S^-1)``, and the squared length of `away` in it."""
    traces = np.sum(scale * (scatter @ scale), axis=(-2, -1))
    white = (away[..., None, :] @ scale)[..., 0, :]
    return traces, np.sum(np.square(white), axis=-1)


def _shared(scale: Array, scatter: Array, away: Array) -> tuple[Array, Array]:
    return _dense(scale[..., None, :, :], scatter, away)


def _diagonal(scale: Array, scatter: Array, away: Array) -> tuple[Array, Array]:
    precisions = np.square(scale)
    return precisions @ scatter, np.sum(precisions * np.square(away), axis=-1)


_MEASURES: dict[Form, Callable[[Array, Array, Array], tuple[Array, Array]]] = {
    Form.DENSE: _dense,
    Form.SHARED: _shared,
    Form.DIAGONAL: _diagonal,
}
