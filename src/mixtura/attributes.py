"""What the fitted attributes of a mixture must be, so that one that was read from a file is one."""

from __future__ import annotations

from collections.abc import Callable
from numbers import Real
from typing import Any, NamedTuple

import numpy as np

from mixtura.covariance import CovarianceFamily
from mixtura.density import Form
from mixtura.em import Move
from mixtura.exceptions import InvalidParameterError
from mixtura.stats import Stats

__all__ = ["check_attributes", "check_names"]


class _Size(NamedTuple):
    family: CovarianceFamily
    k: int
    d: int


class _Rule(NamedTuple):
    what: str  # that it must be
    holds: Callable[[Any, _Size], bool]


def check_names(kind: type, names: Any) -> None:
    """Raise InvalidParameterError unless an estimator of this class may have such attributes."""
    for name in names:
        if not name.endswith("_") or name.startswith("_") or hasattr(kind, name):
            raise InvalidParameterError(
                f"`{name}` is set, which is no fitted attribute of {kind.__name__}"
            )


def check_attributes(model: Any, family: CovarianceFamily, k: int, d: int) -> None:
    """Raise InvalidParameterError if an attribute is not what `fit` would have set.

    Those that predictions are made from have checks of their own, and are left out here.
    """
    size = _Size(family, k, d)
    for name in (*_ALWAYS, *(_PRIORS if hasattr(model, "mean_precision_") else ())):
        if not hasattr(model, name):
            raise InvalidParameterError(f"`{name}` is missing")
    for name, rule in _RULES.items():
        if hasattr(model, name) and not rule.holds(getattr(model, name), size):
            raise InvalidParameterError(f"`{name}` is not {rule.what}")


def _finite(value: Any, shape: tuple[int, ...]) -> bool:
    kind = getattr(value, "dtype", None)
    floats = kind.kind == "f" if kind is not None else isinstance(value, float)
    return floats and np.shape(value) == shape and bool(np.isfinite(value).all())


def _positive(value: Any, size: _Size) -> bool:
    return _real(value) and 0.0 < value < np.inf


def _real(value: Any, _: Any = None) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool)


def _scatter_of_one(value: Any, size: _Size) -> bool:
    """A covariance of one component, without an axis for it."""
    shape = size.family.shape(1, size.d)
    inner = shape if size.family.form is Form.SHARED else shape[1:]
    if not _finite(value, inner):
        return False
    return not np.isnan(size.family.cholesky(np.reshape(value, shape))).any()


def _sums(value: Any, size: _Size) -> bool:
    family, k, d = size
    if not isinstance(value, Stats) or not (_real(value.log_likelihood) and _real(value.total)):
        return False
    scatter = family.scale(np.ones(family.shape(k, d)), d).shape  # in the same form
    shapes = {"counts": (k,), "centres": (k, d), "shift": (k, d), "scatter": scatter}
    arrays = all(_finite(getattr(value, name), shape) for name, shape in shapes.items())
    finite = np.isfinite(value.log_likelihood) and 0.0 < value.total < np.inf
    return bool(arrays and finite and np.all(value.counts >= 0.0))


def _numbers_of_components(value: Any, size: _Size) -> bool:
    integers = isinstance(value, np.ndarray) and value.dtype.kind in "iu" and value.ndim == 1
    within = integers and bool(np.all((value >= 0) & (value < size.k)))
    return within and len(np.unique(value)) == len(value)


def _list_of(holds: Callable[[Any], bool]) -> Callable[[Any, _Size], bool]:
    return lambda value, size: isinstance(value, list) and all(map(holds, value))


def _series(value: Any) -> bool:
    return isinstance(value, np.ndarray) and value.ndim == 1 and value.dtype.kind == "f"


_NUMBER = _Rule("a number", _real)
_TEXT = _Rule("text", lambda value, size: isinstance(value, str))
_POSITIVE = _Rule("a finite number above 0", _positive)
_COMPONENTS = _Rule("an array of different numbers of components", _numbers_of_components)
_ALWAYS = ("lower_bound_", "log_likelihood_", "converged_", "n_iter_")
_PRIORS = (
    "weight_concentration_prior_",
    "mean_precision_prior_",
    "mean_prior_",
    "degrees_of_freedom_prior_",
    "covariance_prior_",
)
_RULES: dict[str, _Rule] = {
    "lower_bound_": _NUMBER,
    "log_likelihood_": _NUMBER,
    "elbo_": _NUMBER,
    "n_iter_": _Rule(
        "a number of steps", lambda value, size: isinstance(value, int) and value >= 0
    ),
    "converged_": _Rule("true or false", lambda value, size: isinstance(value, bool | np.bool_)),
    "stop_reason_": _TEXT,
    "kernel_": _TEXT,
    "rows_": _TEXT,
    "lower_bounds_": _Rule("a list of numbers", _list_of(_real)),
    "history_": _Rule("a list of arrays of numbers", _list_of(_series)),
    "moves_": _Rule("a list of moves", _list_of(lambda value: isinstance(value, Move))),
    "effective_components_": _COMPONENTS,
    "degenerate_components_": _COMPONENTS,
    "statistics_": _Rule("the sums of a pass of this mixture", _sums),
    "feature_names_in_": _Rule(
        "an array of d names", lambda value, size: np.shape(value) == (size.d,)
    ),
    "weight_concentration_prior_": _POSITIVE,
    "mean_precision_prior_": _POSITIVE,
    "mean_prior_": _Rule(
        "finite floats of shape (d,)", lambda value, size: _finite(value, (size.d,))
    ),
    "degrees_of_freedom_prior_": _Rule(
        "a finite number above d - 1",
        lambda value, size: _positive(value, size) and value > size.d - 1.0,
    ),
    "covariance_prior_": _Rule(
        "a positive definite covariance of `covariance_type`", _scatter_of_one
    ),
}
