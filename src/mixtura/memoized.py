"""Memoized batches: variational steps that update the posterior after every piece of the rows."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import accumulate

from mixtura.em import Batch, Step
from mixtura.kernels import Kernel
from mixtura.rows import Rows
from mixtura.stats import Stats
from mixtura.stepwise import about
from mixtura.variational import Variational

__all__ = ["memoized_after"]


def memoized_after(
    rule: Variational, kernel: Kernel, rows: Rows, step: Step, count: int
) -> Iterator[Step]:
    """The steps that come after `step`, a pass each, with about `count` updates on its way.

    Hughes and Sudderth (2013): the sums of every batch are kept, and as soon as those of one are
    made anew, so is the posterior. A step has the posterior at the end of its pass; its objective
    is the exact bound of the responsibilities that every batch had last, and never falls. Its
    log-likelihood is of what every batch was scored with.
    """
    while True:
        step = _pass(rule, kernel, rows, step, count)
        yield step


def _pass(rule: Variational, kernel: Kernel, rows: Rows, step: Step, count: int) -> Step:
    """A pass; without batches in `step`, all are scored with the same posterior."""
    form = rule.family.form
    later = (about(form, each.stats, step.stats.centres) for each in reversed(step.batches[1:]))
    rest = list(accumulate(later))  # what is still to come, after the last but one batch first
    posterior = rule.update(step.stats)
    batches: list[Batch] = []
    done: Stats | None = None
    for total in rows.batches(count, kernel.block_rows(rule.density(posterior))):
        density = rule.density(posterior)
        stats = total(partial(kernel.statistics, density))
        if stats is None:
            continue
        batches.append(Batch(stats, rule.uncertain(density, stats)))
        done = stats if done is None else about(form, done, stats.centres) + stats
        if rest:
            posterior = rule.update(done + about(form, rest.pop(), stats.centres))
    assert done is not None  # rows are never none
    posterior = rule.update(done)
    uncertain = sum(each.uncertain for each in batches)
    objective = rule.bound(uncertain, posterior, done.total)
    return Step(
        step.iteration + 1,
        posterior,
        objective,
        done.mean_log_likelihood,
        done,
        batches=tuple(batches),
    )
