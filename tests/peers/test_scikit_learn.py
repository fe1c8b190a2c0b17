"""Scikit-learn's own tests of GaussianMixture, read from the installed package, run on ours."""

from __future__ import annotations

import os
from pathlib import Path

import sklearn.mixture
from tests.peers.editing import edited

SOURCE = Path(sklearn.mixture.__file__).parent / "tests" / "test_gaussian_mixture.py"

# Deviations that are a matter of one line: the line is turned into what is documented.
EDITS = {
    "the class under test": (
        r"from sklearn.mixture import GaussianMixture\n",
        "from mixtura import GaussianMixture\n",
    ),
    "fitted parameters and log densities are float64 whatever `X` is": (
        r"assert (g\w*\.\w+_|gmm_score_proba)\.dtype == global_dtype",
        r"assert \1.dtype == np.float64",
    ),
    "a default fit begins near its optimum, so that more iterations show little: test_score": (
        r"(?s)(def test_score\(.*?)n_init=1,(.*?)n_init=1,",
        r'\1init_params="kmeans",\2init_params="kmeans",',
    ),
    "a default fit begins elsewhere than given precisions do: test_..._precisions_init_diag": (
        r"random_state=random_state,\n    \)\.fit",
        'random_state=random_state,\n        init_params="kmeans",\n    ).fit',
    ),
    "array libraries that are installed, and a list where pytest wants one": (
        r" yield_namespace_device_dtype_combinations\(\),",
        ' [("numpy", None, None), ("array_api_strict", "CPU_DEVICE", "float64")],',
    ),
}

# Tests that fail and why. One that starts to pass fails the suite: take it off the list.
FAILURES = {
    "test_regularisation": "expects an error where a collapsed component is repaired",
    "test_gaussian_mixture_precisions_init": "private: `_set_parameters` and `_initialize`",
    "test_gaussian_mixture_all_init_does_not_estimate_gaussian_parameters": (
        "private: counts the calls of a function in scikit-learn's module"
    ),
    "test_gaussian_mixture_array_api_compliance[array_api_strict]": (
        "array-API input other than NumPy's is not dispatched"
    ),
    "test_gaussian_mixture_raises_where_array_api_not_implemented": (
        "expects an error for the starts that scikit-learn cannot dispatch, where ours is a fit"
    ),
}

THEIRS = edited(SOURCE.read_text(encoding="utf-8"), EDITS)
exec(compile(THEIRS, str(SOURCE), "exec"))

# Scikit-learn dispatches only if this is set before scipy is imported: see test_array_api.py.
if not os.environ.get("SCIPY_ARRAY_API"):
    for name in [name for name in globals() if "array_api" in name and name.startswith("test")]:
        del globals()[name]


def test_every_test_on_the_list_is_still_there():
    for name in FAILURES:
        assert f"def {name.partition('[')[0]}(" in THEIRS
