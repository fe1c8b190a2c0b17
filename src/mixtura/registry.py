"""A folder of modules as a table: the file's name is the public string."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from functools import cached_property
from typing import Generic, TypeVar

from mixtura.exceptions import InvalidParameterError

__all__ = ["Registry"]

T = TypeVar("T")


class Registry(Mapping[str, T], Generic[T]):
    """The final classes of a folder, one a file, made on first use.

    Parameters
    ----------
    package : str
        Dotted name of the folder. Every public module in it that is not named
        in `skip` holds exactly one final subclass of `base`.
    base : type
        The abstract class that the folder's classes implement.
    parameter : str
        The user's parameter that takes these names, for error messages.
    skip : tuple of str
        Modules that are not entries, such as the one that holds `base`.
    spelled : dict of str to str
        Public strings that cannot be a module's name, and the module's.
    """

    def __init__(
        self,
        package: str,
        base: type[T],
        parameter: str,
        skip: tuple[str, ...],
        spelled: Mapping[str, str] | None = None,
    ):
        self._package = package
        self._base = base
        self._parameter = parameter
        self._skip = frozenset(skip)
        self._module_of = dict(spelled or {})
        self._name_of = {module: name for name, module in self._module_of.items()}
        self._made: dict[str, T] = {}

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def __contains__(self, name: object) -> bool:
        return name in self._names

    def __getitem__(self, name: str) -> T:
        if not isinstance(name, str) or name not in self._made:
            self.check(name)
            self._made[name] = self._load(name)()
        return self._made[name]

    def check(self, name: object, parameter: str | None = None, also: tuple[str, ...] = ()) -> None:
        """Raise InvalidParameterError unless `name` is an entry, or one of `also`.

        `parameter` is the user's, if it is not that of the registry.
        """
        names = (*also, *sorted(self))
        if isinstance(name, str) and name in names:
            return
        parameter = parameter or self._parameter
        close = get_close_matches(str(name), names, n=1)
        hint = f"did you mean {close[0]!r}?" if close else f"type {parameter}={names[0]!r}"
        raise InvalidParameterError(
            f"`{parameter}` must be one of {list(names)}, got {name!r}; {hint}"
        )

    @cached_property
    def _names(self) -> tuple[str, ...]:
        folder = importlib.import_module(self._package).__path__
        modules = (module.name for module in pkgutil.iter_modules(folder))
        return tuple(
            self._name_of.get(module, module)
            for module in modules
            if not module.startswith("_") and module not in self._skip
        )

    def _load(self, name: str) -> type[T]:
        module = importlib.import_module(f"{self._package}.{self._module_of.get(name, name)}")
        (found,) = (
            member
            for _, member in inspect.getmembers(module, inspect.isclass)
            if issubclass(member, self._base) and member.__module__ == module.__name__
        )
        return found
