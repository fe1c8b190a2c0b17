"""Readers' questions by hand: a thousand features."""

from __future__ import annotations

import numpy as np

__all__ = ["numbers_of_a_thousand"]


def numbers_of_a_thousand() -> float:
    """Entries on and above the diagonal of a 1000 x 1000 matrix."""
    return float(len(np.triu_indices(1000)[0]))
