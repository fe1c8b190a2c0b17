"""Mixtura: Gaussian mixture models, chosen, fitted, drawn and saved."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mixtura import datasets, plot, priors
    from mixtura.adaptation import adapt
    from mixtura.estimators import BayesianGaussianMixture, GaussianMixture
    from mixtura.persist import load, save
    from mixtura.rows.scan import scan
    from mixtura.selection import MixtureSelector, Selection, select

__version__ = "0.1.0"

__all__ = [
    "BayesianGaussianMixture",
    "GaussianMixture",
    "MixtureSelector",
    "Selection",
    "__version__",
    "adapt",
    "datasets",
    "load",
    "plot",
    "priors",
    "save",
    "scan",
    "select",
]

# Imported on first use, so that `mixtura --help` and a first fit stay quick.
_LATE = {
    "BayesianGaussianMixture": "mixtura.estimators",
    "GaussianMixture": "mixtura.estimators",
    "MixtureSelector": "mixtura.selection",
    "adapt": "mixtura.adaptation",
    "Selection": "mixtura.selection",
    "select": "mixtura.selection",
    "load": "mixtura.persist",
    "save": "mixtura.persist",
    "scan": "mixtura.rows.scan",
}
_MODULES = ("datasets", "plot", "priors")


def __getattr__(name: str) -> Any:
    if name in _LATE:
        return getattr(importlib.import_module(_LATE[name]), name)
    if name in _MODULES:
        return importlib.import_module(f"mixtura.{name}")
    raise AttributeError(f"module 'mixtura' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
