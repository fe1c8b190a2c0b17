"""What is believed of a mixture, before rows are seen and after."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from mixtura.concentrations import Concentration

__all__ = ["Posterior", "Prior", "holds_rows"]

# A component with fewer rows holds none.
_ROW = 1.0


class Prior(NamedTuple):
    """What is believed of every component before rows are seen, in scikit-learn's terms."""

    weight_concentration: float
    mean_precision: float  # rows that `mean` counts for
    mean: np.ndarray  # (d,)
    degrees_of_freedom: float  # rows that `covariance` counts for
    covariance: Any  # their scatter: full and tied (d, d), diag (d,), spherical ()


class Posterior(NamedTuple):
    """What is believed after; its first four fields are a mixture's expected Parameters.

    The mean of component j given its covariance S is normal around ``means[j]`` with covariance
    ``S / mean_precision[j]``; the precision is Wishart, or gamma, with expectation
    ``cholesky[j] @ cholesky[j]'``.
    """

    weights: np.ndarray  # (k,), expected
    means: np.ndarray  # (k, d)
    covariances: np.ndarray  # inverse of the expected precisions, `family.shape(k, d)`
    cholesky: np.ndarray  # same shape: expected precision = cholesky @ cholesky'
    weight_concentration: Concentration
    mean_precision: np.ndarray  # (k,)
    degrees_of_freedom: np.ndarray  # (k,); tied: one number


def holds_rows(counts: np.ndarray) -> np.ndarray:
    """Which components hold a row or more, of their numbers of rows."""
    return counts >= _ROW
