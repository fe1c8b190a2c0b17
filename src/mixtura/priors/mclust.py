"""Mclust: the conjugate prior of Fraley and Raftery (2007) with mclust's defaults."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from numbers import Real
from typing import Any

import numpy as np

from mixtura.covariance import CovarianceFamily
from mixtura.density import Form
from mixtura.exceptions import InvalidParameterError
from mixtura.priors.belief import Belief
from mixtura.priors.prior import Overall, Prior

__all__ = ["Mclust"]


@dataclass(frozen=True, eq=False)
class Mclust(Prior):
    """Normal prior for the means, inverse Wishart or inverse gamma for the covariances.

    The numbers are those of mclust's ``priorControl``. Left at None, they are taken from the
    rows, as section 3.2 of the paper does: weak, yet enough that no component collapses.

    Parameters
    ----------
    shrinkage : float, default=0.01
        Rows that `mean` counts for in every component's mean; 0 leaves means alone.
    mean : array-like of shape (d,), default=None
        What means are drawn towards; the mean of all rows if None.
    dof : float, default=None
        Degrees of freedom of the covariances' prior; d + 2 if None.
    scale : float or array-like of shape (d, d), default=None
        Its scale: a matrix for "full" and "tied", a variance for "diag" and "spherical". If None,
        the covariance of all rows, or the mean of their variances, over ``k**(2 / d)``. A
        covariance that is singular, as with fewer rows than features, gives its diagonal.

    Examples
    --------
    >>> from mixtura import GaussianMixture, datasets
    >>> from mixtura.priors import Mclust
    >>> few = datasets.load("iris").data[::10]  # 15 rows of 4 features
    >>> fitted = GaussianMixture(3, prior=Mclust(dof=8), random_state=0).fit(few)
    >>> len(fitted.degenerate_components_)
    0

    References
    ----------
    Fraley and Raftery (2007), Bayesian regularization for normal mixture estimation and
    model-based clustering, Journal of Classification 24, 155-181.
    """

    shrinkage: float = 0.01
    mean: Any = None
    dof: float | None = None
    scale: Any = None

    def __post_init__(self) -> None:
        _check_number("shrinkage", self.shrinkage, "0.01")
        if self.dof is not None:
            _check_number("dof", self.dof, "None")
        for name, value in (("mean", self.mean), ("scale", self.scale)):
            if value is not None:
                _check_numbers(name, value)

    def belief(self, family: CovarianceFamily, overall: Overall, k: int) -> Belief:
        d = len(overall.mean)
        mean = overall.mean if self.mean is None else np.asarray(self.mean, dtype=np.float64)
        if mean.shape != (d,):
            raise InvalidParameterError(
                f"`mean` of the prior must have shape {(d,)}, got {mean.shape}; type mean=None"
            )
        dof = d + 2.0 if self.dof is None else float(self.dof)
        scale = None if self.scale is None else np.asarray(self.scale, dtype=np.float64)
        rows, scatter = _COVARIANCES[family.form](family, overall, dof, scale, k)
        return Belief(mean, float(self.shrinkage), float(self.shrinkage > 0.0), rows, scatter)


def _inverse_wishart(
    family: CovarianceFamily, overall: Overall, dof: float, scale: np.ndarray | None, k: int
) -> tuple[float, np.ndarray]:
    """Rows and scatter of the density ``|S|^-((dof + d + 1) / 2) exp(-tr(scale S^-1) / 2)``."""
    d = len(overall.mean)
    if scale is None:
        (found,) = overall.covariances.reshape(-1, d, d)
        found = np.diag(overall.variances) if overall.flat else found
        scale = found * (_unbiased(overall.weight) / k ** (2.0 / d))
    else:
        _check_matrix(scale, d)
    return dof + d + 1.0, scale


def _inverse_gamma(
    family: CovarianceFamily, overall: Overall, dof: float, scale: np.ndarray | None, k: int
) -> tuple[float, np.ndarray]:
    """The same of ``v^-(dof / 2 + 1) exp(-scale / 2 v)`` for each variance v of a component."""
    d = len(overall.mean)
    if scale is None:
        scale = np.mean(overall.variances) * (_unbiased(overall.weight) / k ** (2.0 / d))
    elif scale.shape != () or not scale > 0.0:
        raise InvalidParameterError(
            '`scale` of the prior must be a number above 0 where covariance_type is "diag" or '
            f'"spherical", got {_shown(scale)}; type scale=None'
        )
    share = family.n_parameters(1, d) / d  # of the d features, a variance that they have in common
    return (dof + 2.0) * share, np.full(d, scale * share)


_COVARIANCES: dict[Form, Callable[..., tuple[float, np.ndarray]]] = {
    Form.DENSE: _inverse_wishart,
    Form.SHARED: _inverse_wishart,
    Form.DIAGONAL: _inverse_gamma,
}


def _unbiased(weight: float) -> float:
    """What makes a variance mclust's, over n - 1; at most 2, whatever the weights."""
    return weight / max(weight - 1.0, 0.5 * weight)


def _check_number(name: str, value: Any, instead: str) -> None:
    whole = isinstance(value, Real) and not isinstance(value, bool)
    if not (whole and 0.0 <= value < math.inf):
        raise InvalidParameterError(
            f"`{name}` of a prior must be a finite number >= 0, got {value!r}; "
            f"type {name}={instead}"
        )


def _check_numbers(name: str, value: Any) -> None:
    try:
        finite = bool(np.all(np.isfinite(np.asarray(value, dtype=np.float64))))
    except (TypeError, ValueError):
        finite = False
    if not finite:
        raise InvalidParameterError(
            f"`{name}` of a prior must be finite numbers, got {value!r}; type {name}=None"
        )


def _check_matrix(scale: np.ndarray, d: int) -> None:
    alike = scale.shape == (d, d) and np.allclose(scale, scale.T, rtol=1e-6, atol=0.0)
    if not alike or np.linalg.eigvalsh(scale)[0] <= 0.0:
        raise InvalidParameterError(
            "`scale` of the prior must be a symmetric, positive definite matrix of shape "
            f'{(d, d)} where covariance_type is "full" or "tied", got {_shown(scale)}; '
            "type scale=None"
        )


def _shown(scale: np.ndarray) -> str:
    return f"{scale.item()}" if scale.ndim == 0 else f"an array of shape {scale.shape}"
