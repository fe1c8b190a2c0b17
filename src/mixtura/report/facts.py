"""What the report says, as text and tables: the choice, the candidates, the components, the run."""

from __future__ import annotations

import importlib.metadata
import platform
import textwrap
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from mixtura.plot.reading import Parts, at_rows
from mixtura.plot.style import MARKERS
from mixtura.report.markup import Head, Table
from mixtura.selection import Candidate, Selection
from mixtura.selection.criteria import Criterion, find_criterion

__all__ = [
    "MOST_FEATURES",
    "Fit",
    "Scores",
    "candidates",
    "classes",
    "components",
    "criteria",
    "duration",
    "headline",
    "left_out",
    "mark",
    "measure",
    "run",
    "settings",
    "verdict",
]

Floats = NDArray[np.float64]
# What a method of a mixture says of the rows, with their weights.
Scores: TypeAlias = Callable[[Any], float]

MOST_FEATURES = 40
SHAPES = dict(zip(MARKERS, "●■▲◆▼✚✖★", strict=True))
VERSIONS = ("mixtura", "numpy", "scipy", "scikit-learn", "numba", "matplotlib")


class Fit(NamedTuple):
    """A mixture and how it fits the rows."""

    parts: Parts
    total: float  # rows, or the sum of their weights
    assigned: NDArray[np.intp]  # (n,), the likeliest component of each row
    numbers: tuple[tuple[str, str], ...]  # how well it fits, by name


def measure(
    model: Any,
    parts: Parts,
    x: Floats,
    weights: Floats | None,
    numbers: Callable[[Any, Scores, float], Iterator[tuple[str, str]]],
) -> Fit:
    """Score `model` on the rows x, (n, d), with sample weights (n,) where there are any.

    `numbers` says by what, of the model, what scores it and the total weight.
    """
    given = {} if weights is None else {"sample_weight": weights}
    total = float(len(x) if weights is None else weights.sum())

    def scores(method: Any) -> float:
        return float(at_rows(lambda rows: method(rows, **given), x))

    assigned = at_rows(model.predict, x).astype(np.intp)
    return Fit(parts, total, assigned, tuple(numbers(model, scores, total)))


def criteria(model: Any, scores: Scores, total: float) -> Iterator[tuple[str, str]]:
    """How well a mixture fits the rows: likelihood and its prices, by name."""
    yield "parameters", f"{int(model.n_parameters())}"
    yield "log-likelihood", f"{scores(model.score) * total:.2f}"
    yield "BIC", f"{scores(model.bic):.2f}"
    yield "AIC", f"{scores(model.aic):.2f}"
    yield "ICL", f"{scores(model.icl):.2f}"


def headline(model: Any, parts: Parts) -> str:
    """What was chosen, in a few words."""
    k = len(parts.alive)
    return f"{k} component{'s' if k != 1 else ''}, {_covariance(model)} covariance"


def verdict(model: Any, fit: Fit, selection: Any, method: str) -> str:
    """Why this mixture and how far to trust it, in plain words; `method` has fitted it."""
    if selection is not None:
        return str(selection.verdict)
    rows, features = _count(len(fit.assigned), "row"), _count(len(fit.parts.names), "feature")
    told = f"Fitted to {rows} with {features}. "
    if getattr(model, "converged_", False):
        return told + f"{method} converged after {_count(int(model.n_iter_), 'iteration')}."
    return told + f"{method} has not converged: raise max_iter, or read the result with care."


def candidates(selection: Selection) -> Table:
    """Every candidate, the best first, with its distance behind the best."""
    rule, ranked = find_criterion(selection.criterion), selection.ranked
    held_out = {
        head: name
        for head, name in (("held-out", "cv"), ("predictive", "predictive"))
        if any(np.isfinite(getattr(candidate, name)) for candidate in ranked)
    }
    heads = ["components", "covariance", "log-likelihood", "parameters", "AIC", "BIC", "ICL"]
    remarks = any(_remark(candidate) for candidate in ranked)
    heads += [*held_out, "behind the best", "stability", "seconds"]
    heads += ["remark"] * remarks
    rows = [
        [
            str(one.n_components),
            one.covariance_type,
            _number(one.log_likelihood),
            str(one.n_parameters),
            *(_number(value) for value in (one.aic, one.bic, one.icl)),
            *(_number(getattr(one, name), 4) for name in held_out.values()),
            _number(selection.cost(one) - selection.cost(ranked[0]), rule.digits)
            if place
            else "best",
            _percent(one.stability),
            _number(one.seconds),
            *([_remark(one)] * remarks),
        ]
        for place, one in enumerate(ranked)
    ]
    return Table(_told(selection, rule), [Head(head) for head in heads], rows, best=0)


