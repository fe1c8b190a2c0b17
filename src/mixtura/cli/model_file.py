"""Models in files: their name, and the names of their columns."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from mixtura.cli.failures import Failure
from mixtura.cli.rows import Rows
from mixtura.cli.wording import reworded
from mixtura.exceptions import FileFormatError

__all__ = ["SUFFIX", "check_suffix", "name_features", "read_model"]

SUFFIX = ".safetensors"


def check_suffix(path: str | None) -> None:
    """Refuse a model file that would not be known as one."""
    if path is not None and Path(path).suffix != SUFFIX:
        raise Failure(f"cannot write {path}: the name of a model must end in {SUFFIX}")


def read_model(path: str) -> Any:
    """The fitted estimator in the file `path`."""
    from mixtura import persist

    try:
        with reworded({"`path`": "`MODEL`"}):
            return persist.load(path)
    except FileFormatError as error:
        if Path(path).suffix == SUFFIX:
            raise
        raise Failure(
            f"`MODEL` must be a {SUFFIX} file that `mixtura fit --output` wrote, got {path!r}; "
            "type MODEL before DATA"
        ) from error


def name_features(model: Any, rows: Rows) -> None:
    """Tell a model that was fitted to an array what its columns are called, if they have names."""
    import numpy as np

    if rows.named:
        model.feature_names_in_ = np.array(rows.columns, dtype=object)
