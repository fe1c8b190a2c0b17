"""Scikit-learn's array-API tests, in a process where scipy knows from the start."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.slow
def test_scikit_learns_array_api_tests():
    tests = Path(__file__).with_name("test_scikit_learn.py")
    options = ["-q", "-p", "no:cacheprovider", "-p", "no:xdist", "-k", "array_api", str(tests)]
    run = subprocess.run(
        [sys.executable, "-m", "pytest", *options],
        env={**os.environ, "SCIPY_ARRAY_API": "1"},
        cwd=tests.parents[2],
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stdout
    assert "16 passed" in run.stdout, "NumPy arrays with array_api_dispatch=True"
