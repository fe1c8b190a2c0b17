"""Output files that could not be written, refused before the work starts."""

from __future__ import annotations

import glob
import os
from pathlib import Path

from mixtura.cli.failures import Failure
from mixtura.cli.wording import reworded

__all__ = ["check_writable", "folder_pairs", "make_folder"]


def check_writable(path: str | None, *inputs: str | None) -> None:
    """Refuse an output that could not be written, or that is one of the inputs.

    Called before the work starts, so that an hour's fit is not lost to a misspelt folder.

    Raises
    ------
    Failure
        If the folder of `path` is missing or may not be written to, `path` is a folder, or
        `path` is one of `inputs`.
    """
    if path is None:
        return
    target = Path(path)
    folder = target.parent
    if not folder.is_dir():
        raise Failure(f"cannot write {path}: there is no folder {folder}; type: mkdir -p {folder}")
    if target.is_dir():
        raise Failure(f"cannot write {path}: it is a folder; name a file in it")
    if not os.access(target if target.exists() else folder, os.W_OK) or not os.access(
        folder, os.W_OK
    ):
        raise Failure(f"cannot write {path}: permission denied; choose another folder")
    for source in inputs:
        if (
            source
            and target.exists()
            and os.path.exists(source)
            and os.path.samefile(target, source)
        ):
            raise Failure(f"cannot write {path}: it is also the input; choose another name")


def make_folder(path: str, option: str = "--output-dir") -> Path:
    """The folder `path`, made where it is missing, checked to be writable."""
    folder = Path(path)
    if folder.exists() and not folder.is_dir():
        raise Failure(f"`{option}` must be a folder, got the file {path}; choose another name")
    folder.mkdir(parents=True, exist_ok=True)
    if not os.access(folder, os.W_OK):
        raise Failure(f"cannot write into {path}: permission denied; choose another folder")
    return folder


def folder_pairs(data: str, output: str) -> list[tuple[str, str]]:
    """Every file of DATA, and the Parquet file of the same name in the folder `output`, made."""
    folder = make_folder(output, "--output")
    if not Path(data).is_dir() and not glob.has_magic(data):
        return [(data, str(folder / f"{Path(data).stem}.parquet"))]
    from mixtura.rows.arrow import files_of

    with reworded({"`X`": "`DATA`"}):
        files = files_of(data)
    base = (
        Path(data) if Path(data).is_dir() else Path(os.path.commonpath(map(os.path.dirname, files)))
    )
    pairs = []
    for file in files:
        target = folder / Path(file).relative_to(base).with_suffix(".parquet")
        target.parent.mkdir(parents=True, exist_ok=True)
        pairs.append((file, str(target)))
    return pairs
