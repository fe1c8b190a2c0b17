"""Nothing is lost: whatever stops a fit, the same fit made again ends with the same bits."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
import threading
import warnings
from pathlib import Path

import numpy as np
import pytest

from mixtura import BayesianGaussianMixture, GaussianMixture, checkpoint, datasets, load
from mixtura.estimators import Watch, watching
from mixtura.exceptions import (
    FileAccessError,
    FileFormatError,
    InvalidDataError,
    InvalidParameterError,
)

IRIS = datasets.load("iris").data
# Every run makes 41 steps.
SLOW = {
    "n_components": 3,
    "init_params": "random_from_data",
    "tol": 0.0,
    "max_iter": 40,
    "random_state": 0,
}
pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


class Stop(Watch):
    """Raises `error` in step `at` of the fit, counted over all runs."""

    def __init__(self, at, error=KeyboardInterrupt):
        self.left, self.error, self.heard = at, error, []

    def start(self, number, last):
        self.heard.append((number, None if last is None else last.iteration))

    def found(self):
        pass

    def step(self, step):
        self.left -= 1
        if self.left < 0:
            raise self.error


class Count(Stop):
    """Never stops, and counts steps downward."""

    def step(self, step):
        self.left -= 1


def stopped(path, at, X=IRIS, sample_weight=None, **settings):
    with pytest.raises(KeyboardInterrupt), watching(Stop(at)):
        GaussianMixture(**SLOW | settings, checkpoint=path).fit(X, sample_weight=sample_weight)


def fitted(X=IRIS, sample_weight=None, **settings):
    """What a fit leaves behind, by name; and what it warned of."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        model = GaussianMixture(**SLOW | settings).fit(X, sample_weight=sample_weight)
    found = {name: value for name, value in vars(model).items() if name.endswith("_")}
    return {**found, "warnings": [str(warning.message) for warning in caught]}


def assert_same_bits(one, other):
    assert one.keys() == other.keys()
    for name, value in one.items():
        theirs = other[name]
        assert type(value) is type(theirs), name
        if isinstance(value, list):
            assert len(value) == len(theirs), name
            assert all(np.array_equal(a, b) for a, b in zip(value, theirs, strict=True)), name
        else:
            assert np.array_equal(value, theirs), name


@pytest.fixture
def path(tmp_path):
    return tmp_path / "fit.safetensors"


def test_a_fit_killed_twenty_times_ends_with_the_same_bits(tmp_path):
    command = [sys.executable, Path(__file__).with_name("killed.py"), tmp_path]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert ran.returncode == 0, ran.stderr
    told = json.loads(ran.stdout)
    assert told["kills"] == 20 and told["finished"] >= 1
    assert told["equal"] and told["collapsed"] > 0
    assert told["left"] == ["result.pickle"]  # no temporary file of a killed write


@pytest.mark.parametrize("covariance_type", ["full", "tied", "diag", "spherical"])
@pytest.mark.parametrize("engine", ["numpy", "numba"])
def test_every_family_and_kernel_goes_on_bit_for_bit(path, covariance_type, engine):
    settings = {"covariance_type": covariance_type, "engine": engine}
    stopped(path, 7, **settings)
    stopped(path, 4, **settings)
    assert_same_bits(fitted(**settings, checkpoint=path), fitted(**settings))


@pytest.mark.parametrize("at", [0, 1, 40, 41, 42, 60, 122])
def test_a_fit_of_three_runs_goes_on_in_the_run_it_was_in(path, at):
    settings = {"n_init": 3}
    stopped(path, at, **settings)
    rest = Count(0)
    with watching(rest):
        found = fitted(**settings, checkpoint=path)
    assert_same_bits(found, fitted(**settings))
    run, step = divmod(at, 41)
    assert rest.heard[0] == (run, step)  # the step was made, though its watch raised
    assert -rest.left == 3 * 41 - at - 1


class StopInContest(Stop):
    """Stops the fit when run `at` is looking for its start."""

    def start(self, number, last):
        if number == self.left:
            raise self.error

    def step(self, step):
        pass


def test_a_contest_is_begun_again_with_the_same_random_numbers(path):
    settings = {"n_init": 3, "init_params": "auto", "tol": 1e-5}
    for at in (0, 2):
        with pytest.raises(KeyboardInterrupt), watching(StopInContest(at)):
            GaussianMixture(**SLOW | settings, checkpoint=path).fit(IRIS)
    assert_same_bits(fitted(**settings, checkpoint=path), fitted(**settings))


