"""What is known before any row is seen; the file's name is the public string."""

from __future__ import annotations

from typing import Any

from mixtura.exceptions import InvalidParameterError
from mixtura.priors.belief import Belief
from mixtura.priors.mclust import Mclust
from mixtura.priors.prior import Overall, Prior
from mixtura.registry import Registry

__all__ = ["PRIORS", "Belief", "Mclust", "Overall", "Prior", "find_prior"]

PRIORS: Registry[Prior] = Registry(__name__, Prior, parameter="prior", skip=("belief", "prior"))


def find_prior(prior: Any) -> Prior:
    """The prior of that name, or the one that it is.

    Raises
    ------
    InvalidParameterError
        If there is none of that name, or it is no prior.
    """
    if isinstance(prior, Prior):
        return prior
    if isinstance(prior, str):
        return PRIORS[prior]
    raise InvalidParameterError(
        f"`prior` must be None, one of {sorted(PRIORS)} or an object of mixtura.priors, got "
        f'{prior!r}; type prior="mclust"'
    )
