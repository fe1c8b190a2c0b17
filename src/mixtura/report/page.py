"""One self-contained HTML file about a fitted mixture."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from mixtura.files import replacing
from mixtura.plot.reading import parts_of, rows_of
from mixtura.report import facts, markup
from mixtura.report.figures import figures
from mixtura.report.kinds import Kind, kind_of
from mixtura.report.template import PAGE

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["write"]


def write(
    path: str | os.PathLike[str],
    model: Any,
    X: Any,
    selection: Any = None,
    *,
    title: str = "Gaussian mixture",
    command: str | None = None,
    seconds: float | None = None,
    labels: Any = None,
    sample_weight: Any = None,
    drawn: Mapping[str, Figure] | None = None,
) -> Path:
    """Write a report about a fitted mixture: one HTML file that needs no other.

    The file appears whole or not at all, in a folder that exists.

    Parameters
    ----------
    path : path
        The file to write.
    model : GaussianMixture or BayesianGaussianMixture
        A fitted mixture.
    X : array-like (n, d)
        The rows it describes.
    selection : Selection, optional
        What ``mixtura.select`` returned, where the mixture was chosen among several.
    title : str
        Heading of the page, such as the name of the data.
    command : str, optional
        The command line that ran.
    seconds : float, optional
        How long it took.
    labels : array-like (n,), optional
        Known classes, to be compared with the components.
    sample_weight : array-like (n,), optional
        Weights of the rows, where the mixture was fitted with some.
    drawn : mapping of str to matplotlib Figure, optional
        What `figures` returned for the same arguments, to save drawing it again.

    Returns
    -------
    Path
        `path`.

    Raises
    ------
    InvalidParameterError
        If `model` is not fitted.
    InvalidDataError
        If `X` does not have the features of `model`.
    FileAccessError
        If the file cannot be written there.
    MissingExtraError
        If matplotlib is not installed.
    """
    parts = parts_of(model)
    kind = kind_of(model)
    x = rows_of(X, parts)
    weights = None if sample_weight is None else np.asarray(sample_weight, dtype=float)
    fit = facts.measure(model, parts, x, weights, kind.numbers)
    pictures = figures(model, x, selection) if drawn is None else drawn
    sections = [*_pictures(pictures, fit, kind), *_tables(model, fit, kind, selection, labels)]
    sections.append(_run(model, fit, command, seconds))
    page = PAGE.substitute(
        title=escape(title),
        headline=escape(facts.headline(model, parts)),
        verdict=escape(facts.verdict(model, fit, selection, kind.method)),
        facts=markup.facts(_facts(fit, seconds)),
        sections="\n".join(sections),
        footer=f"Made by Mixtura on {datetime.now(UTC):%Y-%m-%d at %H:%M} UTC.",
    )
    with replacing(path) as temporary:
        temporary.write_text(page, encoding="utf-8")
    return Path(path)


def _facts(fit: facts.Fit, seconds: float | None) -> Iterator[tuple[str, str]]:
    yield "rows", f"{len(fit.assigned):,}"
    if fit.total != len(fit.assigned):
        yield "total weight", f"{fit.total:,.10g}"
    yield "features", f"{len(fit.parts.names)}"
    yield from fit.numbers
    if seconds is not None:
        yield "time", facts.duration(seconds)


def _pictures(pictures: Mapping[str, Figure], fit: facts.Fit, kind: Kind) -> Iterator[str]:
    d = len(fit.parts.names)
    for name, figure in pictures.items():
        heading, caption = kind.captions[name]
        alt = f"{heading}. {_seen(figure, fit)}"
        yield markup.picture(figure, heading, alt, caption, wide=name == "mixture" and d > 3)


def _seen(figure: Figure, fit: facts.Fit) -> str:
    """What a picture shows, in words: its axes and its own caption."""
    names = dict.fromkeys(
        text for ax in figure.axes for text in (ax.get_xlabel(), ax.get_ylabel()) if text
    )
    captions = (ax.get_title(loc="left").replace("\n", "; ") for ax in figure.axes)
    k = len(fit.parts.alive)
    told = [f"Axes: {', '.join(names)}", f"{k} components, listed in the table", *captions]
    return ". ".join(filter(None, told)) + "."


def _tables(model: Any, fit: facts.Fit, kind: Kind, selection: Any, labels: Any) -> Iterator[str]:
    if selection is not None:
        yield markup.section("Candidates", facts.candidates(selection))
    yield markup.section("Components", kind.components(model, fit))
    for heading, content in kind.more(model):
        yield markup.section(heading, content)
    if labels is not None:
        yield markup.section("Known classes", facts.classes(labels, fit))


def _run(model: Any, fit: facts.Fit, command: str | None, seconds: float | None) -> str:
    name = "All parameters"
    rest = markup.details(name, markup.table(name, facts.settings(model)))
    return markup.section("What ran", facts.run(model, fit, command, seconds), rest)
