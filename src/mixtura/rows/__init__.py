"""Where rows live; the file's name is the public string."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from mixtura.registry import Registry
from mixtura.rows.memory import MemoryRows, one_blas_thread
from mixtura.rows.passes import listening
from mixtura.rows.place import Place, Request
from mixtura.rows.store import Rows

__all__ = [
    "PLACES",
    "MemoryRows",
    "Place",
    "Request",
    "Rows",
    "listening",
    "one_blas_thread",
    "resolve",
]

PLACES: Registry[Place] = Registry(
    __name__,
    Place,
    parameter="rows",
    skip=("store", "place", "streamed", "ahead", "passes", "scan"),
)


def resolve(rows: str, X: Any, request: Request) -> Rows:
    """The row store for what the user gave.

    Parameters
    ----------
    rows : str
        A place's name, or "auto" for the first that says it holds `X`; memory is the last resort.
    X : array-like, path, or whatever else a place holds
    request : Request
    """
    return (_place_of(X) if rows == "auto" else PLACES[rows]).open(X, request)


def _place_of(X: Any) -> Place:
    if type(X) is np.ndarray:  # the other places need not even be imported
        return PLACES["memory"]
    return next((place for place in _elsewhere() if place.holds(X)), PLACES["memory"])


@cache
def _elsewhere() -> tuple[Place, ...]:
    return tuple(PLACES[name] for name in PLACES if name != "memory")
