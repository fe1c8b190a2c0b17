"""What mergers and deletions would gain, estimated from cached sums and a sample of rows."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.special import xlogy

from mixtura.density import Form
from mixtura.variational.moments import Moments, pairs
from mixtura.variational.posterior import Posterior
from mixtura.variational.rule import Variational

__all__ = ["deletion_gains", "merger_gains", "order_gain"]

Array = np.ndarray

# Responsibilities this close to 1 are 1.
_SURE = 1e-15


def merger_gains(rule: Variational, held: Moments, alive: Array, shares: Array) -> Array:
    """Bound gained if two components become one, (k, k), in nats; -inf where not asked for.

    The evidence is exact; what is lost in the entropy of the labels is estimated.

    Parameters
    ----------
    rule : Variational
    held : Moments
        Of all components.
    alive : ndarray of int
        Components to look at.
    shares : ndarray of shape (m, k)
        Responsibilities of a sample of rows, weighted to stand for all of them.
    """
    k = len(held.counts)
    gains = np.full((k, k), -np.inf)
    counts = rule.unit * held.counts
    labels = _log_labels(rule, counts)
    evidence = _EVIDENCE[rule.family.form](rule, held, alive)
    uncertain = np.sum(xlogy(shares, shares), axis=0)
    for place, one in enumerate(alive):
        others = alive[place + 1 :]
        both = shares[:, [one]] + shares[:, others]
        lost = np.sum(xlogy(both, both), axis=0) - uncertain[one] - uncertain[others]
        gains[one, others] = evidence[one, others] - lost
        for other in others:
            together = counts.copy()
            together[one], together[other] = counts[one] + counts[other], 0.0
            gains[one, other] += _log_labels(rule, together) - labels
    return gains


def deletion_gains(rule: Variational, held: Moments, alive: Array, shares: Array) -> Array:
    """Bound gained if a component's rows and its weight went to the others, as for `merger_gains`.

    (k,) Its parameters are priced as BIC prices them.
    """
    k, d = held.means.shape
    gains = np.full(k, -np.inf)
    sums = np.maximum(np.sum(shares, axis=1, keepdims=True), _SURE)
    left = np.maximum(1.0 - shares / sums, _SURE)
    rest = np.maximum(1.0 - np.sum(shares, axis=0) / np.sum(sums), _SURE)  # of the weights
    parameters = d + rule.family.n_parameters(1, d) * (rule.family.form is not Form.SHARED)
    price = 0.5 * parameters * np.log1p(rule.unit * held.counts)
    gains[alive] = (np.sum(sums * np.log(left / rest), axis=0) + price)[alive]
    return gains


def order_gain(rule: Variational, counts: Array) -> float:
    """Bound gained if components stood in the order of their `counts` (k,), in nats; exact."""
    counts = rule.unit * counts
    return _log_labels(rule, np.sort(counts)[::-1]) - _log_labels(rule, counts)


def _log_labels(rule: Variational, counts: Array) -> float:
    prior = rule.prior.weight_concentration
    return rule.concentration.log_evidence(prior, rule.concentration.posterior(prior, counts))


def _own_evidence(rule: Variational, held: Moments, alive: Array) -> Array:
    """Of families in which every component has a covariance of its own."""
    k = len(held.counts)
    alone = rule.log_evidence(rule.after(held))
    gains = np.full((k, k), -np.inf)
    for place, one in enumerate(alive[:-1]):
        others = alive[place + 1 :]
        both = rule.log_evidence(rule.after(pairs(held, one, others)))
        gains[one, others] = both - alone[one] - alone[others]
    return gains


def _shared_evidence(rule: Variational, held: Moments, alive: Array) -> Array:
    """Of families with one covariance, which a merger widens by the distance of the two."""
    k, d = held.means.shape
    posterior: Posterior = rule.after(held)
    white = held.means @ posterior.cholesky
    squared = np.sum(np.square(white[:, None] - white), axis=-1)
    counts = rule.unit * held.counts
    reduced = np.outer(counts, counts) / np.maximum(counts[:, None] + counts, 1.0)
    dof = k * posterior.degrees_of_freedom
    precision, prior = posterior.mean_precision, rule.prior.mean_precision
    together = (precision[:, None] + precision - prior) * prior
    means = 0.5 * d * (np.log(np.outer(precision, precision)) - np.log(together))
    return means - 0.5 * dof * np.log1p(reduced * squared / dof)


_EVIDENCE: dict[Form, Callable[[Variational, Moments, Array], Array]] = {
    Form.DENSE: _own_evidence,
    Form.SHARED: _shared_evidence,
    Form.DIAGONAL: _own_evidence,
}
