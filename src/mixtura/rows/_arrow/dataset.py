"""What the user gave, a path, a folder, a pattern or a pyarrow dataset, as a dataset."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from mixtura.exceptions import (
    FileAccessError,
    FileFormatError,
    InvalidParameterError,
    MixturaError,
    import_extra,
)
from mixtura.files import open_to_read

__all__ = ["arrow", "files_of", "is_number", "is_path", "opened", "readable", "said"]

_FORMATS = {b"PAR1": "parquet", b"ARROW1": "ipc"}  # what such a file begins with
_HEAD = 6


def arrow(module: str = "pyarrow") -> Any:
    """Pyarrow, imported when it is needed."""
    return import_extra(module, extra="tables", purpose="Reading Parquet and Arrow")


def opened(source: Any) -> Any:
    """A pyarrow dataset of a file, a folder, a pattern or an address; or the dataset given."""
    datasets = arrow("pyarrow.dataset")
    if isinstance(source, datasets.Dataset):
        return source
    if not is_path(source):
        raise InvalidParameterError(
            "`X` must be a path, a pattern, a pyarrow.dataset.Dataset or mixtura.scan(path) where "
            f"rows='arrow', got {type(source).__name__}; type rows='auto'"
        )
    path = os.fspath(source)
    with readable(repr(path)):
        if "://" in path:
            return datasets.dataset(path, format="parquet", partitioning="hive")
        base = path if Path(path).is_dir() else None
        files = files_of(path)
        return datasets.dataset(
            files,
            format=_format(files[0]),
            partitioning="hive" if base else None,
            partition_base_dir=base,
        )


def is_path(source: Any) -> bool:
    """Whether it is a path, a pattern or an address."""
    return isinstance(source, str | os.PathLike)


def said(source: Any) -> str:
    """What was given, for messages."""
    return repr(os.fspath(source)) if is_path(source) else "`X`"


def is_number(kind: Any) -> bool:
    """Whether a column of this pyarrow type holds numbers."""
    types = arrow("pyarrow.types")
    tests = (types.is_floating, types.is_integer, types.is_boolean, types.is_decimal)
    return any(test(kind) for test in tests)


def files_of(path: str) -> list[str]:
    """The files of a file, a folder or a pattern, in the order of their names."""
    if Path(path).is_dir():
        inside = Path(path).rglob("*")
        found = sorted(str(p) for p in inside if p.is_file() and p.name[0] not in "._")
    else:
        found = [path] if Path(path).exists() else sorted(glob.glob(path, recursive=True))
    if not found:
        raise FileAccessError(
            f"`X` must be a table, or a path to Parquet, Arrow or NPY files, got {path!r}, where "
            "there is none; check the spelling"
        )
    return found


def _format(path: str) -> str:
    with open_to_read(path) as stream:
        head = stream.read(_HEAD)
    for begins, form in _FORMATS.items():
        if head.startswith(begins):
            return form
    raise FileFormatError(
        f"`X` must be Parquet, Arrow (Feather) or NPY files, but {path!r} begins as neither does; "
        "save the table with frame.to_parquet(path), or read it: fit(pandas.read_csv(path))"
    )


@contextmanager
def readable(said: str) -> Iterator[None]:
    """Pyarrow's errors by the name of what was read."""
    try:
        yield
    except (arrow().ArrowException, OSError) as error:
        if isinstance(error, MixturaError):
            raise
        raise FileFormatError(
            f"`X` must be whole Parquet or Arrow files of the same columns, but {said} cannot be "
            f"read ({str(error).splitlines()[0][:200]}); write the file again, or leave it out"
        ) from error
