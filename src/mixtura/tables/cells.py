"""Cells of text: which are numbers, which are missing, and which are numbers to people alone."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from math import isfinite

from mixtura.exceptions import InvalidParameterError

__all__ = ["Number", "is_marked", "is_number", "mostly", "number_with"]

Number = Callable[[str], float]

_MISSING = frozenset(("", "na", "nan", "null", "none", "n/a", "#n/a", "<na>", "?", ".", "-"))
_MONEY = "[$€£¥]?"
# 1,234.50 or 3,6 or 12 % or $5.
_MARKED = re.compile(
    rf"{_MONEY} ?[-+\u2212]?{_MONEY}\d{{1,3}}(?:[,.'\u2019\s]?\d{{3}})*(?:[.,]\d+)?"
    rf"\s?(?:%|{_MONEY})"
)


def number_with(decimal: str) -> Number:
    """What reads a cell whose decimal mark is `decimal`; ValueError for what is no number.

    Raises
    ------
    InvalidParameterError
        If `decimal` is neither a point nor a comma.
    """
    if decimal not in _NUMBERS:
        raise InvalidParameterError(f"`decimal` must be '.' or ',', got {decimal!r}; type ','")
    return _NUMBERS[decimal]


def _with_comma(cell: str) -> float:
    if "." in cell:
        raise ValueError(f"a point where the comma is the decimal mark: {cell}")
    return float(cell.replace(",", "."))


_NUMBERS: dict[str, Number] = {".": float, ",": _with_comma}


def is_number(cell: str, number: Number = float) -> bool:
    """Whether a cell is a finite number; an underscore is no part of one."""
    try:
        return isfinite(number(cell)) and "_" not in cell
    except ValueError:
        return False


def is_marked(cell: str) -> bool:
    """Whether a cell is a number to people, with or without marks that a computer does not read."""
    return _MARKED.fullmatch(cell.strip()) is not None


def mostly(kind: Callable[[str], bool], cells: Iterable[str]) -> bool:
    """Whether at least half of the cells that are not missing are of a kind."""
    present = [cell for cell in cells if cell.strip().lower() not in _MISSING]
    return bool(present) and 2 * sum(map(kind, present)) >= len(present)
