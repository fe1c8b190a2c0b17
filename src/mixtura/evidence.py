"""What a difference in BIC is worth, in words (Kass and Raftery 1995)."""

from __future__ import annotations

__all__ = ["EVIDENCE", "worth"]

# Leads from which words hold, rising; a difference approximates twice the log Bayes factor
# (section 3.2).
EVIDENCE = (
    (0.0, "hardly more than a tie"),
    (2.0, "positive evidence"),
    (6.0, "strong evidence"),
    (10.0, "very strong evidence"),
)


def worth(lead: float, scale: tuple[tuple[float, str], ...] = EVIDENCE) -> str:
    """What a lead is worth on a scale, or nothing where there is none."""
    found = [words for least, words in scale if lead >= least]
    return found[-1] if found else ""
