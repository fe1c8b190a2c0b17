"""Saved models: a safetensors file with a JSON header, never a pickle.

The tensors are the arrays of the model. The file's metadata holds one JSON document, ``mixtura``::

    {"format": 1, "version": "0.1.0", "class": "GaussianMixture",
     "parameters": {"n_components": 3, ...}, "fitted": {"means_": {"tensor": "fitted.means_"}, ...},
     "sha256": "..."}                        of all the rest, tensors included

so that a flipped bit is an error and not another model.
"""

from __future__ import annotations

import hashlib
import inspect
import json
import os
import warnings
from collections.abc import Callable
from importlib.metadata import version
from typing import Any

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load as load_tensors
from safetensors.numpy import save as save_tensors
from sklearn.utils.validation import check_is_fitted

from mixtura.covariance import COVARIANCES
from mixtura.estimators import GaussianMixture
from mixtura.exceptions import (
    FileFormatError,
    InvalidParameterError,
    MixturaError,
    MixturaWarning,
)
from mixtura.files import open_to_read, replacing

__all__ = ["load", "save"]

_FORMAT = 1  # rises when an older Mixtura could not read the file
_CLASSES: dict[str, type] = {"GaussianMixture": GaussianMixture}
_HEADER = "mixtura"  # the key of the header in the file's metadata

Tensors = dict[str, np.ndarray]


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
    tensors: Tensors = {}
    header = {
        "format": _FORMAT,
        "version": version("mixtura"),
        "class": name,
        "parameters": _encode_parameters(model, tensors),
        "fitted": {
            attribute: _encode(value, f"fitted.{attribute}", tensors)
            for attribute, value in vars(model).items()
            if attribute.endswith("_") and not attribute.startswith("_")
        },
    }
    header["sha256"] = _digest(header, tensors)
    content = save_tensors(tensors, metadata={_HEADER: json.dumps(header)})
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
        header, tensors = _parse(content)
        model = _build(header, tensors)
        _check(model)
    except FileFormatError as error:
        raise FileFormatError(f"{os.fspath(path)} {error}") from error.__cause__
    return model


def _parse(content: bytes) -> tuple[dict[str, Any], Tensors]:
    """The header and the tensors of a whole, undamaged file of a format that is known."""
    try:
        tensors = load_tensors(content)
        size = int.from_bytes(content[:8], "little")
        metadata = json.loads(content[8 : 8 + size]).get("__metadata__") or {}
    except (SafetensorError, ValueError, KeyError, TypeError, OverflowError) as error:
        raise FileFormatError(
            f"is not a whole safetensors file ({error}); save the model again with "
            "mixtura.save(model, path)"
        ) from error
    if _HEADER not in metadata:
        raise FileFormatError(
            "is a safetensors file of another program; give one that mixtura.save wrote"
        )
    try:
        header = json.loads(metadata[_HEADER])
        known, written_by = header["format"] <= _FORMAT, header["version"]
        digest = header.pop("sha256")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise _damaged("its header cannot be read") from error
    if not known:
        raise FileFormatError(
            f"was saved by mixtura {written_by}, this is {version('mixtura')}; "
            "type: pip install --upgrade mixtura"
        )
    if digest != _digest(header, tensors):
        raise _damaged("its checksum does not agree with its contents")
    return header, tensors


def _build(header: dict[str, Any], tensors: Tensors) -> Any:
    try:
        model = _CLASSES[header["class"]](**_decode_all(header["parameters"], tensors))
        for attribute, value in _decode_all(header["fitted"], tensors).items():
            setattr(model, attribute, value)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise _damaged(f"its header does not describe a model: {error!r}") from error
    return model


