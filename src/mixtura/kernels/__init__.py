"""How one block of rows is computed: the textbook in array operations, the fast one compiled."""

from __future__ import annotations

from mixtura.kernels.kernel import Kernel
from mixtura.registry import Registry

__all__ = ["KERNELS", "Kernel", "choose"]

KERNELS: Registry[Kernel] = Registry(__name__, Kernel, parameter="engine", skip=("kernel",))

# Below this many multiply-adds, in a pass of every fit, loading the compiled kernel costs more
# than it saves.
_SMALL_WORK = 600_000


def choose(engine: str, n: int, d: int, k: int, fits: int = 1) -> Kernel:
    """The kernel for so many fits of k components to n rows of d features.

    ``"auto"`` takes the textbook for small work, where nothing is compiled, and the compiled
    kernel beyond; any other name takes the file of that name.
    """
    if engine == "auto":
        engine = "numpy" if n * k * (d + 8) * fits < _SMALL_WORK else "numba"
    return KERNELS[engine]
