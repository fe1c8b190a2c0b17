"""Every error and warning that Mixtura raises on purpose.

::

    MixturaError
    ├── InvalidParameterError (ValueError)   a parameter cannot mean what it says
    ├── InvalidDataError (ValueError, TypeError)  rows that no mixture can be fitted to
    ├── FileAccessError (OSError)            a file cannot be read or written
    ├── FileFormatError (ValueError)         a file is corrupt, truncated or foreign
    └── MissingExtraError (ImportError)      an optional dependency is not installed
    MixturaWarning (UserWarning)
    └── CollapsedComponentWarning            a component was repaired or pruned

Every message names the parameter in backticks, what it must be, what it got, and what to
type instead.
"""

from __future__ import annotations

import importlib
from types import ModuleType
from typing import Any

__all__ = [
    "CollapsedComponentWarning",
    "FileAccessError",
    "FileFormatError",
    "InvalidDataError",
    "InvalidParameterError",
    "MissingExtraError",
    "MixturaError",
    "MixturaWarning",
    "import_extra",
]


class MixturaError(Exception):
    """Base of every error that Mixtura raises on purpose.

    Parameters
    ----------
    *args
        The message, in English.
    key : str, default=""
        Names what is wrong, for those who say it in another language.
    **values
        What the message is about: a line, a column, a limit.

    Examples
    --------
    >>> from mixtura.exceptions import InvalidDataError
    >>> error = InvalidDataError("line 3 has 1 cells", key="ragged", line=3, cells=1)
    >>> str(error), error.key, error.values["line"]
    ('line 3 has 1 cells', 'ragged', 3)
    """

    def __init__(self, *args: object, key: str = "", **values: Any):
        super().__init__(*args)
        self.key, self.values = key, values


class InvalidParameterError(MixturaError, ValueError):
    """A parameter has a value that cannot be used."""


class InvalidDataError(MixturaError, ValueError, TypeError):
    """The rows cannot be used: wrong shape, type or contents."""


class FileAccessError(MixturaError, OSError):
    """A file cannot be read or written: missing, forbidden, or the disk is full."""


class FileFormatError(MixturaError, ValueError):
    """A file is not what it should be: corrupt, truncated, or another program's."""


class MissingExtraError(MixturaError, ImportError):
    """A feature needs a package that the core install does not bring."""


class MixturaWarning(UserWarning):
    """Base of every warning that Mixtura issues."""


class CollapsedComponentWarning(MixturaWarning):
    """A component collapsed onto too few distinct rows and was repaired or pruned."""


def import_extra(module: str, *, extra: str, purpose: str) -> ModuleType:
    """Import an optional dependency, or say which extra to install.

    Parameters
    ----------
    module : str
        Name of the module to import, such as ``"matplotlib.pyplot"``.
    extra : str
        The extra of Mixtura that brings it.
    purpose : str
        What needs it, to open the message with.

    Raises
    ------
    MissingExtraError
        If the module cannot be imported.
    """
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise MissingExtraError(
            f"{purpose} needs the package `{module.split('.')[0]}`, which is not installed; "
            f"type: pip install 'mixtura[{extra}]'"
        ) from error
