"""Fits that are killed with SIGKILL at random moments until 20 kills are done; run by a test.

``python killed.py FOLDER`` prints one line of JSON: the kills, how many of them a file was half
written, the fits that came to their end, and whether each is the fit that nobody killed, bit for
bit.
"""

from __future__ import annotations

import json
import os
import pickle
import signal
import sys
import time
import warnings
from pathlib import Path

import numpy as np

from mixtura import GaussianMixture, checkpoint

KILLS = 20


def start(x, k, random):
    """Labels at random, but the rows that are alike are a component of their own."""
    return np.where(np.all(x == 9.0, axis=1), 0, random.randint(1, k, len(x)))


SETTINGS = {
    "n_components": 6,
    "n_init": 3,
    "init_params": start,
    "tol": 0.0,
    "max_iter": 60,
    "random_state": 5,
    "engine": "numpy",
    "n_jobs": 1,
}
# A write after every step, whatever it costs.
checkpoint._EVERY, checkpoint._SHARE = 0.0, 1e9


def outcome(**settings):
    """Everything that a fit leaves, as bytes, its warnings too."""
    random = np.random.default_rng(0)
    groups = [random.normal(centre, 1.0, (1000, 3)) for centre in (0.0, 3.0)]
    X = np.vstack([*groups, np.full((3, 3), 9.0)])  # the last three are no component
    weights = random.integers(0, 3, len(X)).astype(float)
    weights[-3:] = 1.0
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        model = GaussianMixture(**SETTINGS, **settings).fit(X, sample_weight=weights)
    fitted = {name: value for name, value in vars(model).items() if name.endswith("_")}
    return pickle.dumps((fitted, [str(warning.message) for warning in caught]))


def attempt(path, result):
    """Start a fit in another process."""
    child = os.fork()
    if child == 0:
        try:
            result.write_bytes(outcome(checkpoint=path))
            os._exit(0)
        except BaseException:
            sys.excepthook(*sys.exc_info())
            os._exit(1)
    return child


def main(folder):
    path, result = folder / "fit.safetensors", folder / "result.pickle"
    undisturbed = outcome()
    random = np.random.default_rng()
    kills, half_written, finished, equal = 0, 0, 0, True
    whole = False
    while kills < KILLS or not whole:  # the last fit is a whole one, which removes what is left
        child = attempt(path, result)
        if kills < KILLS:
            time.sleep(random.uniform(0.0, 0.12))
            os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        whole = not os.WIFSIGNALED(status)
        if not whole:
            kills += 1
            half_written += len(list(folder.glob(".*"))) > 0
            continue
        assert status == 0
        finished += 1
        equal &= result.read_bytes() == undisturbed
        path.unlink()
    collapsed = sum("collapsed" in message for message in pickle.loads(undisturbed)[1])
    left = sorted(each.name for each in folder.iterdir())
    said = {"kills": kills, "half_written": half_written, "finished": finished}
    print(json.dumps({**said, "equal": bool(equal), "collapsed": collapsed, "left": left}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