def _told(selection: Selection, rule: Criterion) -> str:
    better = "smaller" if rule.sign > 0 else "larger"
    count = _count(len(selection.candidates), "candidate")
    told = f"{count} by {rule.label}, the best first; {better} is better."
    second = selection.runner_up
    if second is not None:
        told += (
            f" The lead over the runner-up ({second.n_components}, {second.covariance_type}) is "
            f"{rule.number(selection.lead)}."
        )
    return f"{told} Stability: the share of starts that reached the best of their candidate."


def _remark(candidate: Candidate) -> str:
    if candidate.degenerate:
        return "a component has no volume"
    return "" if candidate.converged else "not converged"


def mark(component: int) -> str:
    """A component's number, with the shape that it has in the pictures."""
    return f"{SHAPES[MARKERS[component % len(MARKERS)]]} {component}"


def left_out(d: int) -> str:
    """What to say where a table has not all of d features."""
    return f" The first {MOST_FEATURES} of {d} features are shown." if d > MOST_FEATURES else ""


def components(model: Any, fit: Fit) -> Table:
    """Number, weight, rows, and mean and standard deviation of every feature."""
    parts, d = fit.parts, len(fit.parts.names)
    likeliest = np.bincount(fit.assigned, minlength=len(parts.weights))
    sds = np.sqrt(np.maximum(parts.covariances.diagonal(axis1=1, axis2=2), 0.0))
    rows = [
        [
            mark(j),
            f"{weight:.4f}",
            f"{weight * fit.total:.1f}",
            str(likeliest[j]),
            *(
                text
                for mean, sd in zip(parts.means[j, :MOST_FEATURES], sds[j], strict=False)
                for text in (f"{mean:.6g}", f"{sd:.4g}")
            ),
        ]
        for j, weight in enumerate(parts.weights)
    ]
    heads = [Head("component"), Head("weight"), Head("expected rows"), Head("assigned rows")]
    heads += [Head(name, ("mean", "sd")) for name in parts.names[:MOST_FEATURES]]
    return Table(
        "Expected rows: weight times all rows. Assigned rows: those that this component "
        f"explains better than any other. sd: standard deviation.{left_out(d)}",
        heads,
        rows,
    )


def classes(labels: Any, fit: Fit) -> Table:
    """Known classes against likeliest components, with the adjusted Rand index."""
    from sklearn.metrics import adjusted_rand_score

    names, known = np.unique(np.asarray(labels).astype(str), return_inverse=True)
    counts = np.zeros((len(names), len(fit.parts.weights)), dtype=int)
    np.add.at(counts, (known, fit.assigned), 1)
    index = adjusted_rand_score(known, fit.assigned)
    return Table(
        "Rows of each known class by their likeliest component. "
        f"Adjusted Rand index {index:.3f}: 1 is perfect agreement, 0 is chance.",
        [Head("class"), *(Head(f"component {j}") for j in range(counts.shape[1]))],
        [[name, *(str(count) for count in row)] for name, row in zip(names, counts, strict=True)],
    )


def run(model: Any, fit: Fit, command: str | None, seconds: float | None) -> Table:
    """What ran, on what, and for how long."""
    lines = {
        "command": command,
        "time": None if seconds is None else duration(seconds),
        "kernel": getattr(model, "kernel_", None),
        "rows kept in": getattr(model, "rows_", None),
        "starts": str(len(getattr(model, "history_", None) or [])) or None,
        "iterations of the best start": str(getattr(model, "n_iter_", "")),
        "converged": "yes" if getattr(model, "converged_", False) else "no",
        "features": ", ".join(fit.parts.names[:MOST_FEATURES]),
        "versions": ", ".join(_versions()),
        "machine": f"Python {platform.python_version()}, {platform.system()} {platform.machine()}",
    }
    rows = [[name, str(text)] for name, text in lines.items() if text]
    return Table("", [Head("what"), Head("value")], rows, pairs=True)


def settings(model: Any) -> Table:
    """Every parameter of the estimator."""
    rows = [
        [name, textwrap.shorten(repr(value), 120, placeholder=" …")]
        for name, value in model.get_params(deep=False).items()
    ]
    return Table("", [Head("parameter"), Head("value")], rows, pairs=True)


def duration(seconds: float) -> str:
    """A time for people: ``0.42 s`` or ``3 min 20 s``."""
    if seconds < 60:
        return f"{seconds:.3g} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s"


def _versions() -> Iterator[str]:
    for package in VERSIONS:
        try:
            yield f"{package} {importlib.metadata.version(package)}"
        except importlib.metadata.PackageNotFoundError:  # run from a folder of sources
            yield f"{package} (not installed)"


def _covariance(model: Any) -> str:
    return str(getattr(model, "covariance_type", "its own"))


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _number(value: float, digits: int = 2) -> str:
    return f"{value:.{digits}f}" if np.isfinite(value) else "–"


def _percent(share: float) -> str:
    return f"{share:.0%}" if np.isfinite(share) else "–"