def _check(model: Any) -> None:
    """Refuse a model whose parts do not make a Gaussian mixture."""
    try:
        family = COVARIANCES[model.covariance_type]
        k, d = model.n_components, model.n_features_in_
        _check_array("weights_", model.weights_, (k,))
        _check_array("means_", model.means_, (k, d))
        for name in ("covariances_", "precisions_", "precisions_cholesky_"):
            _check_array(name, getattr(model, name), family.shape(k, d))
    except (AttributeError, TypeError, MixturaError) as error:
        raise _damaged(str(error)) from error
    if np.any(model.weights_ < 0) or abs(np.sum(model.weights_) - 1) > 1e-6:
        raise _damaged("`weights_` are not shares that sum to 1")
    with np.errstate(divide="ignore"):
        pivots = family.pivots(model.precisions_cholesky_, k, d)
    if not np.isfinite(pivots).all() or np.isnan(family.cholesky(model.covariances_)).any():
        raise _damaged("`covariances_` are not positive definite")


def _check_array(name: str, array: Any, shape: tuple[int, ...]) -> None:
    if np.shape(array) != shape:
        raise FileFormatError(f"`{name}` has shape {np.shape(array)}, not {shape}")
    if not np.isfinite(array).all():
        raise FileFormatError(f"`{name}` is not finite")


def _damaged(what: str) -> FileFormatError:
    return FileFormatError(
        f"is damaged: {what}; save the model again with mixtura.save(model, path)"
    )


def _digest(header: dict[str, Any], tensors: Tensors) -> str:
    digest = hashlib.sha256(json.dumps(header, sort_keys=True).encode())
    for name, array in sorted(tensors.items()):
        digest.update(json.dumps([name, str(array.dtype), array.shape]).encode())
        digest.update(array.tobytes())
    return digest.hexdigest()


def _encode_parameters(model: Any, tensors: Tensors) -> dict[str, Any]:
    defaults = inspect.signature(type(model)).parameters
    encoded = {}
    for name, value in model.get_params(deep=False).items():
        try:
            encoded[name] = _encode(value, f"parameters.{name}", tensors)
        except InvalidParameterError:
            encoded[name] = default = defaults[name].default
            warnings.warn(
                f"`{name}` is a {type(value).__name__}, which a file cannot hold; it is saved as "
                f"its default {default!r}, so set it again after mixtura.load",
                MixturaWarning,
                stacklevel=3,
            )
    return encoded


def _encode(value: Any, name: str, tensors: Tensors) -> Any:
    """A value as JSON; its arrays go into `tensors` under `name`."""
    if isinstance(value, list | tuple):
        items = [_encode(item, f"{name}.{i}", tensors) for i, item in enumerate(value)]
        return {type(value).__name__: items}
    if isinstance(value, np.ndarray | np.generic):
        return _encode_array(value, name, tensors)
    if isinstance(value, float) and not np.isfinite(value):
        return {"float": repr(value)}
    if value is None or isinstance(value, bool | int | float | str):
        return value
    raise InvalidParameterError(f"`{name}` is a {type(value).__name__}, which cannot be saved")


def _encode_array(array: np.ndarray | np.generic, name: str, tensors: Tensors) -> dict[str, Any]:
    if array.dtype == object and all(isinstance(item, str) for item in np.ravel(array)):
        return {"names": array.tolist()}
    if array.dtype.kind not in "fiub":
        raise InvalidParameterError(f"`{name}` is an array of {array.dtype}, which cannot be saved")
    tensors[name] = np.array(array, dtype=array.dtype.newbyteorder("="), order="C")
    return {"scalar" if isinstance(array, np.generic) else "tensor": name}


def _decode_all(encoded: dict[str, Any], tensors: Tensors) -> dict[str, Any]:
    return {name: _decode(value, tensors) for name, value in encoded.items()}


def _decode(value: Any, tensors: Tensors) -> Any:
    if not isinstance(value, dict):
        return value
    ((kind, content),) = value.items()
    return _DECODERS[kind](content, tensors)


_DECODERS: dict[str, Callable[[Any, Tensors], Any]] = {
    "float": lambda content, _: float(content),
    "list": lambda content, tensors: [_decode(item, tensors) for item in content],
    "tuple": lambda content, tensors: tuple(_decode(item, tensors) for item in content),
    "names": lambda content, _: np.array(content, dtype=object),
    "tensor": lambda name, tensors: tensors[name].copy(),
    "scalar": lambda name, tensors: tensors[name][()],
}
