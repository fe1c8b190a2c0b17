"""A fitted mixture in numbers and in a table, the same for every command."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from mixtura.cli.render import facts, integer, number

if TYPE_CHECKING:
    from rich.table import Table

    from mixtura.cli.rows import Rows

__all__ = [
    "Evidence",
    "Fit",
    "Prediction",
    "headline",
    "measure",
    "names_of",
    "outcome",
    "parameters",
    "shown",
    "verdict",
]

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

    def lines(self) -> list[tuple[str, str]]:
        """Names and values for people."""
        total, mean = number(self.log_likelihood), number(self.mean_log_likelihood, 4)
        return [
            ("log-likelihood", f"{total}  ({mean} a row)"),
            ("parameters", integer(self.n_parameters)),
            ("BIC", number(self.bic)),
            ("AIC", number(self.aic)),
            ("ICL", number(self.icl)),
        ]


class Evidence(NamedTuple):
    """What the rows of its fit say for a Bayesian mixture."""

    n_rows: int
    elbo: float  # evidence lower bound, summed over rows
    mean_elbo: float  # per row, in nats
    effective_components: int
    moves: int

    def lines(self) -> list[tuple[str, str]]:
        """Names and values for people."""
        return [
            ("evidence", f"at least {number(self.elbo)}  ({number(self.mean_elbo, 4)} a row)"),
            ("moves kept", integer(self.moves)),
        ]


class Prediction(NamedTuple):
    """What a Bayesian mixture says of rows."""

    n_rows: int
    log_likelihood: float  # of the posterior predictive, summed over rows
    mean_log_likelihood: float  # per row, in nats

    def lines(self) -> list[tuple[str, str]]:
        """Names and values for people."""
        total, mean = number(self.log_likelihood), number(self.mean_log_likelihood, 4)
        return [("predictive log-likelihood", f"{total}  ({mean} a row)")]


def measure(model: Any, rows: Rows) -> Fit | Prediction:
    """How well `model` predicts the rows."""
    return _prediction(model, rows) if hasattr(model, "elbo_") else _criteria(model, rows)


def outcome(model: Any, rows: Rows) -> Fit | Evidence:
    """How well `model` fits the rows that it was fitted to."""
    return _evidence(model, rows) if hasattr(model, "elbo_") else _criteria(model, rows)


def _prediction(model: Any, rows: Rows) -> Prediction:
    mean = float(model.score(rows.values, sample_weight=rows.weights))
    total = rows.n if rows.weights is None else float(rows.weights.sum())
    return Prediction(rows.n, mean * total, mean)


def _evidence(model: Any, rows: Rows) -> Evidence:
    return Evidence(
        n_rows=rows.n,
        elbo=float(model.elbo_),
        mean_elbo=float(model.lower_bound_),
        effective_components=len(model.effective_components_),
        moves=len(model.moves_),
    )


def _criteria(model: Any, rows: Rows) -> Fit:
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


def verdict(fit: Fit | Evidence | Prediction) -> Table:
    """`fit` as lines for people."""
    return facts(fit.lines())


def headline(model: Any) -> str:
    """What `model` is and how its fit ended."""
    k, held = len(model.weights_), len(shown(model))
    number = f"{k}" if held == k else f"{held} of {k}"
    return (
        f"{number} component{'s' * (k > 1)}, {model.covariance_type} covariance; "
        f"{_ENDED[model.stop_reason_].format(model.n_iter_)}"
    )


def shown(model: Any) -> list[int]:
    """Components that are told of: those that hold rows, where a model says which."""
    every = range(len(model.weights_))
    return [int(j) for j in getattr(model, "effective_components_", every)]


def names_of(model: Any) -> list[str]:
    """The d feature names of `model`, x1, x2, ... where it was fitted without."""
    names = getattr(model, "feature_names_in_", None)
    return [f"x{j + 1}" for j in range(model.n_features_in_)] if names is None else list(names)


def _told(model: Any) -> dict[str, Any]:
    """What only one kind of model has to tell."""
    if not hasattr(model, "elbo_"):
        return {"n_parameters": int(model.n_parameters())}
    return {
        "elbo": float(model.elbo_),
        "effective_components": model.effective_components_,
        "moves": [move._asdict() for move in model.moves_],
    }


def parameters(model: Any) -> dict[str, Any]:
    """What `model` is, for JSON."""
    return {
        "covariance_type": model.covariance_type,
        "n_components": len(model.weights_),
        "n_features": model.n_features_in_,
        **_told(model),
        "feature_names": names_of(model),
        "weights": model.weights_,
        "means": model.means_,
        "covariances": model.covariance_matrices_,
        "converged": bool(model.converged_),
        "stop_reason": model.stop_reason_,
        "n_iter": int(model.n_iter_),
        "mean_log_likelihood": float(model.log_likelihood_),
    }
