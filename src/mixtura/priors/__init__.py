"""What is known before any row is seen; the file's name is the public string."""

from __future__ import annotations

from mixtura.priors.belief import Belief
from mixtura.priors.mclust import Mclust
from mixtura.priors.prior import Overall, Prior
from mixtura.registry import Registry

__all__ = ["PRIORS", "Belief", "Mclust", "Overall", "Prior"]

PRIORS: Registry[Prior] = Registry(__name__, Prior, parameter="prior", skip=("belief", "prior"))
