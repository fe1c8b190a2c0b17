"""Constructor parameters, checked one by one and by name."""

from __future__ import annotations

import math
import os
from collections.abc import Collection
from numbers import Integral, Real
from typing import Any, NamedTuple

import numpy as np

from mixtura.concentrations import CONCENTRATIONS
from mixtura.covariance import COVARIANCES
from mixtura.estimators.scoring import SCORERS
from mixtura.exceptions import InvalidParameterError
from mixtura.kernels import KERNELS
from mixtura.priors import find_prior
from mixtura.rows import PLACES
from mixtura.stopping import STOPPING
from mixtura.variational import VOLUMES
from mixtura.weights import WEIGHTS

__all__ = ["check_settings"]


class _Range(NamedTuple):
    """Numbers of one kind, from `low` up."""

    kind: type
    low: float
    try_instead: str

    def check(self, name: str, value: Any) -> None:
        whole = self.kind is Integral
        is_kind = isinstance(value, self.kind) and not isinstance(value, (bool, np.bool_))
        if not is_kind or not self.low <= value < math.inf:
            noun = "an integer" if whole else "a finite number"
            raise InvalidParameterError(
                f"`{name}` must be {noun} >= {self.low:g}, got {value!r}; type {self.try_instead}"
            )


class _Share(NamedTuple):
    """Numbers from 0 to 1."""

    try_instead: str

    def check(self, name: str, value: Any) -> None:
        is_kind = isinstance(value, Real) and not isinstance(value, (bool, np.bool_))
        if not is_kind or not 0.0 <= value <= 1.0:
            raise InvalidParameterError(
                f"`{name}` must be a number from 0 to 1, got {value!r}; type {self.try_instead}"
            )


class _OneOf(NamedTuple):
    """Names in a registry, or one of `also`."""

    registry: Any
    also: tuple[str, ...] = ()

    def check(self, name: str, value: Any) -> None:
        self.registry.check(value, name, self.also)


class _Choice(NamedTuple):
    """Names in a table."""

    names: Collection[str]

    def check(self, name: str, value: Any) -> None:
        if not isinstance(value, str) or value not in self.names:
            raise InvalidParameterError(
                f"`{name}` must be one of {sorted(self.names)}, got {value!r}; "
                f"type {name}={next(iter(self.names))!r}"
            )


class _PositiveOrNone(NamedTuple):
    """A finite number above 0, or None."""

    def check(self, name: str, value: Any) -> None:
        is_kind = isinstance(value, Real) and not isinstance(value, bool | np.bool_)
        if value is not None and not (is_kind and 0.0 < value < math.inf):
            raise InvalidParameterError(
                f"`{name}` must be None or a finite number > 0, got {value!r}; type {name}=None"
            )


class _Truth(NamedTuple):
    """True or False."""

    def check(self, name: str, value: Any) -> None:
        if not isinstance(value, bool | np.bool_):
            raise InvalidParameterError(
                f"`{name}` must be True or False, got {value!r}; type {name}=True"
            )


class _Jobs(NamedTuple):
    """A number of threads, or None."""

    def check(self, name: str, value: Any) -> None:
        whole = isinstance(value, Integral) and not isinstance(value, bool)
        if value is not None and not (whole and value != 0):
            raise InvalidParameterError(
                f"`{name}` must be None, -1 for all cores or an integer >= 1, got {value!r}; "
                f"type {name}=-1"
            )


class _Verbosity(NamedTuple):
    """A number, or a truth value."""

    def check(self, name: str, value: Any) -> None:
        if not isinstance(value, Integral | np.bool_) or value < 0:
            raise InvalidParameterError(f"`{name}` must be 0, 1 or 2, got {value!r}; type {name}=1")


class _Prior(NamedTuple):
    """A prior by name, one as an object, or None."""

    def check(self, name: str, value: Any) -> None:
        if value is not None:
            find_prior(value)


class _Path(NamedTuple):
    """The name of a file, or None."""

    def check(self, name: str, value: Any) -> None:
        if value is not None and (not isinstance(value, str | os.PathLike) or not os.fspath(value)):
            raise InvalidParameterError(
                f"`{name}` must be None or the path of a file, got {value!r}; "
                f'type {name}="fit.safetensors"'
            )


_CHECKS: dict[str, Any] = {
    "n_components": _Range(Integral, 1, "n_components=2"),
    "tol": _Range(Real, 0.0, "tol=1e-3"),
    "reg_covar": _Range(Real, 0.0, "reg_covar=1e-6"),
    "max_iter": _Range(Integral, 0, "max_iter=100"),
    "n_init": _Range(Integral, 1, "n_init=1"),
    "verbose_interval": _Range(Integral, 1, "verbose_interval=10"),
    "covariance_type": _OneOf(COVARIANCES),
    "proportions": _OneOf(WEIGHTS),
    "prior": _Prior(),
    "stopping": _OneOf(STOPPING),
    "engine": _OneOf(KERNELS, ("auto",)),
    "rows": _OneOf(PLACES, ("auto",)),
    "n_jobs": _Jobs(),
    "verbose": _Verbosity(),
    "checkpoint": _Path(),
    "decay": _Share("decay=0.6"),
    "weight_concentration_prior_type": _OneOf(CONCENTRATIONS),
    "covariance_prior_type": _Choice(VOLUMES),
    "weight_concentration_prior": _PositiveOrNone(),
    "mean_precision_prior": _PositiveOrNone(),
    "degrees_of_freedom_prior": _PositiveOrNone(),
    "moves": _Truth(),
    "warm_start": _Truth(),
    "batches": _Range(Integral, 1, "batches=20"),
    "predictive": _Choice(SCORERS),
    "tol_per": _Choice(("row", "sum")),
}


def check_settings(settings: dict[str, Any]) -> None:
    """Raise InvalidParameterError for the first parameter that cannot be used.

    Parameters
    ----------
    settings : dict of str to value
        Constructor parameters of an estimator; those without a rule here are left alone.
    """
    for name, rule in _CHECKS.items():
        if name in settings:
            rule.check(name, settings[name])
