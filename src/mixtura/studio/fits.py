"""A run of EM on the stage as a fit: its estimator, and the script that makes it again."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from mixtura import GaussianMixture
from mixtura.covariance import COVARIANCES
from mixtura.studio.presets import PRESETS, source
from mixtura.studio.stage import Edit

__all__ = ["Fit", "data_lines", "estimator", "points", "script"]


class Fit(NamedTuple):
    """What the controls of a screen say."""

    preset: str
    k: int
    family: str
    seed: int


def points(fit: Fit, edit: Edit) -> np.ndarray:
    """The points (n, 2), as they were edited."""
    return PRESETS[fit.preset](fit.seed) if edit.points is None else edit.points


def estimator(fit: Fit, edit: Edit, iterations: int, tol: float) -> GaussianMixture:
    """The unfitted estimator that begins where the edit does."""
    return GaussianMixture(
        fit.k,
        covariance_type=fit.family,
        random_state=fit.seed,
        tol=tol,
        max_iter=iterations,
        **_start(fit.family, edit.start),
    )


def script(fit: Fit, edit: Edit) -> str:
    """Python that fits and draws what the stage shows."""
    start = [f"    {name}={value!r}," for name, value in _start(fit.family, edit.start).items()]
    return "\n".join(
        [
            *data_lines(fit.preset, fit.seed, edit.points),
            "",
            "# As many M-steps as on the screen; leave `tol` and `max_iter` out to fit to the end.",
            "mixture = mixtura.GaussianMixture(",
            f"    {fit.k},",
            f'    covariance_type="{fit.family}",',
            f"    random_state={fit.seed},",
            "    tol=0.0,",
            f"    max_iter={edit.iterations},",
            *start,
            ").fit(X)",
            "print(mixture.weights_, mixture.means_, mixture.lower_bound_)",
            'mixtura.plot.mixture(mixture, X).figure.savefig("mixture.png")',
            "",
        ]
    )


def data_lines(preset: str, seed: int, edited: np.ndarray | None = None) -> list[str]:
    """Python that imports what is needed and makes the points ``X``."""
    head = ["import numpy as np", "", "import mixtura", ""]
    if edited is not None:
        rows = [f"        [{x!r}, {y!r}]," for x, y in edited.tolist()]
        return [*head, "X = np.array(", "    [", *rows, "    ]", ")"]
    name = PRESETS[preset].__name__
    return [*head, "", *source(preset).splitlines(), "", "", f"X = {name}({seed})"]


def _start(family: str, start: dict[str, Any] | None) -> dict[str, Any]:
    """The arguments that say where a fit begins."""
    if start is None:
        return {"init_params": "random_from_data"}
    matrices = np.array([[[xx, xy], [xy, yy]] for xx, xy, yy in start["covariances"]])
    shape = COVARIANCES[family]
    covariances = shape.project(matrices, np.array(start["weights"]))
    return {
        "weights_init": start["weights"],
        "means_init": start["means"],
        "precisions_init": shape.precisions(shape.cholesky(covariances)).tolist(),
    }
