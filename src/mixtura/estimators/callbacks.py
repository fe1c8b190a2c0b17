"""Scikit-learn's callbacks, where its version has them (1.9 on)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mixtura.em import Step

try:
    from sklearn.callback import CallbackSupportMixin, with_callbacks
except ImportError:  # scikit-learn before 1.9

    class CallbackSupportMixin:  # type: ignore[no-redef]
        """Stands in where there are no callbacks."""

    def with_callbacks(method: Callable) -> Callable:
        """Leave a method as it is."""
        return method


__all__ = ["CallbackSupportMixin", "Listener", "with_callbacks"]


class Listener:
    """Tells an estimator's callbacks about starts and steps.

    The tree of tasks is ``fit`` > ``start`` > ``iteration``. A callback's `metadata` holds the
    iteration and its mean log-likelihood; a callback that returns True at the end of an
    iteration ends that start.
    """

    def __init__(self, estimator: Any, x: Any, starts: int, attributes: Callable[[Step], dict]):
        self._estimator = estimator
        self._x = x
        self._attributes = attributes
        self._heard = bool(getattr(estimator, "_skl_callbacks", None))
        self._fit: Any = None
        self._start: Any = None
        if self._heard:
            self._fit = estimator._init_callback_context(max_subtasks=starts)
            self._fit.call_on_fit_task_begin(estimator=estimator, X=x)

    def start_begins(self, max_iter: int) -> None:
        """A run of EM begins."""
        if self._heard:
            self._start = self._fit.subcontext(task_name="start", max_subtasks=max_iter + 1)
            self._start.call_on_fit_task_begin(estimator=self._estimator, X=self._x)

    def step_ends(self, step: Step) -> bool:
        """A step has been made; True if a callback asks to stop."""
        if not self._heard:
            return False
        task = self._start.subcontext(task_name="iteration")
        task.call_on_fit_task_begin(estimator=self._estimator, X=self._x)
        return task.call_on_fit_task_end(
            estimator=self._estimator,
            X=self._x,
            metadata={"iteration": step.iteration, "log_likelihood": step.log_likelihood},
            reconstruction_attributes=lambda: self._attributes(step),
        )

    def start_ends(self) -> None:
        """A run of EM is over."""
        if self._heard:
            self._start.call_on_fit_task_end(estimator=self._estimator, X=self._x)

    def fit_ends(self, step: Step) -> None:
        """The fit is over, and `step` is its outcome."""
        if self._heard:
            self._fit.call_on_fit_task_end(
                estimator=self._estimator,
                X=self._x,
                reconstruction_attributes=lambda: self._attributes(step),
            )
