"""Makes the traces the stage's JavaScript is held to: ``python -m tests.studio.golden``."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from mixtura import GaussianMixture
from mixtura.covariance import COVARIANCES
from mixtura.kernels import KERNELS
from mixtura.model import density
from mixtura.studio import traces
from mixtura.studio.presets import PRESETS

PATH = Path(__file__).parents[1] / "data" / "stage-traces.json"
CASES = (
    ("cake-shop", 2, "full"),
    ("cake-shop", 3, "tied"),
    ("three-crowds", 3, "diag"),
    ("cross", 2, "full"),
    ("ring", 8, "spherical"),
    ("old-faithful", 3, "tied"),
)
STEPS = 12


def make() -> list[dict]:
    """Points, and the parameters, likelihood and responsibilities of every step, by the library."""
    return [_case(*case) for case in CASES]


def _case(preset: str, k: int, family: str) -> dict:
    x = PRESETS[preset](1)
    mixture = GaussianMixture(
        k,
        covariance_type=family,
        init_params="random_from_data",
        random_state=0,
        tol=0.0,
        max_iter=STEPS,
    )
    run = traces.run(mixture, x)
    return {
        "preset": preset,
        "family": family,
        "points": x.tolist(),
        "steps": [
            {
                "parameters": traces.as_json(family, step.parameters),
                "log_likelihood": step.log_likelihood,
                "responsibilities": _responsibilities(family, step, x[:20]),
            }
            for step in run
        ],
    }


def _responsibilities(family, step, x):
    scored = density(COVARIANCES[family], step.parameters)
    joint = KERNELS["numpy"].log_joint(scored, x)
    shares = np.exp(joint - np.logaddexp.reduce(joint, axis=1)[:, None])
    return shares.tolist()


if __name__ == "__main__":
    PATH.write_text(json.dumps(make(), separators=(",", ":")) + "\n", encoding="utf-8")
