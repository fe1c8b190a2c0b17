"""What to do when a component collapses: re-seed it, and when that does not help, prune it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import chain
from typing import NamedTuple

import numpy as np

from mixtura.covariance import Parameters, side_by_side
from mixtura.density import Form
from mixtura.kernels import Kernel
from mixtura.model import Model
from mixtura.rows import Rows

__all__ = ["Repair", "Repairer", "Repairers"]

# How often one component is re-seeded before it is left as it is.
_RESEEDS = 2
# Rows among which a place to start again is drawn, and rows that a warning names.
_SAMPLE = 1000
_NAMED = 5


class Repair(NamedTuple):
    """One component that collapsed, and what was done."""

    component: int
    action: str  # "re-seeded", "pruned", or "widened" by `reg_covar`
    held: int  # rows that it held
    rows: tuple[int, ...]  # the first of them


class Repairer:
    """Repairs the components of one run of EM; remembers what it has tried.

    `repaired` is what was done before, if a run goes on.
    """

    def __init__(
        self,
        model: Model,
        kernel: Kernel,
        rows: Rows,
        random: np.random.RandomState,
        repaired: Sequence[Repair] = (),
    ):
        self._model = model
        self._kernel = kernel
        self._rows = rows
        self._random = random
        self._tried = Counter(repair.component for repair in repaired)

    def repair(
        self, parameters: Parameters, collapsed: np.ndarray
    ) -> tuple[Parameters, tuple[Repair, ...]]:
        """Parameters with the `collapsed` components (k,) mended, and what was done."""
        repairs = []
        for component in map(int, np.flatnonzero(collapsed)):
            tries = self._tried[component]
            if tries > _RESEEDS:
                continue
            self._tried[component] += 1
            held = self._held(parameters, component)
            if tries < _RESEEDS:
                action, parameters = "re-seeded", self._reseed(parameters, component)
            elif len(held):
                action = "widened"
            else:
                action, parameters = "pruned", _prune(parameters, component)
            repairs.append(Repair(component, action, len(held), tuple(held[:_NAMED].tolist())))
        return parameters, tuple(repairs)

    def _held(self, parameters: Parameters, component: int) -> np.ndarray:
        """The rows that the component explains better than any other."""
        scored = self._model.density(parameters)
        held = self._rows.concatenate(
            lambda x, _: np.argmax(self._kernel.log_joint(scored, x), axis=1) == component,
            self._kernel.block_rows(scored),
        )
        return np.flatnonzero(held)

    def _reseed(self, parameters: Parameters, component: int) -> Parameters:
        """Start the component again at a random row, sharing the component that the row is in."""
        sample = self._rows.sample(_SAMPLE, self._random)
        scored = self._model.density(parameters)
        joint = self._kernel.log_joint(scored, sample.x)
        joint[:, component] = -np.inf
        row = self._random.randint(sample.n)
        parent = int(np.argmax(joint[row]))
        weights, means, covariances, cholesky = (values.copy() for values in parameters[:4])
        weights[[component, parent]] = 0.5 * weights[parent]
        means[component] = sample.x[row]
        if self._model.family.form is not Form.SHARED:
            covariances[component], cholesky[component] = covariances[parent], cholesky[parent]
        return Parameters(weights / np.sum(weights), means, covariances, cholesky)


class Repairers:
    """The repairers of several runs side by side."""

    def __init__(self, each: Sequence[Repairer]):
        self._each = each

    @classmethod
    def of(
        cls,
        runs: int,
        model: Model,
        kernel: Kernel,
        rows: Rows,
        random: np.random.RandomState,
    ) -> Repairers:
        """Those of so many runs that begin."""
        return cls([Repairer(model, kernel, rows, random) for _ in range(runs)])

    def repair(
        self, parameters: Parameters, collapsed: np.ndarray
    ) -> tuple[Parameters, tuple[Repair, ...]]:
        """Parameters with the `collapsed` components (runs, k) mended, and what was done."""
        mended, repairs = zip(
            *(
                repairer.repair(Parameters(*run), gone)
                for repairer, run, gone in zip(
                    self._each, zip(*parameters, strict=True), collapsed, strict=True
                )
            ),
            strict=True,
        )
        return side_by_side(mended), tuple(chain.from_iterable(repairs))

    def __getitem__(self, runs: Sequence[int]) -> Repairers:
        return Repairers([self._each[run] for run in runs])


def _prune(parameters: Parameters, component: int) -> Parameters:
    weights = parameters.weights.copy()
    weights[component] = 0.0
    return parameters._replace(weights=weights / np.sum(weights))