def test_weights_and_rows_without_any_are_kept_apart(path):
    weights = np.arange(150.0) % 4
    stopped(path, 5, sample_weight=weights)
    with pytest.raises(InvalidDataError, match="`sample_weight` must be what the checkpoint"):
        fitted(sample_weight=np.where(weights == 1.0, 1.5, weights), checkpoint=path)
    same = fitted(sample_weight=weights, checkpoint=path)
    assert_same_bits(same, fitted(sample_weight=weights))


def test_a_finished_fit_is_not_made_again(path):
    first = fitted(n_init=2, checkpoint=path)
    written = path.stat().st_mtime_ns
    count = Count(0)
    with watching(count):
        again = fitted(n_init=2, checkpoint=path)
    assert_same_bits(again, first)
    assert count.left == 0 and count.heard == []
    assert path.stat().st_mtime_ns == written


def test_one_run_that_met_max_iter_may_get_more(path):
    fitted(max_iter=10, checkpoint=path)
    count = Count(0)
    with watching(count):
        longer = fitted(max_iter=25, checkpoint=path)
    assert_same_bits(longer, fitted(max_iter=25))
    assert -count.left == 15
    with pytest.raises(InvalidParameterError, match=r"`max_iter` must be .* 25, got 12"):
        fitted(max_iter=12, checkpoint=path)


def test_the_state_of_the_random_numbers_is_kept(path):
    """None and a generator go on from the file; the global generator is never set back."""
    settings = {"n_init": 3}
    generator = np.random.RandomState(3)
    stopped(path, 50, **settings, random_state=np.random.RandomState(3))
    found = fitted(**settings, random_state=generator, checkpoint=path)
    expected = np.random.RandomState(3)
    assert_same_bits(found, fitted(**settings, random_state=expected))
    assert generator.randint(2**31) == expected.randint(2**31)

    path.unlink()
    stopped(path, 50, **settings, random_state=None)
    first = fitted(**settings, random_state=None, checkpoint=path)
    drawn = np.random.randint(2**31)  # noqa: NPY002
    assert_same_bits(fitted(**settings, random_state=None, checkpoint=path), first)
    assert np.random.randint(2**31) != drawn  # noqa: NPY002


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"n_components": 4}, r"`n_components` must be .* 3, got 4; type n_components=3"),
        ({"tol": 1e-3}, r"`tol` must be .* 0\.0, got 0\.001"),
        ({"covariance_type": "diag"}, r"`covariance_type` .* 'full', got 'diag'"),
        ({"random_state": 1}, r"`random_state` .* 0, got 1"),
        ({"means_init": IRIS[:3]}, r"`means_init` .* None, got 'an array of shape \(3, 4\) #"),
        ({"init_params": "kmeans"}, r"`init_params` .* 'random_from_data', got 'kmeans'"),
        ({"engine": "numba"}, r"`engine` .* 'numpy', got 'numba'"),
    ],
)
def test_changed_settings_are_named_and_the_file_stays(path, changed, message):
    stopped(path, 5)
    content = path.read_bytes()
    with pytest.raises(InvalidParameterError, match=message):
        fitted(**changed, checkpoint=path)
    assert path.read_bytes() == content


def test_a_checkpoint_of_the_other_class_is_told_so(path):
    stopped(path, 5)
    content = path.read_bytes()
    other = BayesianGaussianMixture(n_components=3, checkpoint=path)
    with pytest.raises(
        InvalidParameterError,
        match=r"`checkpoint` must be of a BayesianGaussianMixture, got .* which is of a "
        r"GaussianMixture; type GaussianMixture\(\.\.\.\)",
    ):
        other.fit(IRIS)
    assert path.read_bytes() == content


def test_settings_that_decide_nothing_may_change(path):
    stopped(path, 5)
    assert_same_bits(fitted(verbose=0, n_jobs=1, engine="numpy", checkpoint=path), fitted())


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda X: X[:-1], "150 rows of 4 features, got 149 of 4;"),
        (lambda X: X[:, :3], "150 rows of 4 features, got 150 of 3;"),
        (lambda X: X[::-1], "got 150 of 4 with other values"),
        (lambda X: X.astype(np.float32), "got 150 of 4 with other values"),
        (lambda X: np.nextafter(X, np.where(np.arange(150) == 77, 9.0, X.T).T), "other values"),
    ],
)
def test_changed_rows_are_noticed_down_to_one_bit(path, change, said):
    stopped(path, 5)
    content = path.read_bytes()
    with pytest.raises(InvalidDataError, match=said):
        fitted(change(IRIS), checkpoint=path)
    assert path.read_bytes() == content


