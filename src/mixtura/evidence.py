"""What a difference in BIC is worth, in words (Kass and Raftery 1995)."""

from __future__ import annotations

__all__ = ["EVIDENCE"]

# Leads from which words hold, rising; a difference approximates twice the log Bayes factor
# (section 3.2).
EVIDENCE = (
    (0.0, "hardly more than a tie"),
    (2.0, "positive evidence"),
    (6.0, "strong evidence"),
    (10.0, "very strong evidence"),
)
