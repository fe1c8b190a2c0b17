"""Criteria by which mixtures are compared."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from mixtura.evidence import EVIDENCE, worth
from mixtura.exceptions import InvalidParameterError

__all__ = ["CRITERIA", "Criterion", "find_criterion"]


class Criterion(NamedTuple):
    """A number that a candidate has, and what it says."""

    name: str  # the candidate's field
    label: str
    sign: int  # 1: smaller is better; -1: larger is better
    digits: int  # after the point
    scale: tuple[tuple[float, str], ...] = ()  # leads from which words hold, rising
    held_out: bool = False  # takes folds of the rows

    def number(self, value: float) -> str:
        """A value as it is shown."""
        return f"{value:.{self.digits}f}"

    def words(self, lead: float) -> str:
        """What a lead over the runner-up is worth, or nothing where there is no scale."""
        return worth(lead, self.scale)


CRITERIA: Mapping[str, Criterion] = MappingProxyType(
    {
        criterion.name: criterion
        for criterion in (
            Criterion("bic", "BIC", 1, 2, EVIDENCE),
            Criterion("aic", "AIC", 1, 2),
            Criterion("icl", "ICL", 1, 2),
            Criterion("cv", "held-out log-likelihood per row", -1, 4, held_out=True),
            Criterion(
                "predictive", "held-out predictive log-likelihood per row", -1, 4, held_out=True
            ),
        )
    }
)


def find_criterion(name: str) -> Criterion:
    """The criterion of that name.

    Raises
    ------
    InvalidParameterError
        If there is none.
    """
    try:
        return CRITERIA[name]
    except (KeyError, TypeError):
        raise InvalidParameterError(
            f"`criterion` must be one of {sorted(CRITERIA)}, got {name!r}; type criterion='bic'"
        ) from None
