"""The stage: its traces are the library's and the textbook's, its JavaScript is held to them."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import multivariate_normal
from tests.studio import golden

from mixtura import GaussianMixture
from mixtura.studio import traces
from mixtura.studio.presets import PRESETS
from mixtura.studio.stage import bundle

KEPT = json.loads(golden.PATH.read_text(encoding="utf-8"))


def matrices(parameters):
    return np.array([[[xx, xy], [xy, yy]] for xx, xy, yy in parameters["covariances"]])


def test_the_kept_traces_are_what_the_library_makes():
    made = golden.make()
    assert [case["preset"] for case in made] == [case["preset"] for case in KEPT]
    for now, kept in zip(made, KEPT, strict=True):
        for one, other in zip(now["steps"], kept["steps"], strict=True):
            assert one["log_likelihood"] == pytest.approx(other["log_likelihood"], rel=1e-9)
            for name, values in one["parameters"].items():
                np.testing.assert_allclose(values, other["parameters"][name], rtol=1e-7, atol=1e-9)


@pytest.mark.parametrize("case", KEPT, ids=lambda case: f"{case['preset']}-{case['family']}")
def test_the_kept_traces_are_the_textbooks(case):
    """Scipy's densities, and weighted covariances by numpy, say the same of every step."""
    x = np.array(case["points"])
    before = None
    for step in case["steps"]:
        p = step["parameters"]
        joint = np.column_stack(
            [
                w * multivariate_normal(m, c).pdf(x)
                for w, m, c in zip(p["weights"], p["means"], matrices(p), strict=True)
            ]
        )
        total = joint.sum(axis=1)
        r = joint / total[:, None]
        assert step["log_likelihood"] == pytest.approx(np.log(total).mean(), rel=1e-9)
        np.testing.assert_allclose(step["responsibilities"], r[:20], rtol=1e-7, atol=1e-12)
        if before is not None:
            np.testing.assert_allclose(p["weights"], before.mean(axis=0), rtol=1e-9)
            for mean, weights in zip(p["means"], before.T, strict=True):
                np.testing.assert_allclose(mean, np.average(x, axis=0, weights=weights), rtol=1e-9)
            own = [np.cov(x.T, aweights=weights, ddof=0) for weights in before.T]
            expected = SHAPES[case["family"]](np.array(own), before.mean(axis=0))
            np.testing.assert_allclose(
                matrices(p), expected + 1e-6 * np.eye(2), rtol=1e-7, atol=1e-9
            )
        before = r


SHAPES = {
    "full": lambda own, weights: own,
    "tied": lambda own, weights: np.repeat(
        np.average(own, axis=0, weights=weights)[None], len(own), axis=0
    ),
    "diag": lambda own, weights: own * np.eye(2),
    "spherical": lambda own, weights: (
        np.trace(own, axis1=1, axis2=2)[:, None, None] * np.eye(2) / 2
    ),
}


def test_a_trace_ends_where_fit_does():
    x = PRESETS["three-crowds"](4)
    mixture = GaussianMixture(3, init_params="random_from_data", random_state=2, tol=1e-5)
    run = traces.run(mixture, x)
    mixture.fit(x)
    assert run[-1].reason == "converged"
    assert len(run) == mixture.n_iter_ + 1
    np.testing.assert_array_equal(run[-1].parameters.means, mixture.means_)


@pytest.mark.parametrize("name", ["stage", "page"])
def test_the_javascript_passes_its_own_tests(name):
    node = shutil.which("node")
    assert node, "node is missing; type: sudo apt install nodejs"
    tests = Path(__file__).with_name(f"{name}.test.mjs")
    done = subprocess.run([node, "--test", str(tests)], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_bundle_is_one_module_that_node_can_load(tmp_path):
    path = tmp_path / "bundle.mjs"
    path.write_text(bundle(), encoding="utf-8")
    check = f"import show from {json.dumps(str(path))}; console.log(typeof show)"
    done = subprocess.run(
        ["node", "--input-type=module", "-e", check], capture_output=True, text=True
    )
    assert done.stdout.strip() == "function", done.stderr
