"""Nobody's own progress is touched by the tests, and nothing of a screen is left behind."""

from __future__ import annotations

import sys

import pytest


@pytest.fixture(autouse=True)
def kept(tmp_path, monkeypatch):
    """A file of progress that the screens use."""
    path = tmp_path / "progress.sqlite"
    monkeypatch.setenv("MIXTURA_PROGRESS", str(path))
    return path


@pytest.fixture(autouse=True)
def main_kept():
    """Streamlit's tests put their script in its place, which a spawned process would run."""
    main = sys.modules["__main__"]
    yield
    sys.modules["__main__"] = main
