"""What a selection found: every candidate, the best, and how sure that is."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, NamedTuple

from mixtura.estimators import GaussianMixture
from mixtura.exceptions import import_extra
from mixtura.selection.criteria import Criterion, find_criterion

__all__ = ["Candidate", "Selection"]


class Candidate(NamedTuple):
    """One fitted mixture and its criteria."""

    covariance_type: str
    n_components: int
    log_likelihood: float  # summed over rows, nats
    n_parameters: int
    aic: float
    bic: float
    icl: float
    cv: float  # mean held-out log-likelihood a row, nan unless asked for
    predictive: float  # the same of a Bayesian mixture's posterior predictive, likewise
    converged: bool
    degenerate: bool  # some component has no volume, so that the likelihood says little
    stability: float  # share of starts that reached the best likelihood
    seconds: float
    model: GaussianMixture


@dataclass(frozen=True)
class Selection:
    """The outcome of `select`."""

    candidates: list[Candidate]
    criterion: str
    n_starts: int

    def __repr__(self) -> str:
        return f"<Selection of {len(self.candidates)} candidates: {self.verdict}>"

    @property
    def ranked(self) -> list[Candidate]:
        """Candidates from best to worst; those with a degenerate component come last."""
        return sorted(self.candidates, key=lambda c: (c.degenerate, self.cost(c)))

    @property
    def best_candidate(self) -> Candidate:
        """The best candidate."""
        return self.ranked[0]

    @property
    def best(self) -> GaussianMixture:
        """The best mixture, fitted."""
        return self.best_candidate.model

    @property
    def runner_up(self) -> Candidate | None:
        """The best candidate that is another mixture than the best; None if there is none.

        Families coincide for one component or one feature: full and tied, say. A degenerate
        candidate is no rival of one that is not.
        """
        best, *others = self.ranked
        rivals = (other for other in others if other.degenerate == best.degenerate)
        return next((rival for rival in rivals if not _same(best, rival)), None)

    @property
    def lead(self) -> float:
        """How far the best is ahead of the runner-up in the criterion; nan if it is alone."""
        second = self.runner_up
        return math.nan if second is None else self.cost(second) - self.cost(self.best_candidate)

    @property
    def verdict(self) -> str:
        """What was chosen, by what lead, and how stable it is, in plain words."""
        best, rule = self.best_candidate, self._rule
        value = rule.number(getattr(best, rule.name))
        label = rule.label[0].upper() + rule.label[1:]
        text = f"{label} chooses {_name(best)}: {value}{self._against_the_next()}."
        return f"{text} {self._stability()}{self._reservations()}"

    @property
    def table(self) -> Any:
        """All candidates as a pandas frame, one row each, the best marked.

        Raises
        ------
        MissingExtraError
            If pandas is not installed.
        """
        pandas = import_extra("pandas", extra="tables", purpose="`table`")
        frame = pandas.DataFrame([candidate[:-1] for candidate in self.candidates])
        frame.columns = Candidate._fields[:-1]
        chosen = self.candidates.index(self.best_candidate)
        frame["best"] = [i == chosen for i in range(len(self.candidates))]
        return frame

    def cost(self, candidate: Candidate) -> float:
        """The criterion of a candidate, turned so that smaller is better; inf if unknown."""
        value = self._rule.sign * getattr(candidate, self._rule.name)
        return math.inf if math.isnan(value) else value

    def plot(self, ax: Any = None) -> Any:
        """Draw the criterion against the number of components.

        Parameters
        ----------
        ax : matplotlib Axes, default=None

        Returns
        -------
        ax : matplotlib Axes
        """
        from mixtura.plot import criteria

        return criteria(self, ax=ax)

    @property
    def _rule(self) -> Criterion:
        return find_criterion(self.criterion)

    def _against_the_next(self) -> str:
        if self.runner_up is None:
            return ", the only one to choose"
        lead, words = self.lead, self._rule.words(self.lead)
        text = f", {self._rule.number(lead)} ahead of {_name(self.runner_up)}"
        return f"{text} ({words})" if words else text

    def _stability(self) -> str:
        if self.n_starts == 1:
            return "Tried from one start only."
        reached = round(self.best_candidate.stability * self.n_starts)
        return f"{reached} of {self.n_starts} starts reached this likelihood."

    def _reservations(self) -> str:
        best = self.best_candidate
        reasons = []
        if best.degenerate:
            reasons.append(" Every candidate has a component without volume: try fewer components.")
        if not best.converged:
            reasons.append(" It has not converged: raise max_iter.")
        if best.n_components > 1 and best.n_components == max(
            candidate.n_components for candidate in self.candidates
        ):
            reasons.append(" That is the largest number tried: try more components.")
        return "".join(reasons)


def _same(one: Candidate, other: Candidate) -> bool:
    alike = math.isclose(one.log_likelihood, other.log_likelihood, rel_tol=1e-9)
    return (
        alike and one.n_components == other.n_components and one.n_parameters == other.n_parameters
    )


def _name(candidate: Candidate) -> str:
    k = candidate.n_components
    return f"{k} component{'s' if k > 1 else ''} with {candidate.covariance_type} covariance"
