"""The variational update rule: responsibilities to a posterior, a posterior to a Density."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from mixtura.concentrations import ConcentrationPrior
from mixtura.covariance import CovarianceFamily, Parameters
from mixtura.density import Density, Form
from mixtura.determinants import log_dets
from mixtura.model import MaximumLikelihood, Model, once
from mixtura.scatter import squares
from mixtura.stats import Stats
from mixtura.variational.moments import Moments
from mixtura.variational.posterior import Posterior, Prior, holds_rows
from mixtura.variational.volume import Volume
from mixtura.weights import WEIGHTS

__all__ = ["Variational", "expected_density"]

Array = np.ndarray


@dataclass(frozen=True)
class Variational(Model):
    """Mean-field variational Bayes (Bishop 2006, section 10.2), its parameters a Posterior.

    The objective is the evidence lower bound of the rows' responsibilities with the posterior
    that they lead to. Its constants are kept, so that bounds of different numbers of components
    compare. That posterior is the next step's too, so that it is computed once.
    """

    concentration: ConcentrationPrior
    prior: Prior
    volume: Callable[[CovarianceFamily, int, int], Volume]
    unit: float  # rows that a weight of 1 stands for
    total: float  # sum of the rows' weights

    @once
    def density(self, parameters: Any) -> Density:
        return expected_density(self.family, self.concentration, self.volume, parameters)

    @once
    def update(self, stats: Stats) -> Any:
        """The best posterior (Bishop 2006, equations 10.58 to 10.63)."""
        stats, prior, form = stats.scaled(self.unit), self.prior, self.family.form
        own = stats.shift / stats.safe_counts[:, None]  # the rows' mean, from the centre
        away = prior.mean - stats.centres - own
        precision = prior.mean_precision + stats.counts
        share = prior.mean_precision / precision
        scatter = stats.scatter + squares(form, away, share * stats.counts)
        spread = self.family.estimate(replace(stats, scatter=scatter))
        regularisation = np.full(len(prior.mean), self.reg_covar)
        spread = self.family.add_to_diagonal(spread, regularisation)
        rows = _BEHIND[form](stats.counts)
        dof = prior.degrees_of_freedom + rows
        covariances = (prior.covariance + _along(rows, spread) * spread) / _along(dof, spread)
        concentration = self.concentration.posterior(prior.weight_concentration, stats.counts)
        return Posterior(
            self.concentration.weights(concentration),
            stats.centres + own + share[:, None] * away,
            *self.definite(covariances),
            concentration,
            precision,
            dof,
        )

    def objective(self, parameters: Any, stats: Stats) -> float:
        uncertain = self.uncertain(self.density(parameters), stats)
        return self.bound(uncertain, self.update(stats), stats.total)

    def uncertain(self, density: Density, stats: Stats) -> float:
        """Entropy of the responsibilities of a pass with this density, in nats."""
        return float(stats.log_likelihood - _expected(density, stats))

    def bound(self, uncertain: float, posterior: Any, total: float) -> float:
        """The evidence lower bound, in nats per unit of row weight.

        Parameters
        ----------
        uncertain : float
            Entropy of the responsibilities that lead to `posterior`, in nats.
        posterior : Posterior
        total : float
            Sum of the rows' weights.
        """
        evidence = float(np.sum(self.log_evidence(posterior))) + self.log_labels(posterior)
        constant = 0.5 * len(self.prior.mean) * math.log(2.0 * math.pi)
        return (uncertain + evidence / self.unit) / total - constant

    def begin(self, point: Parameters) -> Any:
        """The posterior if the rows were as `point` says: counts, means and covariances."""
        matrices = self.family.matrices(point.covariances, *point.means.shape)
        return self.after(Moments(self.total * point.weights, point.means, matrices))

    def after(self, held: Moments) -> Any:
        """The posterior after rows of which each component holds what `held` says."""
        scatter = _SCATTER[self.family.form](held.counts, held.matrices)
        shift = np.zeros_like(held.means)
        total = float(np.sum(held.counts))
        return self.update(Stats(math.nan, total, held.counts, held.means, shift, scatter))

    def collapsed(self, stats: Stats) -> np.ndarray:
        """None: the prior keeps a component without rows as it was before any were seen."""
        return np.zeros(len(stats.counts), dtype=bool)

    def spurious(self, stats: Stats) -> np.ndarray:
        """None: the bound says what a component is worth."""
        return self.collapsed(stats)

    @property
    def searcher(self) -> Model:
        return MaximumLikelihood(self.family, self.reg_covar, self.spread, WEIGHTS["free"])

    def facts(self, stats: Stats, objective: float) -> dict[str, Any]:
        """The prior, and the bound summed over rows, in nats."""
        weight = self.unit * stats.total
        believed = {f"{name}_prior": value for name, value in self.prior._asdict().items()}
        counts = self.unit * stats.counts
        order = np.argsort(-counts, kind="stable")
        return {
            **believed,
            "elbo": weight * objective,
            "effective_components": order[: np.count_nonzero(holds_rows(counts))],
        }

    def log_evidence(self, posterior: Any) -> np.ndarray:
        """Log probability of the rows that each component holds (k,), in nats.

        Without ``d / 2 * log 2 pi`` a row (Murphy 2007, equation 266).
        """
        k, d = posterior.means.shape
        dof = np.broadcast_to(posterior.degrees_of_freedom, (k,))
        log_det = _log_det(self.family, posterior)
        after = _log_norm(self.volume(self.family, k, d), d, dof, log_det)
        means = np.log(posterior.mean_precision / self.prior.mean_precision)
        return after - self._log_norm_before(k) - 0.5 * d * means

    def log_labels(self, posterior: Any) -> float:
        """Log probability of the labels, in nats."""
        prior = self.prior.weight_concentration
        return self.concentration.log_evidence(prior, posterior.weight_concentration)

    @once
    def _log_norm_before(self, k: int) -> Any:
        """That of one of k components before rows are seen."""
        d = len(self.prior.mean)
        one = np.reshape(self.prior.covariance, self.family.shape(1, d))
        scale = self.family.scale(self.definite(one)[1], d)
        log_det = -2.0 * log_dets(self.family.form, scale)[0]
        volume = self.volume(self.family, k, d)
        return _log_norm(volume, d, self.prior.degrees_of_freedom, log_det)


def expected_density(
    family: CovarianceFamily,
    concentration: ConcentrationPrior,
    volume: Callable[[CovarianceFamily, int, int], Volume],
    posterior: Posterior,
) -> Density:
    """Expected log joint densities of a posterior (Bishop 2006, equations 10.64 to 10.66)."""
    d = posterior.means.shape[1]
    log_weights = concentration.log_weights(posterior.weight_concentration)
    slope = volume(family, *posterior.means.shape).slope(posterior.degrees_of_freedom)
    log_det = slope + d * math.log(2.0) - _log_det(family, posterior)
    apart = d / posterior.mean_precision
    offset = log_weights + 0.5 * (log_det - apart - d * math.log(2.0 * math.pi))
    return Density(offset, posterior.means, family.scale(posterior.cholesky, d), family.form)


def _log_norm(volume: Volume, d: int, dof: Any, log_det: Any) -> Any:
    """Log normaliser of the density of a precision, of a scatter with this `log_det`."""
    return volume.log(dof) + 0.5 * dof * (d * math.log(2.0) - log_det)


def _log_det(family: CovarianceFamily, posterior: Posterior) -> np.ndarray:
    """Log determinants of the scatters behind the covariances, (k,) or (1,)."""
    d = posterior.means.shape[1]
    log_det = -2.0 * log_dets(family.form, family.scale(posterior.cholesky, d))
    return log_det + d * np.log(posterior.degrees_of_freedom)


def _expected(density: Density, stats: Stats) -> float:
    """Sum of responsibility times log joint density over rows and components."""
    squared = _SQUARED[density.form](density.scale, stats.scatter)
    return float(stats.counts @ density.offset - 0.5 * squared)


def _along(values: Any, covariances: np.ndarray) -> np.ndarray:
    """One value a component, or one for all, to multiply covariances with."""
    values = np.asarray(values)
    return values.reshape(*values.shape, *(1,) * (covariances.ndim - values.ndim))


# By form: rows behind each covariance; squared distances summed; a scatter from matrices.
_BEHIND: dict[Form, Callable[[Array], Any]] = {
    Form.DENSE: lambda counts: counts,
    Form.SHARED: np.mean,
    Form.DIAGONAL: lambda counts: counts,
}
_SQUARED: dict[Form, Callable[[Array, Array], Any]] = {
    Form.DENSE: lambda scale, scatter: np.vdot(scale, scatter @ scale),
    Form.SHARED: lambda scale, scatter: np.vdot(scale, scatter @ scale),
    Form.DIAGONAL: lambda scale, scatter: np.sum(np.square(scale) * scatter),
}
_SCATTER: dict[Form, Callable[[Array, Array], Array]] = {
    Form.DENSE: lambda counts, matrices: counts[:, None, None] * matrices,
    Form.SHARED: lambda counts, matrices: np.tensordot(counts, matrices, axes=1),
    Form.DIAGONAL: lambda counts, matrices: (
        counts[:, None] * np.diagonal(matrices, axis1=1, axis2=2)
    ),
}
