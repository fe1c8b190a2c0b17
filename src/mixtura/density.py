"""What goes down to the rows: a mixture, ready to score them, in one of few forms."""

from __future__ import annotations

from enum import Enum
from typing import Any, NamedTuple

__all__ = ["Density", "Form"]

Array = Any


class Form(Enum):
    """The shape of a density's `scale`; kernels are written per form, never per family."""

    DENSE = "dense"  # scale (k, d, d), upper triangular
    SHARED = "shared"  # scale (d, d), upper triangular
    DIAGONAL = "diagonal"  # scale (k, d)


class Density(NamedTuple):
    """A mixture as a kernel reads it; leading axes, if any, are mixtures side by side.

    The log joint density of row x and component j is
    ``offset_j - 1/2 * ||(x - centre_j) scale_j||^2``: for maximum likelihood
    ``offset_j = log weight_j + log det scale_j - d/2 log 2 pi``, and every other update rule
    puts its own constant there.
    """

    offset: Array  # (k,), -inf for a pruned component
    centres: Array  # (k, d)
    scale: Array  # as `form` says
    form: Form
