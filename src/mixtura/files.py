"""Opens a file to read, or replaces one whole or not at all, with errors that say what to type."""

from __future__ import annotations

import contextlib
import errno
import glob
import os
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from mixtura.exceptions import FileAccessError, InvalidParameterError

__all__ = ["open_to_read", "path_of", "replacing", "sweep"]

_ADVICE = {
    errno.ENOENT: "there is no such file; check the spelling",
    errno.ENOTDIR: "a part of it is a file, not a folder; check the spelling",
    errno.EISDIR: "it is a folder; name a file in it",
    errno.EACCES: "permission denied; choose another folder, or ask for the right with chmod",
    errno.EPERM: "permission denied; choose another folder, or ask for the right with chmod",
    errno.EROFS: "the disk is read-only; choose another folder",
    errno.ENOSPC: "the disk is full; free space or choose another disk",
    errno.EDQUOT: "the disk quota is used up; free space or choose another disk",
    errno.ENAMETOOLONG: "the name is too long; choose a shorter one",
}


def open_to_read(path: str | os.PathLike[str]) -> BinaryIO:
    """The bytes of the file `path`.

    Raises
    ------
    InvalidParameterError
        If `path` is no name of a file.
    FileAccessError
        If there is no such file, or it cannot be read.
    """
    name = path_of(path)
    try:
        return name.open("rb")
    except OSError as error:
        raise _named(error, path, "read") from error


@contextlib.contextmanager
def replacing(path: str | os.PathLike[str]) -> Iterator[Path]:
    """A temporary file beside `path` that takes its place at the end.

    If anything fails before, or the machine stops, the old file is still there, whole; and if
    it stops just then, `sweep` removes the temporary one.

    Raises
    ------
    InvalidParameterError
        If `path` is no name of a file.
    FileAccessError
        If the folder is missing or cannot be written to, `path` is a folder, or the disk is full.
    """
    target = path_of(path).resolve()  # a link stays a link
    try:
        with _temporary(target) as temporary:
            yield temporary
            _flush(temporary)
            if target.exists():
                shutil.copymode(target, temporary)
            temporary.replace(target)
            if os.name == "posix":  # elsewhere a folder cannot be opened
                _flush(target.parent)
    except OSError as error:
        raise _named(error, path, "written") from error


@contextlib.contextmanager
def _temporary(target: Path) -> Iterator[Path]:
    """An empty file in the folder of `target`, gone at the end if it is still there."""
    if target.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(target))
    if not target.parent.is_dir():
        raise FileAccessError(
            f"`path` must be in a folder that exists, got {str(target)!r}; "
            f"type: mkdir -p {target.parent}"
        )
    temporary = target.with_name(f"{_hidden(target)}{secrets.token_hex(6)}{target.suffix}")
    temporary.touch(exist_ok=False)
    try:
        yield temporary
    finally:
        temporary.unlink(missing_ok=True)


def sweep(path: str | os.PathLike[str]) -> None:
    """Remove what a killed process left beside `path`, which only one process may be writing."""
    target = Path(path).resolve()
    pattern = f"{glob.escape(_hidden(target))}{'[0-9a-f]' * 12}{glob.escape(target.suffix)}"
    for temporary in target.parent.glob(pattern):
        temporary.unlink(missing_ok=True)


def _hidden(target: Path) -> str:
    """How the names of temporary files beside `target` begin."""
    return f".mixtura-{target.stem[:100]}-"


def _flush(path: Path) -> None:
    """Wait until the file or folder is on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def path_of(path: str | os.PathLike[str]) -> Path:
    """`path` as a Path.

    Raises
    ------
    InvalidParameterError
        If it is no name of a file.
    """
    if not isinstance(path, str | os.PathLike) or "\0" in os.fspath(path):
        raise InvalidParameterError(
            f"`path` must be the name of a file, got {path!r}; type a name, such as "
            '"model.safetensors"'
        )
    return Path(path)


def _named(error: OSError, path: str | os.PathLike[str], verb: str) -> FileAccessError:
    if isinstance(error, FileAccessError):
        return error
    advice = _ADVICE.get(error.errno or 0, error.strerror or str(error))
    return FileAccessError(
        f"`path` must be a file that can be {verb}, got {os.fspath(path)!r}: {advice}"
    )
