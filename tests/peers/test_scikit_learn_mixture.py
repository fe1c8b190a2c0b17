"""Scikit-learn's own tests of both its mixtures, read from the installed package, run on ours."""

from __future__ import annotations

from pathlib import Path

import sklearn.mixture
from tests.peers.editing import edited

SOURCE = Path(sklearn.mixture.__file__).parent / "tests" / "test_mixture.py"

EDITS = {
    "the classes under test": (r"from sklearn\.mixture import", "from mixtura import"),
}

THEIRS = edited(SOURCE.read_text(encoding="utf-8"), EDITS)
exec(compile(THEIRS, str(SOURCE), "exec"))
