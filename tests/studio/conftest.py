"""Nobody's own progress is touched by the tests."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def kept(tmp_path, monkeypatch):
    """A file of progress that the screens use."""
    path = tmp_path / "progress.sqlite"
    monkeypatch.setenv("MIXTURA_PROGRESS", str(path))
    return path
