"""What makes a fit this fit and no other, so that only it goes on from its checkpoint."""

from __future__ import annotations

from numbers import Integral, Real
from typing import Any

import numpy as np

from mixtura.checkpoint import Checkpoint, digest, identify
from mixtura.estimators.problem import Problem
from mixtura.exceptions import InvalidParameterError
from mixtura.priors import Prior

__all__ = ["open_checkpoint"]

# Parameters that do not decide the answer.
_INDIFFERENT = {"checkpoint", "decay", "n_jobs", "verbose", "verbose_interval", "warm_start"}


def open_checkpoint(
    estimator: Any, problem: Problem, random: np.random.RandomState
) -> tuple[Checkpoint, np.random.RandomState]:
    """The checkpoint of a fit, and the generator that it keeps.

    NumPy's global generator is not set back for the sake of one fit: where `random_state` is
    None, the fit has its own, seeded from it.

    Raises
    ------
    InvalidParameterError
        If the fit is a warm start, whose beginning is in memory only.
    """
    if estimator.warm_start and hasattr(estimator, "converged_"):
        raise InvalidParameterError(
            "`checkpoint` must be None where a fit begins with the last one's mixture, got "
            f"{estimator.checkpoint!r} with warm_start=True; type checkpoint=None or "
            "warm_start=False"
        )
    if estimator.random_state is None:
        random = np.random.RandomState(random.randint(2**31))
    settings = {
        name: _plain(value)
        for name, value in estimator.get_params(deep=False).items()
        if name not in _INDIFFERENT
    }
    settings |= {"engine": problem.kernel.name, "rows": problem.rows.name}  # what "auto" chose
    identity = identify(type(estimator).__name__, settings, problem.rows)
    return Checkpoint(estimator.checkpoint, identity, random), random


def _plain(value: Any) -> Any:
    """A constructor parameter as JSON has it; what is larger, in words with a digest."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, Integral | np.bool_):
        return int(value)
    if isinstance(value, Real):
        return float(value)
    if isinstance(value, np.random.RandomState) or value is np.random:
        return "a generator"
    if isinstance(value, Prior):
        return {name: _plain(field) for name, field in vars(value).items()}
    if hasattr(value, "means_"):
        parts = (value.weights_, value.means_, value.covariances_)
        return f"a mixture #{digest(*map(np.asarray, parts)):08x}"
    if callable(value):
        return f"{value.__module__}.{getattr(value, '__qualname__', type(value).__qualname__)}"
    array = np.asarray(value)
    return f"an array of shape {array.shape} #{digest(array):08x}"
