"""The two fixtures of scikit-learn's test-suite: types of data, and a seed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest


@pytest.fixture(params=[np.float64, pytest.param(np.float32, marks=pytest.mark.slow)])
def global_dtype(request):
    return request.param


@pytest.fixture
def global_random_seed():
    return 42


def pytest_collection_modifyitems(items):
    """Mark the tests that a module here lists in its table `FAILURES` as bound to fail."""
    for item in items:
        if item.path.parent == Path(__file__).parent and hasattr(item.module, "FAILURES"):
            for name, reason in item.module.FAILURES.items():
                function, _, parameter = name.removesuffix("]").partition("[")
                if item.originalname == function and parameter in item.name:
                    item.add_marker(pytest.mark.xfail(reason=reason, strict=True))
