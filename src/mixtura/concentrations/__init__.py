"""Priors of mixing proportions; the file's name is the public string."""

from __future__ import annotations

from mixtura.concentrations.prior import Concentration, ConcentrationPrior
from mixtura.registry import Registry

__all__ = ["CONCENTRATIONS", "Concentration", "ConcentrationPrior"]

CONCENTRATIONS: Registry[ConcentrationPrior] = Registry(
    __name__, ConcentrationPrior, parameter="weight_concentration_prior_type", skip=("prior",)
)
