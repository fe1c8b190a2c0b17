"""Mixtura and scikit-learn making the same EM iterations from the same start."""

from __future__ import annotations

import math
import os
import time
import warnings
from collections.abc import Sequence
from typing import Any, NamedTuple

__all__ = ["Case", "Result", "machine", "made_up", "mean_ratio", "run"]

Array = Any

_ITERATIONS = 5
_REPEATS = 3
_SHAPES = (  # rows, features, components, covariance type
    (200_000, 10, 10, "full"),
    (200_000, 10, 10, "tied"),
    (200_000, 20, 20, "diag"),
    (500_000, 2, 5, "spherical"),
    (20_000, 50, 10, "full"),
)
_QUICK = 10  # times fewer rows,
_ROWS = 20  # but so many for every feature of a component
_EQUAL = 1e-6  # nats a row to which the log-likelihoods must agree


class Case(NamedTuple):
    """Rows and the mixture to be fitted to them."""

    name: str
    x: Array  # (n, d)
    n_components: int
    covariance_type: str


class Result(NamedTuple):
    """Times of one case, in seconds an iteration; log-likelihoods a row, in nats."""

    name: str
    n_rows: int
    n_features: int
    n_components: int
    covariance_type: str
    iterations: int
    engine: str
    sklearn_seconds: float
    mixtura_seconds: float
    ratio: float
    log_likelihood: float
    sklearn_log_likelihood: float
    difference: float

    @property
    def same_work(self) -> bool:
        """Whether both ended at the same place; if not, the ratio compares nothing."""
        return abs(self.difference) <= _EQUAL


def made_up(quick: bool) -> list[Case]:
    """Cases of several shapes with rows drawn around random centres."""
    import numpy as np

    cases = []
    for n, d, k, covariance_type in _SHAPES:
        random = np.random.default_rng(0)
        n = max(n // _QUICK, _ROWS * k * d) if quick else n
        centres = 4.0 * random.standard_normal((k, d))
        x = centres[random.integers(k, size=n)] + random.standard_normal((n, d))
        cases.append(Case(f"{n} x {d}, k = {k}, {covariance_type}", x, k, covariance_type))
    return cases


def run(case: Case, n_jobs: int | None = None) -> Result:
    """Time both on `case`.

    Raises
    ------
    InvalidParameterError, ValueError
        If the mixture cannot be fitted to the rows.
    """
    from sklearn.mixture import GaussianMixture as Theirs

    from mixtura import GaussianMixture as Ours

    settings = _settings(case)
    ours = Ours(**settings, n_jobs=n_jobs)
    _timed(ours, case.x)  # compiles
    theirs = Theirs(**settings)
    # In turn, so that whatever else the machine does falls on both.
    turns = [(_timed(ours, case.x), _timed(theirs, case.x)) for _ in range(_REPEATS)]
    mixtura_seconds, sklearn_seconds = map(min, zip(*turns, strict=True))
    ours_reached, theirs_reached = float(ours.score(case.x)), float(theirs.score(case.x))
    n, d = case.x.shape
    return Result(
        name=case.name,
        n_rows=n,
        n_features=d,
        n_components=case.n_components,
        covariance_type=case.covariance_type,
        iterations=int(ours.n_iter_),
        engine=ours.kernel_,
        sklearn_seconds=sklearn_seconds / theirs.n_iter_,
        mixtura_seconds=mixtura_seconds / ours.n_iter_,
        ratio=(sklearn_seconds / theirs.n_iter_) / (mixtura_seconds / ours.n_iter_),
        log_likelihood=ours_reached,
        sklearn_log_likelihood=theirs_reached,
        difference=ours_reached - theirs_reached,
    )


def mean_ratio(results: Sequence[Result]) -> float:
    """Geometric mean of the ratios of cases where both did the same; NaN where there are none."""
    logs = [math.log(result.ratio) for result in results if result.same_work]
    return math.exp(sum(logs) / len(logs)) if logs else math.nan


def machine() -> dict[str, Any]:
    """What the times depend on."""
    import platform

    import numpy
    import sklearn

    import mixtura

    return {
        "cores": os.cpu_count(),
        "processor": platform.processor() or platform.machine(),
        "python": platform.python_version(),
        "numpy": numpy.__version__,
        "sklearn": sklearn.__version__,
        "mixtura": mixtura.__version__,
    }


def _settings(case: Case) -> dict[str, Any]:
    """A start that both take as it is, and a number of iterations that neither cuts short."""
    from mixtura import GaussianMixture

    common: dict[str, Any] = {
        "n_components": case.n_components,
        "covariance_type": case.covariance_type,
    }
    start = GaussianMixture(
        **common, max_iter=0, init_params="random_from_data", random_state=0
    ).fit(case.x)
    return common | {
        "weights_init": start.weights_,
        "means_init": start.means_,
        "precisions_init": start.precisions_,
        "max_iter": _ITERATIONS,
        "tol": 0.0,
    }


def _timed(model: Any, x: Array) -> float:
    """Seconds of a fit; that it stops before it converges is meant."""
    began = time.perf_counter()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.fit(x)
    return time.perf_counter() - began
