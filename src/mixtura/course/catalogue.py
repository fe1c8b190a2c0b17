"""Functions as a table of names: what a module, or a folder of modules, makes public."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterator, Mapping
from difflib import get_close_matches
from functools import cached_property
from typing import Any

from mixtura.exceptions import InvalidParameterError

__all__ = ["Catalogue"]


class Catalogue(Mapping[str, Callable[..., Any]]):
    """The public functions of `module`, imported on first use; ``_`` in a name is ``-``."""

    def __init__(self, module: str, parameter: str):
        self._module = module
        self._parameter = parameter

    @cached_property
    def _functions(self) -> dict[str, Callable[..., Any]]:
        home = importlib.import_module(self._module)
        inside = (found.name for found in pkgutil.iter_modules(getattr(home, "__path__", [])))
        public = [name for name in inside if not name.startswith("_")]
        modules = [importlib.import_module(f"{self._module}.{name}") for name in public] or [home]
        return {
            name.replace("_", "-"): getattr(module, name)
            for module in modules
            for name in module.__all__
        }

    def __getitem__(self, name: str) -> Callable[..., Any]:
        if name not in self._functions:
            close = get_close_matches(name, self._functions, n=1)
            hint = f"; did you mean {close[0]!r}?" if close else ""
            raise InvalidParameterError(
                f"`{self._parameter}` must be one of {sorted(self._functions)}, got {name!r}{hint}"
            )
        return self._functions[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._functions)

    def __len__(self) -> int:
        return len(self._functions)

    def __contains__(self, name: object) -> bool:
        return name in self._functions
