"""Models read from and written to files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from mixtura.cli.failures import Failure
from mixtura.cli.files import atomic

__all__ = ["SUFFIX", "check_suffix", "read_model", "write_model"]

SUFFIX = ".safetensors"


def check_suffix(path: str | None) -> None:
    """Refuse a model file that would not be known as one."""
    if path is not None and Path(path).suffix != SUFFIX:
        raise Failure(f"cannot write {path}: the name of a model must end in {SUFFIX}")


def read_model(path: str) -> Any:
    """The fitted estimator in the file `path`."""
    import mixtura

    if not Path(path).exists():
        raise Failure(f"`MODEL` must be a file that mixtura fit wrote, there is no file {path}")
    return mixtura.load(path)


def write_model(model: Any, path: str | Path) -> None:
    """Save `model`, whole or not at all."""
    import mixtura

    with atomic(path) as temporary:
        mixtura.save(model, temporary)