def test_a_file_that_is_no_checkpoint_is_refused_and_left(path, tmp_path):
    stopped(path, 5)
    whole = path.read_bytes()
    random = np.random.default_rng(0)
    bad = [b"", b"hello", b"\0" * 100, whole[:100], whole[:-1]]
    for position in random.choice(len(whole), 40, replace=False):
        bit = whole[position] ^ (1 << int(random.integers(8)))
        bad.append(whole[:position] + bytes([bit]) + whole[position + 1 :])
    for content in bad:
        path.write_bytes(content)
        with pytest.raises(FileFormatError, match=r"`checkpoint` .*name another file"):
            fitted(checkpoint=path)
        assert path.read_bytes() == content
    GaussianMixture(2).fit(IRIS).save(path)
    with pytest.raises(FileFormatError, match="holds a 'GaussianMixture', not a 'checkpoint'"):
        fitted(checkpoint=path)
    path.write_bytes(whole)
    with pytest.raises(FileFormatError, match="holds a 'checkpoint', not a 'GaussianMixture'"):
        load(path)


def test_what_cannot_be_written_is_told_before_the_work(tmp_path):
    with pytest.raises(FileAccessError, match=r"`checkpoint` must be a file .* it is a folder"):
        fitted(checkpoint=tmp_path)
    with pytest.raises(FileAccessError, match="type: mkdir -p"):
        fitted(checkpoint=tmp_path / "no" / "fit.safetensors")
    for value in ("", 3, b"fit"):
        with pytest.raises(InvalidParameterError, match="`checkpoint` must be None or the path"):
            fitted(checkpoint=value)


def test_a_warm_start_has_no_checkpoint(path):
    model = GaussianMixture(**SLOW, warm_start=True).fit(IRIS)
    with pytest.raises(InvalidParameterError, match="`checkpoint` must be None where a fit begins"):
        model.set_params(checkpoint=path).fit(IRIS)


def test_what_hinders_a_fit_from_going_on_is_named_before_what_may_change(path):
    first = GaussianMixture(2, max_iter=2, tol=0.0, random_state=0, checkpoint=path)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        first.fit(IRIS)
    with pytest.raises(InvalidParameterError, match="`random_state` must be what the checkpoint"):
        first.set_params(max_iter=50, random_state=1).fit(IRIS)


class Fill(Stop):
    """In step `at` the disk becomes full."""

    def step(self, step):
        self.left -= 1
        if self.left == 0:
            resource.setrlimit(resource.RLIMIT_FSIZE, (100, resource.RLIM_INFINITY))


@pytest.fixture
def limits():
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)
    signal.signal(signal.SIGXFSZ, handler)


def test_a_disk_that_fills_up_costs_warnings_and_not_the_fit(path, tmp_path, monkeypatch, limits):
    monkeypatch.setattr(checkpoint, "_EVERY", 0.0)
    monkeypatch.setattr(checkpoint, "_SHARE", 1e9)
    expected = fitted()
    with watching(Fill(10)):
        found = fitted(checkpoint=path)
    told, last = found["warnings"][:2]
    assert "`checkpoint` must be a file that can be written" in told and "the fit goes on" in told
    assert "the fit is complete all the same" in last
    del found["warnings"][:2]
    assert_same_bits(found, expected)
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY,) * 2)
    assert [each.name for each in tmp_path.iterdir()] == [path.name]
    rest = Count(0)
    with watching(rest):
        found = fitted(checkpoint=path)
    assert_same_bits(found, expected)
    assert rest.heard == [(0, 9)]  # the last step that was written


def test_a_full_disk_is_an_error_before_the_work(path, limits):
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, resource.RLIM_INFINITY))
    with pytest.raises(FileAccessError, match="`checkpoint` must be a file that can be written"):
        fitted(checkpoint=path)
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY,) * 2)  # for pytest's report
    assert not path.exists()


def test_ctrl_c_in_the_middle_of_a_write_waits_for_its_end(path, monkeypatch):
    replacing = checkpoint.replacing

    def impatient(target):
        os.kill(os.getpid(), signal.SIGINT)
        os.kill(os.getpid(), signal.SIGINT)
        return replacing(target)

    monkeypatch.setattr(checkpoint, "replacing", impatient)
    with pytest.raises(KeyboardInterrupt):
        fitted(checkpoint=path)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    monkeypatch.undo()
    assert_same_bits(fitted(checkpoint=path), fitted())


def test_a_fit_in_a_thread_keeps_a_checkpoint_too(path):
    found = []
    thread = threading.Thread(target=lambda: found.append(fitted(checkpoint=path)))
    thread.start()
    thread.join()
    assert_same_bits(found[0], fitted())
    assert path.exists()


def test_an_error_keeps_what_was_done(path):
    with pytest.raises(MemoryError), watching(Stop(8, MemoryError)):
        GaussianMixture(**SLOW, checkpoint=path).fit(IRIS)
    rest = Count(0)
    with watching(rest):
        found = fitted(checkpoint=path)
    assert_same_bits(found, fitted())
    assert rest.heard == [(0, 8)]
