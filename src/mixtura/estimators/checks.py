"""Rows, row weights and seeds from a user, checked, and refused by row and column."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from scipy.sparse import issparse
from sklearn.base import BaseEstimator
from sklearn.utils import check_random_state
from sklearn.utils.validation import _check_sample_weight, validate_data

from mixtura.exceptions import InvalidDataError, InvalidParameterError

__all__ = ["check_columns", "check_features", "check_rows", "check_seed", "row_weights"]


# Rows of a frame or a list that are searched for a bad cell.
_SEARCHED = 100_000


def check_rows(estimator: BaseEstimator, X: Any, *, reset: bool) -> np.ndarray:
    """`X` as a C-contiguous (n, d) array of float64 or float32, its feature names checked."""
    _check_readable(X)
    try:
        with np.errstate(over="ignore"):
            return validate_data(
                estimator,
                X,
                reset=reset,
                dtype=[np.float64, np.float32],
                order="C",
                ensure_min_samples=2 if reset else 1,
            )
    except (ValueError, TypeError, OverflowError) as error:
        raise InvalidDataError(_explain(str(error), X)) from error


# What scikit-learn complains of, and what to do about it; the last is for everything else.
_ADVICE = {
    "Expected unique": "give every column of `X` a name of its own",
    "Complex": "`X` must be real: X.real, or both parts as columns: numpy.c_[X.real, X.imag]",
    "Sparse": "`X` must be dense: X.toarray(), or of a frame X.sparse.to_dense()",
    "np.matrix": "type numpy.asarray(X)",
    "Expected ": "`X` must be rows by columns: of one column X.reshape(-1, 1), of a frame X[['a']]",
    "Found array with dim": "`X` must be rows by columns: X.reshape(len(X), -1)",
    "feature names should match": "give `X` the columns of the fit, in that order: X[names]",
    "Feature names are only": "name columns by strings: X.columns = X.columns.astype(str)",
    "features, but": "give `X` the columns that the mixture was fitted to",
    "minimum of 1 is required": "give `X` at least one row and one column",
    "minimum of 2 is required": "give `X` at least two rows",
    "contains": "leave these rows of `X` out, or fill them in: {whole}",
    "": "`X` must be a table of real numbers, rows by columns: leave out columns of text and dates",
}


# The rows themselves, and advice that is not for us.
_NOT_SAID = re.compile(
    r":\narray=.*\n(?=Reshape)|\n\w+ does not accept missing.*|(?<=Complex data not supported)\n.*",
    re.DOTALL,
)
# How a table leaves rows out that are not whole.
_WHOLE = {
    "dropna": "X.dropna()",
    "drop_nulls": "X.drop_nulls().drop_nans()",
    "drop_null": "X.drop_null()",
    "__class__": "X[np.isfinite(X).all(axis=1)]",
}


def _explain(message: str, X: Any) -> str:
    said = _NOT_SAID.sub("; ", message).strip("; .\n")
    advice = next(advice for words, advice in _ADVICE.items() if words in message)
    whole = next(way for method, way in _WHOLE.items() if hasattr(X, method))
    return f"{said}{_where(X)}; {advice.format(whole=whole)}"


def check_columns(
    estimator: BaseEstimator, names: tuple[str, ...] | None, d: int, *, reset: bool
) -> None:
    """Names, if there are any, and number of the columns of rows that are not in memory.

    Learnt in a fit; checked after one, where columns have been picked by name already.
    """
    if reset:
        estimator.n_features_in_ = d
        if names is not None:
            estimator.feature_names_in_ = np.asarray(names, dtype=object)
        elif hasattr(estimator, "feature_names_in_"):
            del estimator.feature_names_in_
    else:
        check_features(estimator, d, estimator.n_features_in_)


def check_features(estimator: BaseEstimator, d: int, expected: int) -> None:
    """Raise InvalidDataError unless rows of d features are what `estimator` expects."""
    if d != expected:
        raise InvalidDataError(
            f"X has {d} features, but {type(estimator).__name__} is expecting "
            f"{expected} features as input; {_ADVICE['features, but']}"
        )


def row_weights(sample_weight: Any, n: int) -> np.ndarray:
    """Weights (n,) of n rows in float64, checked; ones if there are none."""
    rows = np.broadcast_to(0.0, (n, 1))
    with _explained("sample_weight", f"one finite number >= 0 for each of {n} rows"):
        weights = _check_sample_weight(
            sample_weight, rows, dtype=np.float64, ensure_non_negative=True
        )
    with np.errstate(over="ignore"):
        total = np.sum(weights)
    if not 0.0 < total < np.inf:
        raise InvalidParameterError(
            f"`sample_weight` must have a positive, finite sum, got {total}; leave it out, give "
            "at least one row a weight above 0, or divide by the largest"
        )
    return weights


def check_seed(random_state: Any) -> np.random.RandomState:
    """A generator from what the user gave as `random_state`."""
    with _explained("random_state", "None, an integer from 0 to 2**32 - 1 or a RandomState"):
        return check_random_state(random_state)


@contextmanager
def _explained(parameter: str, what: str) -> Iterator[None]:
    """Errors of scikit-learn's, by the parameter's name."""
    try:
        yield
    except (ValueError, TypeError, OverflowError) as error:
        raise InvalidParameterError(
            f"{str(error).rstrip('.')}; `{parameter}` must be {what}; type {parameter}=None to do "
            "without"
        ) from error


def _check_readable(X: Any) -> None:
    """Refuse what would be read as other numbers than it shows, or has none to show yet."""
    if hasattr(X, "collect") and not hasattr(X, "shape"):
        raise InvalidDataError(
            f"`X` must be a table, got a query for one ({type(X).__name__}); type X.collect(), or "
            "give the path of its files: fit('rows/*.parquet')"
        )
    if np.ma.is_masked(X):
        raise InvalidDataError(
            f"`X` must not have masked values, got {np.ma.count_masked(X)}; leave out their rows: "
            "X[~X.mask.any(axis=1)].data"
        )
    for place, dtype in _types(X):
        if str(dtype).lower().startswith(_TIMES):
            raise InvalidDataError(
                f"`X` must be numbers, got dates or durations{place} ({dtype}); turn them into "
                "numbers of a unit: (X - X.min()) / numpy.timedelta64(1, 'D')"
            )


# How the types of dates and durations begin, whatever the library.
_TIMES = ("date", "time", "duration", "period")


def _types(X: Any) -> Iterator[tuple[str, Any]]:
    """The type of an array, or of every column of a frame and where that is, in words."""
    if hasattr(X, "dtype"):
        yield "", X.dtype
        return
    types: Any = getattr(getattr(X, "schema", None), "types", None) or getattr(X, "dtypes", ())
    for column, (name, dtype) in enumerate(zip(_names(X), types, strict=False)):
        yield f" in column {column} ({name!r})", dtype


def _names(X: Any) -> list[Any]:
    return list(getattr(X, "column_names", getattr(X, "columns", ())))


def _where(X: Any) -> str:
    """The first cell that is not a finite number, in words; nothing where there is none."""
    bad = _first_bad(X)
    if bad is None:
        return ""
    row, column, cell = bad
    names = _names(X)
    name = f" ({names[column]!r})" if names else ""
    return f" (row {row}, column {column}{name} is {str(cell)[:40]!r})"


def _first_bad(X: Any) -> tuple[int, int, Any] | None:
    try:
        shape = np.shape(X)
    except ValueError:  # ragged
        return None
    if len(shape) != 2 or 0 in shape or not hasattr(X, "__getitem__") or issparse(X):
        return None
    if isinstance(X, np.ndarray) and X.dtype.kind == "f":
        with np.errstate(over="ignore"):
            fine = np.isfinite(X.astype(np.float64, copy=False))
        row, column = divmod(int(np.argmin(fine)), shape[1])
        cell = X[row, column]
        return None if _is_finite(cell) else (row, column, cell)
    for row, cells in enumerate(np.asarray(X[:_SEARCHED], dtype=object)):
        for column, cell in enumerate(cells):
            if not _is_finite(cell):
                return row, column, cell
    return None


def _is_finite(cell: Any) -> bool:
    try:
        return bool(np.isfinite(float(cell)))
    except (TypeError, ValueError, OverflowError):
        return False
