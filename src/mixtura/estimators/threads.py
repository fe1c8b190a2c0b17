"""How many threads a fit may use."""

from __future__ import annotations

import os

from joblib import cpu_count, effective_n_jobs
from joblib.parallel import get_active_backend

__all__ = ["thread_count"]


def thread_count(n_jobs: int | None) -> int:
    """Threads for `n_jobs`: an int as scikit-learn reads it, or None for what is free.

    None is every core that the process may use, at most ``OMP_NUM_THREADS``; but 1 inside a
    joblib worker, so that a parallel search over models does not oversubscribe the machine.
    """
    if n_jobs is not None:
        return effective_n_jobs(n_jobs)
    backend, _ = get_active_backend()
    if getattr(backend, "nesting_level", 0):
        return 1
    allowed = os.environ.get("OMP_NUM_THREADS", "")
    return min(cpu_count(), int(allowed)) if allowed.isdigit() and int(allowed) else cpu_count()
