"""Folders as tables: the file's name is the public string, its class final."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import pytest

from mixtura.covariance import COVARIANCES
from mixtura.exceptions import InvalidParameterError
from mixtura.kernels import KERNELS
from mixtura.priors import PRIORS
from mixtura.rows import PLACES
from mixtura.starts import STARTS
from mixtura.stopping import STOPPING
from mixtura.weights import WEIGHTS

REGISTRIES = {
    "covariance_type": COVARIANCES,
    "proportions": WEIGHTS,
    "init_params": STARTS,
    "prior": PRIORS,
    "stopping": STOPPING,
    "engine": KERNELS,
    "rows": PLACES,
}
ENTRIES = [
    pytest.param(registry, name, id=f"{parameter}={name}")
    for parameter, registry in REGISTRIES.items()
    for name in registry
]


@pytest.mark.parametrize(("registry", "name"), ENTRIES)
def test_an_entry_is_a_final_class_in_a_file_of_its_name(registry, name):
    entry = registry[name]
    kind = type(entry)
    assert Path(inspect.getfile(kind)).stem == re.sub(r"\W+", "_", name.replace("++", "_plusplus"))
    assert not inspect.isabstract(kind)
    assert kind.__subclasses__() == []
    assert inspect.getdoc(kind)
    assert vars(entry) == vars(kind()), "entries hold no state but their defaults"
    assert registry[name] is entry


@pytest.mark.parametrize(("registry", "name"), ENTRIES)
def test_a_concrete_method_is_never_overridden(registry, name):
    kind = type(registry[name])
    for parent, child in zip(kind.__mro__[1:-1], kind.__mro__[:-2], strict=True):
        for method, function in vars(parent).items():
            abstract = getattr(function, "__isabstractmethod__", False)
            if inspect.isfunction(function) and not abstract:
                assert method not in vars(child), f"{child.__name__}.{method}"


@pytest.mark.parametrize("parameter", REGISTRIES)
def test_an_unknown_name_is_refused_with_the_known_ones(parameter):
    registry = REGISTRIES[parameter]
    assert len(registry) == len(list(registry))
    known = next(iter(registry))
    with pytest.raises(InvalidParameterError, match=f"`{parameter}`.*did you mean '{known[:3]}"):
        registry[known + "x"]
    for odd in ("", None, 3, ["full"]):
        with pytest.raises(InvalidParameterError, match=re.escape(repr(odd))):
            registry[odd]
