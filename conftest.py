"""For tests, and for examples in docstrings: no figure stays open; pyplot warns of many."""

from __future__ import annotations

import sys

import pytest


@pytest.fixture(autouse=True)
def no_figure_stays():
    """Close what a test has drawn."""
    yield
    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].close("all")
