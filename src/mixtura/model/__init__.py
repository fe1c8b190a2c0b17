"""Update rules: how Stats become Parameters, and Parameters a Density."""

from __future__ import annotations

from mixtura.model.likelihood import MaximumLikelihood
from mixtura.model.once import once
from mixtura.model.posterior import MaximumAPosteriori
from mixtura.model.rule import Model
from mixtura.model.spread import Spread
from mixtura.model.unit import density, unit_density

__all__ = [
    "MaximumAPosteriori",
    "MaximumLikelihood",
    "Model",
    "Spread",
    "density",
    "once",
    "unit_density",
]
