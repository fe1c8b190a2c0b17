"""`partial_fit`: a mixture that follows rows block by block."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from sklearn.utils.metaestimators import available_if

from mixtura.em import scored
from mixtura.estimators.beginning import check_init
from mixtura.estimators.checks import check_seed
from mixtura.estimators.fittable import FittableMixture
from mixtura.estimators.fitting import begin, check_enough, last_parameters
from mixtura.estimators.opening import open_rows
from mixtura.estimators.settings import check_settings
from mixtura.rows import Rows, one_blas_thread
from mixtura.stats import Stats
from mixtura.stepwise import followed

__all__ = ["StepwiseMixture"]

_ANEW = "sklearn.base.clone(mixture).partial_fit(X) to begin anew"


def _by_blocks(estimator: Any) -> bool:
    """Raise AttributeError if only all rows together will do, as scikit-learn has it."""
    if estimator.n_components == "auto":
        raise AttributeError(
            "`n_components` must be an integer for partial_fit, got 'auto', which counts the "
            "components of all rows together; type set_params(n_components=2), or use fit"
        )
    if estimator.prior is not None:
        raise AttributeError(
            f"`prior` must be None for partial_fit, got {estimator.prior!r}, which belongs to all "
            "rows together; type set_params(prior=None), or use fit"
        )
    return True


class StepwiseMixture(FittableMixture):
    """Fitting by steps of EM of which each sees a block of rows."""

    n_components: Any
    decay: float
    prior: Any

    @available_if(_by_blocks)
    def partial_fit(self, X: Any, y: Any = None, sample_weight: Any = None) -> Self:
        """One step of stepwise EM (Cappé and Moulines 2009) with a block of rows.

        With s the statistics per unit of weight of the rows so far, and t those of the block under
        the present parameters::

            s <- s + (w / W) ** decay * (t - s),    parameters <- M-step of s

        where w is the weight of the block and W that of all rows so far, those of `fit` too.
        ``decay=0`` forgets what was before: a whole step of EM on the block. ``decay=1`` counts
        every row alike. Between them, the past fades; above 0.5 the parameters converge.

        Parameters
        ----------
        X : array-like of shape (n, d), or whatever else `fit` takes
            The block. The first one that a mixture sees, unless it was fitted before, is where it
            begins, as `fit` would.
        y : ignored
        sample_weight : array-like of shape (n,), default=None
            Row weights: 2 equals the row twice, 0 leaves it out.

        Returns
        -------
        self
            `lower_bound_` is that of the block under the parameters before the step, so that rows
            are judged before they are learnt; `history_` has it of every block.

        Raises
        ------
        InvalidParameterError
            If a parameter cannot be used, or `n_components` or `covariance_type` is not that of
            the steps before.
        AttributeError
            If there is a `prior`, or `n_components` is "auto".
        ValueError
            If `X` is not finite, has other columns than before, or the first block has fewer rows
            than components.

        Examples
        --------
        >>> import numpy as np
        >>> from mixtura import GaussianMixture
        >>> random = np.random.default_rng(0)
        >>> mixture = GaussianMixture(2, random_state=0)
        >>> for _ in range(50):
        ...     side = random.integers(0, 2, (200, 1))
        ...     _ = mixture.partial_fit(10.0 * side + random.normal(size=(200, 1)))
        >>> np.sort(mixture.means_[:, 0]).round(0).tolist()
        [0.0, 10.0]
        >>> mixture.statistics_.total  # rows seen
        10000.0
        """
        check_settings(self.get_params(deep=False))
        check_init(self.init_params)
        rows = open_rows(self, X, sample_weight, reset=not hasattr(self, "means_"))
        for name, value in _attributes_after(self, rows).items():
            setattr(self, name, value)
        return self


def _attributes_after(estimator: Any, rows: Rows) -> dict[str, Any]:
    """Fitted attributes after a step with a block, by name."""
    fresh = not hasattr(estimator, "means_")
    with one_blas_thread(), np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        model, kernel, _ = problem = estimator._pose(rows)
        if fresh:
            check_enough(estimator, rows.n)
            random = check_seed(estimator.random_state)
            before = begin(estimator, problem).parameters(problem, random, estimator.tol)
        else:
            before = last_parameters(estimator, problem, "`partial_fit`", _ANEW)
        seen = scored(model, kernel, rows, 0, before)
        running: Stats | None = getattr(estimator, "statistics_", None)
        block = seen.stats.scaled(rows.unit)
        stats = followed(model.family.form, running, block, estimator.decay)
        after = model.update(stats)
    steps = estimator.history_[-1] if getattr(estimator, "stop_reason_", "") == "partial" else []
    history = np.append(steps, seen.objective)
    return {
        "weights_": after.weights,
        "means_": after.means,
        "covariances_": after.covariances,
        "precisions_cholesky_": after.cholesky,
        "precisions_": model.family.precisions(after.cholesky),
        **{f"{name}_": value for name, value in model.facts(stats, seen.objective).items()},
        "statistics_": stats,
        "converged_": False,
        "stop_reason_": "partial",
        "n_iter_": len(history),
        "lower_bound_": seen.objective,
        "lower_bounds_": history.tolist(),
        "history_": [history],
        "log_likelihood_": seen.log_likelihood,
        "kernel_": kernel.name,
        "rows_": rows.name,
    }
