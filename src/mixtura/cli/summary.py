"""A fitted mixture in numbers and in a table, the same for every command."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from mixtura.cli.render import facts, integer, number

if TYPE_CHECKING:
    from rich.table import Table

    from mixtura.cli.rows import Rows

__all__ = ["Fit", "headline", "measure", "names_of", "parameters", "verdict"]

# Every `stop_reason_` in words.
_ENDED = {
    "converged": "converged after {} iterations",
    "max_iter": "not converged after {} iterations",
    "callback": "stopped by a callback after {} iterations",
    "given": "parameters given, not fitted",
    "partial": "followed {} blocks of rows",
}


class Fit(NamedTuple):
    """How well a mixture fits some rows."""

    n_rows: int
    log_likelihood: float  # summed over rows
    mean_log_likelihood: float  # per row, in nats
    n_parameters: int
    aic: float
    bic: float
    icl: float


def measure(model: Any, rows: Rows) -> Fit:
    """Log-likelihood and criteria of `model` on the rows."""
    found = model.criteria(rows.values, sample_weight=rows.weights)
    return Fit(
        n_rows=rows.n,
        log_likelihood=found.log_likelihood,
        mean_log_likelihood=found.log_likelihood / found.weight,
        n_parameters=int(model.n_parameters()),
        aic=found.aic,
        bic=found.bic,
        icl=found.icl,
    )


def verdict(fit: Fit) -> Table:
    """`fit` as lines for people."""
    return facts(
        [
            (
                "log-likelihood",
                f"{number(fit.log_likelihood)}  ({number(fit.mean_log_likelihood, 4)} a row)",
            ),
            ("parameters", integer(fit.n_parameters)),
            ("BIC", number(fit.bic)),
            ("AIC", number(fit.aic)),
            ("ICL", number(fit.icl)),
        ]
    )


def headline(model: Any) -> str:
    """What `model` is and how its fit ended."""
    k = len(model.weights_)
    return (
        f"{k} component{'s' * (k > 1)}, {model.covariance_type} covariance; "
        f"{_ENDED[model.stop_reason_].format(model.n_iter_)}"
    )


def names_of(model: Any) -> list[str]:
    """The d feature names of `model`, x1, x2, ... where it was fitted without."""
    names = getattr(model, "feature_names_in_", None)
    return [f"x{j + 1}" for j in range(model.n_features_in_)] if names is None else list(names)


def parameters(model: Any) -> dict[str, Any]:
    """What `model` is, for JSON."""
    return {
        "covariance_type": model.covariance_type,
        "n_components": len(model.weights_),
        "n_features": model.n_features_in_,
        "n_parameters": int(model.n_parameters()),
        "feature_names": names_of(model),
        "weights": model.weights_,
        "means": model.means_,
        "covariances": model.covariance_matrices_,
        "converged": bool(model.converged_),
        "stop_reason": model.stop_reason_,
        "n_iter": int(model.n_iter_),
        "mean_log_likelihood": float(model.log_likelihood_),
    }
