"""All candidates of a choice of k and family, as values that can be shipped and drawn."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from mixtura import GaussianMixture, Selection, select
from mixtura.covariance import COVARIANCES
from mixtura.plot.reading import Parts, parts_of
from mixtura.studio.presets import PRESETS

__all__ = ["CRITERIA", "Entry", "best", "counts", "opening", "ship", "sweep"]

CRITERIA = ("bic", "aic", "icl")
MOST = 8
_OPENING = Path(__file__).with_name("opening.json")
_SHIPPED = ("cake-shop", 1)


class Entry(NamedTuple):
    """One fitted candidate in the plane."""

    family: str
    k: int
    log_likelihood: float
    n_parameters: int
    bic: float
    aic: float
    icl: float
    degenerate: bool
    weights: list[float]
    means: list[list[float]]
    covariances: list[list[list[float]]]

    @property
    def parts(self) -> Parts:
        """As pictures need it."""
        weights, means, covariances = map(np.array, (self.weights, self.means, self.covariances))
        return Parts(weights, means, covariances, ("x", "y"))

    @property
    def mixture(self) -> GaussianMixture:
        """As a fitted mixture."""
        return GaussianMixture.from_parameters(self.weights, self.means, self.covariances)


def sweep(
    x: np.ndarray,
    families: Iterable[str] = tuple(COVARIANCES),
    progress: Callable[..., Any] | None = None,
) -> list[Entry]:
    """Every k from 1 to 8 with every family, fitted by `select`."""
    found = select(x, range(1, MOST + 1), families, random_state=0, progress=progress)
    return entries(found)


def entries(selection: Selection) -> list[Entry]:
    """The candidates of a selection."""
    return [
        Entry(
            c.covariance_type,
            c.n_components,
            c.log_likelihood,
            c.n_parameters,
            c.bic,
            c.aic,
            c.icl,
            c.degenerate,
            parts.weights.tolist(),
            parts.means.tolist(),
            parts.covariances.tolist(),
        )
        for c in selection.candidates
        for parts in [parts_of(c.model)]
    ]


def best(found: Iterable[Entry], criterion: str) -> Entry:
    """The candidate with the smallest criterion, of those without a degenerate component."""
    return min(found, key=lambda entry: (entry.degenerate, getattr(entry, criterion)))


def counts(found: Iterable[Entry]) -> dict[str, dict[int, int]]:
    """Numbers of free parameters, by family and k."""
    table: dict[str, dict[int, int]] = {}
    for entry in found:
        table.setdefault(entry.family, {})[entry.k] = entry.n_parameters
    return table


def opening(preset: str, seed: int) -> list[Entry] | None:
    """The candidates that come with the package, so that an opening screen waits for no fit."""
    if (preset, seed) != _SHIPPED:
        return None
    return [Entry(*row) for row in json.loads(_OPENING.read_text(encoding="utf-8"))]


def ship() -> None:
    """Write them anew: ``python -m mixtura.studio.sweeps``."""
    preset, seed = _SHIPPED
    rows = [list(entry) for entry in sweep(PRESETS[preset](seed))]
    _OPENING.write_text(json.dumps(rows, separators=(",", ":")) + "\n", encoding="utf-8")


if __name__ == "__main__":
    ship()
