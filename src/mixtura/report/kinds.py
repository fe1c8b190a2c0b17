"""What is told of a mixture by its kind: its parameters are points, or have a posterior."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from mixtura.report import facts, posterior
from mixtura.report.markup import Table

__all__ = ["Kind", "kind_of"]

CAPTIONS = {
    "mixture": (
        "The mixture and the rows",
        "Colour, shape and number tell the components apart.",
    ),
    "contours": ("Density", "How densely the mixture expects rows: dark where many lie."),
    "bic": (
        "BIC",
        "Fit against number of parameters (Schwarz 1978). A lead below 2 is hardly worth a "
        "mention, one above 10 is very strong (Kass and Raftery 1995).",
    ),
    "aic": ("AIC", "A milder price on parameters than BIC's (Akaike 1974)."),
    "icl": ("ICL", "BIC that also asks for separated components (Biernacki et al. 2000)."),
    "cv": ("Cross-validation", "Log-likelihood of rows that the fit has not seen."),
    "predictive": (
        "Posterior predictive",
        "Log-likelihood of rows that the fit has not seen, by a Bayesian mixture of the others.",
    ),
    "trace": (
        "Log-likelihood by iteration",
        "Every line is a start; the best one, which was kept, is blue.",
    ),
}


class Kind(NamedTuple):
    """How a report is made for mixtures of one kind."""

    method: str  # that fits them
    numbers: Callable[[Any, facts.Scores, float], Iterator[tuple[str, str]]]
    components: Callable[[Any, facts.Fit], Table]
    more: Callable[[Any], Iterator[tuple[str, Table]]]  # tables of its own, by heading
    captions: Mapping[str, tuple[str, str]]  # heading and caption of every figure


PENALISED = Kind("EM", facts.criteria, facts.components, lambda model: iter(()), CAPTIONS)
BAYESIAN = Kind(
    "Variational Bayes",
    posterior.evidence,
    posterior.components,
    posterior.tables,
    {**CAPTIONS, "trace": ("Evidence by iteration", CAPTIONS["trace"][1])},
)


def kind_of(model: Any) -> Kind:
    """The kind of a fitted mixture."""
    return BAYESIAN if hasattr(model, "elbo_") else PENALISED
