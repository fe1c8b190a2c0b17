"""A first guess handed in by the user: labels or responsibilities, checked by name."""

from __future__ import annotations

from typing import Any

import numpy as np

from mixtura.exceptions import InvalidParameterError

__all__ = ["given"]


def given(guess: Any, n: int, k: int, name: str) -> np.ndarray:
    """Labels (n,) in 0..k-1, or responsibilities (n, k), from what the user gave.

    Parameters
    ----------
    guess : array-like of shape (n,) or (n, k)
        Labels of any type with exactly k different values, or responsibilities.
    n, k : int
        Rows and components of the fit.
    name : str
        Where the guess came from, for messages.

    Raises
    ------
    InvalidParameterError
        If it is neither.
    """
    try:
        guess = np.asarray(guess)
    except ValueError as error:
        raise InvalidParameterError(
            f"{name} must give rows of equal length: {error}; give {k} responsibilities a row"
        ) from error
    if guess.shape == (n,):
        return _labels(guess, k, name)
    if guess.shape == (n, k):
        return _responsibilities(guess, name)
    got = f"shape {guess.shape}" if guess.ndim else repr(guess.item())
    raise InvalidParameterError(
        f"{name} must give labels of shape ({n},) or responsibilities of shape ({n}, {k}), "
        f'got {got}; give one value, or one row, for every row of `X`, or type init_params="auto"'
    )


def _labels(guess: np.ndarray, k: int, name: str) -> np.ndarray:
    try:
        values, labels = np.unique(guess, return_inverse=True)
    except TypeError as error:
        raise InvalidParameterError(
            f"{name} must give labels of one kind: {error}; give whole numbers from 0 to {k - 1}"
        ) from error
    if len(values) != k:
        raise InvalidParameterError(
            f"{name} has {len(values)} different labels, but `n_components` is {k}; "
            f"type n_components={len(values)} or give {k} labels"
        )
    return labels.reshape(-1)


def _responsibilities(guess: np.ndarray, name: str) -> np.ndarray:
    try:
        shares = guess.astype(np.float64)
    except (TypeError, ValueError):
        shares = np.full(guess.shape, np.nan)
    sums = np.sum(shares, axis=1)
    if not (np.all(shares >= 0.0) and np.allclose(sums, 1.0, atol=1e-6)):
        bad = int(np.argmax(~((shares >= 0.0).all(axis=1) & (np.abs(sums - 1.0) <= 1e-6))))
        raise InvalidParameterError(
            f"{name} must give responsibilities that are not negative and sum to 1 in every row, "
            f"but row {bad} is {guess[bad].tolist()}; divide each row by its sum"
        )
    return shares / sums[:, None]
