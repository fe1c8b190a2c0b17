"""Classic real data that comes with the package, each set with its source and licence."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from mixtura.exceptions import InvalidParameterError

__all__ = ["Dataset", "load", "load_faithful", "names", "path"]

_FOLDER = Path(__file__).parent
_LABEL = "label"  # the column that holds the known class


class Dataset(NamedTuple):
    """A bundled data set.

    Attributes
    ----------
    data : ndarray of shape (n, d), float64
        One row an observation.
    feature_names : tuple of str
        The d column names.
    labels : ndarray of shape (n,), str, or None
        The known class of each row, where there is one; never a column of `data`.
    description : str
        What it is, its size, source and licence.
    """

    data: NDArray[np.float64]
    feature_names: tuple[str, ...]
    labels: NDArray[np.str_] | None
    description: str


def names() -> tuple[str, ...]:
    """Names of the bundled sets, in alphabetical order.

    Examples
    --------
    >>> from mixtura import datasets
    >>> datasets.names()
    ('banknote', 'diabetes', 'faithful', 'iris', 'thyroid')
    """
    return tuple(sorted(_provenance()))


def path(name: str) -> Path:
    """Where the CSV file of a bundled set lies.

    Parameters
    ----------
    name : str
        One of `names()`.

    Raises
    ------
    InvalidParameterError
        If there is no such set.
    """
    if not isinstance(name, str) or name not in names():
        raise InvalidParameterError(
            f"`name` must be one of {list(names())}, got {name!r}; type load('faithful')"
        )
    return _FOLDER / f"{name}.csv"


def load(name: str) -> Dataset:
    """Read a bundled set.

    Parameters
    ----------
    name : str
        One of `names()`.

    Raises
    ------
    InvalidParameterError
        If there is no such set.

    Examples
    --------
    >>> from mixtura import datasets
    >>> iris = datasets.load("iris")
    >>> iris.data.shape, sorted(set(iris.labels.tolist()))
    ((150, 4), ['setosa', 'versicolor', 'virginica'])
    """
    with path(name).open(newline="", encoding="utf-8") as file:
        header, *rows = csv.reader(file)
    features = [j for j, column in enumerate(header) if column != _LABEL]
    data = np.array([[float(row[j]) for j in features] for row in rows])
    labels = np.array([row[header.index(_LABEL)] for row in rows]) if _LABEL in header else None
    return Dataset(data, tuple(header[j] for j in features), labels, _describe(name))


def load_faithful() -> Dataset:
    """Old Faithful: minutes of eruption and minutes to the next one, 272 x 2.

    Examples
    --------
    >>> from mixtura import datasets
    >>> datasets.load_faithful().feature_names
    ('eruptions', 'waiting')
    """
    return load("faithful")


def _provenance() -> dict[str, dict[str, str]]:
    with (_FOLDER / "PROVENANCE.csv").open(newline="", encoding="utf-8") as file:
        return {Path(row["path"]).stem: row for row in csv.DictReader(file)}


def _describe(name: str) -> str:
    facts = _provenance()[name]
    return (
        f"{facts['what']}: {facts['n']} rows, {facts['d']} features. "
        f"Source: {facts['source']}. Licence: {facts['licence']}."
    )
