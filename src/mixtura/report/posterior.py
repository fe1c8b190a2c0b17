"""What the report says of a Bayesian mixture: evidence, components with intervals, moves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from mixtura.report.facts import MOST_FEATURES, Fit, Floats, Scores, left_out, mark
from mixtura.report.markup import Head, Table

__all__ = ["components", "evidence", "tables"]

# Mixtures drawn from the posterior, between whose quantiles an interval lies.
DRAWS = 400
INTERVAL = (0.05, 0.95)


def evidence(model: Any, scores: Scores, total: float) -> Iterator[tuple[str, str]]:
    """How well the mixture fits the rows: evidence and predictive, by name."""
    held, k = len(model.effective_components_), len(model.weights_)
    yield "components with rows", f"{held} of at most {k}"
    yield "evidence, at least", f"{model.elbo_:.2f}" if np.isfinite(model.elbo_) else "–"
    yield "predictive log-likelihood", f"{scores(model.score) * total:.2f}"
    yield "moves kept", f"{len(model.moves_)}"


def components(model: Any, fit: Fit) -> Table:
    """Number, weight, rows and means of the components that hold rows, with intervals."""
    parts, d = fit.parts, len(fit.parts.names)
    likeliest = np.bincount(fit.assigned, minlength=len(parts.weights))
    sds = np.sqrt(np.maximum(parts.covariances.diagonal(axis1=1, axis2=2), 0.0))
    drawn = model.sample_posterior(DRAWS, random_state=0)
    weights = np.quantile(drawn.weights, INTERVAL, axis=0)
    means = np.quantile(drawn.means[:, :, :MOST_FEATURES], INTERVAL, axis=0)
    rows = [
        [
            mark(j),
            f"{parts.weights[j]:.4f}",
            _between(weights[:, j]),
            str(likeliest[j]),
            *(
                text
                for mean, ends, sd in zip(parts.means[j], means[:, j].T, sds[j], strict=False)
                for text in (f"{mean:.6g}", _between(ends), f"{sd:.4g}")
            ),
        ]
        for j in map(int, model.effective_components_)
    ]
    heads = [Head("component"), Head("weight", ("expected", "90%")), Head("assigned rows")]
    heads += [Head(name, ("mean", "90%", "sd")) for name in parts.names[:MOST_FEATURES]]
    return Table(
        "Components that hold a row at least, the largest first. 90%: where the weight, or the "
        "mean, lies with that probability, too narrow where components overlap. Assigned rows: "
        "those that this component explains better than any other. sd: standard deviation."
        f"{left_out(d)}",
        heads,
        rows,
    )


def tables(model: Any) -> Iterator[tuple[str, Table]]:
    """The moves between numbers of components, where there are any."""
    if not model.moves_:
        return
    rows = [
        [str(move.iteration), move.kind, _places(move.components), f"{move.gain:.1f}"]
        for move in model.moves_
    ]
    note = (
        "Moves that raised the evidence, in nats of all rows: by one nat they are 2.7 times as "
        "probable. Components as they were numbered then; after a move the largest comes first."
    )
    heads = [Head(text) for text in ("iteration", "move", "components", "gain")]
    yield "Moves", Table(note, heads, rows)


def _between(ends: Floats) -> str:
    return f"{ends[0]:.4g} to {ends[1]:.4g}"


def _places(components: tuple[tuple[int, ...], ...]) -> str:
    return "; ".join(", ".join(map(str, each)) for each in components if each) or "all"
