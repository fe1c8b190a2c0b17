"""Saved models: a sealed safetensors file, never a pickle.

Its header says, after what every sealed file says::

    {"class": "GaussianMixture", "parameters": {"n_components": 3, ...},
     "fitted": {"means_": {"tensor": "fitted.means_"}, ...}}
"""

from __future__ import annotations

import inspect
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from sklearn.utils.validation import check_is_fitted

from mixtura.attributes import check_attributes, check_names
from mixtura.counting import Choice, Tried
from mixtura.covariance import COVARIANCES
from mixtura.determinants import log_dets
from mixtura.em import Move
from mixtura.estimators import BayesianGaussianMixture, GaussianMixture
from mixtura.exceptions import (
    FileFormatError,
    InvalidParameterError,
    MixturaError,
    MixturaWarning,
)
from mixtura.files import open_to_read, replacing
from mixtura.priors import PRIORS
from mixtura.sealed import Tensors, decode, encode, seal, unseal
from mixtura.stats import Stats

__all__ = ["load", "save"]

_CLASSES: dict[str, type] = {
    each.__name__: each for each in (GaussianMixture, BayesianGaussianMixture)
}
# What a model may hold besides plain values and arrays.
_VALUES: dict[str, type] = {
    each.__name__: each for each in (Choice, Move, Stats, Tried, *map(type, PRIORS.values()))
}
_FLOATS = (np.float32, np.float64)
_ADVICE = "save the model again with mixtura.save(model, path)"


def save(model: Any, path: str | os.PathLike[str]) -> None:
    """Save a fitted model, replacing the file whole or not at all.

    A parameter that only lives in this Python process (a callable or fitted mixture as
    `init_params`, a generator as `random_state`) is saved as its default, with a warning. What
    was fitted is saved bit for bit.

    Parameters
    ----------
    model : GaussianMixture
        A fitted estimator of this package.
    path : str or path-like
        The file to write; ``.safetensors`` is the usual ending.

    Raises
    ------
    InvalidParameterError
        If `model` is not an estimator of this package, or carries what no file can hold.
    sklearn.exceptions.NotFittedError
        If it is not fitted.
    FileAccessError
        If the file cannot be written; an old one is left as it was.

    Examples
    --------
    >>> import tempfile, mixtura
    >>> from mixtura import datasets, persist
    >>> X = datasets.load("faithful").data
    >>> model = mixtura.GaussianMixture(2, random_state=0).fit(X)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     persist.save(model, f"{folder}/faithful.safetensors")
    ...     again = persist.load(f"{folder}/faithful.safetensors")
    >>> bool((again.predict_proba(X) == model.predict_proba(X)).all())
    True
    """
    name = type(model).__name__
    if _CLASSES.get(name) is not type(model):
        raise InvalidParameterError(
            f"`model` must be one of {list(_CLASSES)} of mixtura, got {type(model).__module__}."
            f"{name}; type mixtura.GaussianMixture.from_sklearn(model) if it is scikit-learn's"
        )
    check_is_fitted(model)
    _check_whole(model)
    tensors: Tensors = {}
    header = {
        "parameters": _encode_parameters(model, tensors),
        "fitted": {
            attribute: encode(value, f"fitted.{attribute}", tensors)
            for attribute, value in vars(model).items()
            if attribute.endswith("_") and not attribute.startswith("_")
        },
    }
    content = seal(name, header, tensors)
    with replacing(path) as temporary:
        temporary.write_bytes(content)


def load(path: str | os.PathLike[str]) -> Any:
    """Read a model that `save` wrote.

    Parameters
    ----------
    path : str or path-like
        The file.

    Returns
    -------
    GaussianMixture
        The fitted estimator, equal to the one that was saved.

    Raises
    ------
    FileAccessError
        If there is no such file, or it cannot be read.
    FileFormatError
        If it is corrupt, truncated, of another program or of a newer Mixtura.
    """
    with open_to_read(path) as stream:
        content = stream.read()
    try:
        header, tensors = unseal(content, _CLASSES, _ADVICE)
        model = _build(header, tensors)
        _check(model)
    except FileFormatError as error:
        raise FileFormatError(f"{os.fspath(path)} {error}") from error.__cause__
    return model


def _build(header: dict[str, Any], tensors: Tensors) -> Any:
    kind = _CLASSES[header["class"]]
    try:
        model = kind(**_decode_all(header["parameters"], tensors))
        fitted = _decode_all(header["fitted"], tensors)
        check_names(kind, fitted)
        for attribute, value in fitted.items():
            setattr(model, attribute, value)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise _damaged(f"its header does not describe a model: {error!r}") from error
    return model


def _check_whole(model: Any) -> None:
    """Refuse to save what could not be loaded again."""
    try:
        _check(model)
    except FileFormatError as error:
        reason = str(error).removeprefix("is damaged: ").removesuffix(f"; {_ADVICE}")
        raise InvalidParameterError(
            f"`model` must have all attributes of a fit, one for another, but {reason}; type "
            "GaussianMixture.from_parameters(model.weights_, model.means_, model.covariances_, "
            "covariance_type=model.covariance_type)"
        ) from error


def _check(model: Any) -> None:
    """Refuse a model whose parts do not make a Gaussian mixture."""
    with _as_damage():
        family = COVARIANCES[model.covariance_type]
        d = model.n_features_in_
        k = len(model.weights_) if model._counts else model.n_components
        _check_array("weights_", model.weights_, (k,))
        _check_array("means_", model.means_, (k, d))
        for name in ("covariances_", "precisions_", "precisions_cholesky_"):
            _check_array(name, getattr(model, name), family.shape(k, d))
    if np.any(model.weights_ < 0) or abs(np.sum(model.weights_) - 1) > 1e-6:
        raise _damaged("`weights_` are not shares that sum to 1")
    with _as_damage():
        parameters = model._parameters  # a posterior is checked too
        check_attributes(model, family, k, d)
    with np.errstate(divide="ignore"):
        log_det = log_dets(family.form, family.scale(parameters.cholesky, d))
    if not np.isfinite(log_det).all() or np.isnan(family.cholesky(parameters.covariances)).any():
        raise _damaged("`covariances_` are not positive definite")


@contextmanager
def _as_damage() -> Iterator[None]:
    try:
        yield
    except (AttributeError, TypeError, MixturaError) as error:
        raise _damaged(str(error)) from error


def _check_array(name: str, array: Any, shape: tuple[int, ...]) -> None:
    if np.shape(array) != shape:
        raise FileFormatError(f"`{name}` has shape {np.shape(array)}, not {shape}")
    if array.dtype not in _FLOATS or not np.isfinite(array).all():
        raise FileFormatError(f"`{name}` is not finite floats of 32 or 64 bits")


def _damaged(what: str) -> FileFormatError:
    return FileFormatError(f"is damaged: {what}; {_ADVICE}")


def _encode_parameters(model: Any, tensors: Tensors) -> dict[str, Any]:
    defaults = inspect.signature(type(model)).parameters
    encoded = {}
    for name, value in model.get_params(deep=False).items():
        try:
            encoded[name] = encode(value, f"parameters.{name}", tensors)
        except InvalidParameterError:
            encoded[name] = default = defaults[name].default
            warnings.warn(
                f"`{name}` is a {type(value).__name__}, which a file cannot hold; it is saved as "
                f"its default {default!r}, so set it again after mixtura.load",
                MixturaWarning,
                stacklevel=3,
            )
    return encoded


def _decode_all(encoded: dict[str, Any], tensors: Tensors) -> dict[str, Any]:
    return {name: decode(value, tensors, _VALUES) for name, value in encoded.items()}
