"""Variational Bayes: an update rule whose parameters are a posterior distribution."""

from __future__ import annotations

from mixtura.variational.draws import Draws, draws
from mixtura.variational.posterior import Posterior, Prior, holds_rows
from mixtura.variational.predictive import Predictive, predictive
from mixtura.variational.rule import Variational, expected_density
from mixtura.variational.volume import VOLUMES, Volume

__all__ = [
    "VOLUMES",
    "Draws",
    "Posterior",
    "Predictive",
    "Prior",
    "Variational",
    "Volume",
    "draws",
    "expected_density",
    "holds_rows",
    "predictive",
]
