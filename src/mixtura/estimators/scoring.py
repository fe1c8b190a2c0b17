"""How a Bayesian mixture scores rows: with all that its posterior leaves open, or without."""

from __future__ import annotations

from collections.abc import Callable

from mixtura.covariance import CovarianceFamily
from mixtura.mixture import Scorer, plugin
from mixtura.variational import Posterior, predictive

__all__ = ["SCORERS"]

SCORERS: dict[str, Callable[[CovarianceFamily, Posterior], Scorer]] = {
    "posterior": predictive,
    "plugin": lambda family, posterior: plugin,
}
