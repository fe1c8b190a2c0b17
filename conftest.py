"""For tests, and for examples in docstrings: what one leaves behind, and what all begin with."""

from __future__ import annotations

import signal
import sys

import pytest

# A shell that runs the suite in the background lets it ignore Ctrl-C, which some tests press.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def no_figure_stays():
    """Close what a test has drawn; pyplot warns of many."""
    yield
    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].close("all")
