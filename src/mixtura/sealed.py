"""Values in a safetensors file with a JSON header and a checksum of both, never a pickle.

The tensors are the arrays. The file's metadata holds one JSON document, ``mixtura``::

    {"format": 1, "version": "0.1.0", "class": "GaussianMixture", ..., "sha256": "..."}

so that a flipped bit is an error and not another value.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
from collections.abc import Callable, Collection, Mapping
from importlib.metadata import version
from typing import Any

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load as load_tensors
from safetensors.numpy import save as save_tensors

from mixtura.exceptions import FileFormatError, InvalidParameterError

__all__ = ["Tensors", "decode", "encode", "seal", "unseal"]

Tensors = dict[str, np.ndarray]

_FORMAT = 1  # rises when an older Mixtura could not read the file
_HEADER = "mixtura"  # the key of the header in the file's metadata


def seal(kind: str, header: dict[str, Any], tensors: Tensors) -> bytes:
    """The contents of a file of a `kind`, such as the name of a class."""
    header = {"format": _FORMAT, "version": version("mixtura"), "class": kind, **header}
    header["sha256"] = _digest(header, tensors)
    return save_tensors(tensors, metadata={_HEADER: json.dumps(header)})


def unseal(content: bytes, kinds: Collection[str], advice: str) -> tuple[dict[str, Any], Tensors]:
    """The header and the tensors of a whole, undamaged file of one of `kinds`.

    Raises
    ------
    FileFormatError
        If it is anything else; the message goes on from the file's name and ends with `advice`.
    """
    try:
        tensors = load_tensors(content)
        size = int.from_bytes(content[:8], "little")
        metadata = json.loads(content[8 : 8 + size]).get("__metadata__") or {}
    except (SafetensorError, ValueError, KeyError, TypeError, OverflowError) as error:
        raise FileFormatError(f"is not a whole safetensors file ({error}); {advice}") from error
    if _HEADER not in metadata:
        raise FileFormatError(f"is a safetensors file of another program; {advice}")
    try:
        header = json.loads(metadata[_HEADER])
        known, written_by = header["format"] <= _FORMAT, header["version"]
        digest, kind = header.pop("sha256"), str(header["class"])
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise FileFormatError(f"is damaged: its header cannot be read; {advice}") from error
    if not known:
        raise FileFormatError(
            f"was saved by mixtura {written_by}, this is {version('mixtura')}; "
            "type: pip install --upgrade mixtura"
        )
    if digest != _digest(header, tensors):
        raise FileFormatError(
            f"is damaged: its checksum does not agree with its contents; {advice}"
        )
    if kind not in kinds:
        raise FileFormatError(f"holds a {kind!r}, not a {' or '.join(map(repr, kinds))}; {advice}")
    return header, tensors


def _digest(header: dict[str, Any], tensors: Tensors) -> str:
    digest = hashlib.sha256(json.dumps(header, sort_keys=True).encode())
    for name, array in sorted(tensors.items()):
        digest.update(json.dumps([name, str(array.dtype), array.shape]).encode())
        digest.update(array.tobytes())
    return digest.hexdigest()


def encode(value: Any, name: str, tensors: Tensors) -> Any:
    """A value as JSON; its arrays go into `tensors` under `name`.

    Named tuples and dataclasses are stored by the names of their classes and fields.
    """
    fields = _fields(value)
    if fields:
        items = {each: encode(getattr(value, each), f"{name}.{each}", tensors) for each in fields}
        return {type(value).__name__: items}
    if isinstance(value, dict):
        return {
            "dict": {each: encode(item, f"{name}.{each}", tensors) for each, item in value.items()}
        }
    if isinstance(value, list | tuple):
        return {
            type(value).__name__: [
                encode(item, f"{name}.{i}", tensors) for i, item in enumerate(value)
            ]
        }
    if isinstance(value, np.ndarray | np.generic):
        return _encode_array(value, name, tensors)
    if isinstance(value, float) and not np.isfinite(value):
        return {"float": repr(value)}
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    if value is None or isinstance(value, bool | int | float | str):
        return value
    raise InvalidParameterError(f"`{name}` is a {type(value).__name__}, which cannot be saved")


def decode(encoded: Any, tensors: Tensors, classes: Mapping[str, Callable[..., Any]]) -> Any:
    """The value that `encode` was given; `classes` are those of named tuples and dataclasses."""
    if not isinstance(encoded, dict):
        return encoded
    ((kind, content),) = encoded.items()
    if kind in classes:
        return classes[kind](**_decode_items(content, tensors, classes))
    return _DECODERS[kind](content, tensors, classes)


def _fields(value: Any) -> tuple[str, ...]:
    if dataclasses.is_dataclass(value):
        return tuple(field.name for field in dataclasses.fields(value))
    return getattr(value, "_fields", ()) if isinstance(value, tuple) else ()


def _encode_array(array: np.ndarray | np.generic, name: str, tensors: Tensors) -> dict[str, Any]:
    if array.dtype == object and all(isinstance(item, str) for item in np.ravel(array)):
        return {"names": array.tolist()}
    if array.dtype.kind not in "fiub":
        raise InvalidParameterError(f"`{name}` is an array of {array.dtype}, which cannot be saved")
    tensors[name] = np.array(array, dtype=array.dtype.newbyteorder("="), order="C")
    return {"scalar" if isinstance(array, np.generic) else "tensor": name}


def _decode_items(
    items: dict[str, Any], tensors: Tensors, classes: Mapping[str, Callable[..., Any]]
) -> dict[str, Any]:
    return {name: decode(item, tensors, classes) for name, item in items.items()}


_DECODERS: dict[str, Callable[[Any, Tensors, Mapping[str, Callable[..., Any]]], Any]] = {
    "float": lambda content, *_: float(content),
    "dict": _decode_items,
    "list": lambda content, *rest: [decode(item, *rest) for item in content],
    "tuple": lambda content, *rest: tuple(decode(item, *rest) for item in content),
    "names": lambda content, *_: np.array(content, dtype=object),
    "tensor": lambda name, tensors, _: tensors[name].copy(),
    "scalar": lambda name, tensors, _: tensors[name][()],
}
