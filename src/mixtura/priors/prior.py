"""The abstract prior: what is believed of every component before the rows are seen."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import NamedTuple

import numpy as np

from mixtura.covariance import CovarianceFamily
from mixtura.priors.belief import Belief

__all__ = ["Overall", "Prior"]


class Overall(NamedTuple):
    """All rows as one component, from which a prior takes what it was not told."""

    weight: float  # of all rows
    mean: np.ndarray  # (d,)
    variances: np.ndarray  # (d,), never 0
    covariances: np.ndarray  # the family's shape for k = 1
    flat: bool  # the rows have no width in some direction


class Prior(ABC):
    """A conjugate prior. The file's name is the string that users type."""

    @abstractmethod
    def belief(self, family: CovarianceFamily, overall: Overall, k: int) -> Belief:
        """What it says of each of k components with covariances of `family`.

        Raises
        ------
        InvalidParameterError
            If it was told of another number of features.
        """
