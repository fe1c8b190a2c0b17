"""A fit that is not lost: how far it has come, in a file that is replaced whole now and then."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
import time
import warnings
import zlib
from collections.abc import Iterator
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any, NamedTuple

import numpy as np

from mixtura.collapse import Repair
from mixtura.covariance import Parameters
from mixtura.em import Batch, Move, Step
from mixtura.exceptions import (
    FileAccessError,
    FileFormatError,
    InvalidDataError,
    InvalidParameterError,
    MixturaWarning,
)
from mixtura.files import open_to_read, replacing, sweep
from mixtura.rows import Rows
from mixtura.sealed import Tensors, decode, encode, seal, unseal
from mixtura.stats import Stats
from mixtura.variational import Posterior

__all__ = ["Checkpoint", "Identity", "Run", "State", "digest", "identify"]

_KIND = "checkpoint"
_ADVICE = "name another file, or move this one away to begin anew"
# Seconds between two writes at least, and the share of the time that writing may take.
_EVERY = 2.0
_SHARE = 0.01
# Rows whose digest is taken at once.
_BLOCK = 65_536
# From here up to the line that called `fit`.
_CALLER = 7


class Run(NamedTuple):
    """One run of EM from one start, as far as it has come."""

    last: Step
    history: np.ndarray  # (n_iter + 1,) objectives, that of the start first
    repairs: tuple[tuple[int, Repair], ...] = ()  # each with its place in the history
    moves: tuple[Move, ...] = ()


class State(NamedTuple):
    """How far a fit has come."""

    histories: tuple[np.ndarray, ...] = ()  # of the runs that are over
    number: int = -1  # of the best of them
    best: Run | None = None
    current: Run | None = None  # the run that goes on


class Identity(NamedTuple):
    """Which fit it is: all that decides the answer, besides what is drawn at random."""

    model: str  # name of the estimator's class
    settings: dict[str, Any]
    n: int
    d: int
    rows: int  # a digest of the rows
    weights: int  # and of their weights


_STORED = (Batch, Identity, Move, Parameters, Posterior, Repair, Run, State, Stats, Step)
_CLASSES = {each.__name__: each for each in _STORED}


def identify(model: str, settings: dict[str, Any], rows: Rows) -> Identity:
    """The identity of a `model`'s fit with these settings, plain values, to these rows."""
    blocks = rows.concatenate(_digests, _BLOCK)
    return Identity(model, settings, rows.n, rows.d, *(digest(column) for column in blocks.T))


def digest(*arrays: np.ndarray) -> int:
    """A number that changes with any bit of the arrays."""
    total = 0
    for array in arrays:
        total = zlib.crc32(np.ascontiguousarray(array).data, total)
    return total


def _digests(x: np.ndarray, weights: np.ndarray | None) -> np.ndarray:
    return np.array([[digest(x), 0 if weights is None else digest(weights)]])


class Checkpoint:
    """The file of a fit, read at its beginning and kept up to date until its end.

    As a context manager it writes the last state on the way out, on Ctrl-C too. A write that
    fails in the middle of a fit is a warning, since the fit itself is sound.

    Parameters
    ----------
    path : path-like
        The file.
    identity : Identity
        Of the fit that is to be made.
    random : RandomState
        What the fit draws from; set to what it was when the file was written.
    """

    def __init__(
        self, path: str | os.PathLike[str], identity: Identity, random: np.random.RandomState
    ):
        self._path = Path(path)
        self._identity = identity
        self._random = random
        self._unsaved: dict[str, Any] | None = None
        self._due = 0.0
        self._failed = False

    def begin(self) -> State:
        """The state that the fit goes on from; nothing done yet, where there is no file.

        Raises
        ------
        FileFormatError
            If the file is no checkpoint, or damaged.
        InvalidParameterError, InvalidDataError
            If it belongs to another fit.
        FileAccessError
            If it cannot be read or written; an old file is left as it was.
        """
        with _by_name():
            state = self._read() if self._path.exists() else State()
            if state.current is not None or len(state.histories) < self._n_init:
                sweep(self._path)
                self._remember(state)
                self._write()
        return state

    def note(self, state: State) -> None:
        """The fit has come to `state`, which is written if it is time."""
        self._remember(state)
        if time.monotonic() >= self._due:
            self._try("; the fit goes on and will try again")

    def __enter__(self) -> Checkpoint:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._unsaved is not None:
            self._failed = False  # the last failure is told again
            self._try("" if error else "; the fit is complete all the same")

    @property
    def _n_init(self) -> int:
        return int(self._identity.settings["n_init"])

    def _remember(self, state: State) -> None:
        self._unsaved = {"state": state, "random": self._random.get_state(legacy=False)}

    def _try(self, consequence: str) -> None:
        try:
            self._write()
        except FileAccessError as error:
            self._due = time.monotonic() + _EVERY
            if not self._failed:
                said = str(error).replace("`path`", "`checkpoint`")
                warnings.warn(
                    f"{said}{consequence}; the file as it was before is whole",
                    MixturaWarning,
                    stacklevel=_CALLER,
                )
            self._failed = True

    def _write(self) -> None:
        began = time.monotonic()
        with _undisturbed():
            tensors: Tensors = {}
            content = {**(self._unsaved or {}), "identity": self._identity}
            header = encode(content, "fit", tensors)
            with replacing(self._path) as temporary:
                temporary.write_bytes(seal(_KIND, header, tensors))
            self._unsaved = None
        now = time.monotonic()
        self._due = now + max(_EVERY, (now - began) / _SHARE)

    def _read(self) -> State:
        with open_to_read(self._path) as stream:
            content = stream.read()
        try:
            header, tensors = unseal(content, (_KIND,), _ADVICE)
            kept = decode({"dict": header["dict"]}, tensors, _CLASSES)
        except FileFormatError as error:
            raise FileFormatError(f"`checkpoint` {self._path} {error}") from error.__cause__
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise FileFormatError(
                f"`checkpoint` {self._path} was written by another version of Mixtura; {_ADVICE}"
            ) from error
        self._check_model(kept["identity"].model)
        state: State = self._check_settings(kept["identity"].settings, kept["state"])
        self._check_rows(kept["identity"])
        self._random.set_state(kept["random"])
        return state

    def _check_model(self, was: str) -> None:
        if was != self._identity.model:
            raise InvalidParameterError(
                f"`checkpoint` must be of a {self._identity.model}, got {self._path}, which is of "
                f"a {was}; type {was}(...) to go on from it; otherwise {_ADVICE}"
            )

    def _check_rows(self, was: Identity) -> None:
        now = self._identity
        if (was.n, was.d, was.rows) != (now.n, now.d, now.rows):
            differ = " with other values" * ((was.n, was.d) == (now.n, now.d))
            raise InvalidDataError(
                f"`X` must be what the checkpoint {self._path} was made from, {was.n} rows of "
                f"{was.d} features, got {now.n} of {now.d}{differ}; {_ADVICE}"
            )
        if was.weights != now.weights:
            raise InvalidDataError(
                f"`sample_weight` must be what the checkpoint {self._path} was made with, got "
                f"other weights of the {now.n} rows; {_ADVICE}"
            )

    def _check_settings(self, was: dict[str, Any], state: State) -> State:
        """The state to go on from; a single run that met `max_iter` may get more of it."""
        now = self._identity.settings
        changed = [name for name in now if name not in was or was[name] != now[name]]
        if changed == ["max_iter"] and self._n_init == 1 and was["max_iter"] < now["max_iter"]:
            stopped = state.best is not None and state.best.last.reason == "max_iter"
            return State(current=state.best) if stopped else state
        for name in sorted(changed, key="max_iter".__eq__):  # which alone might have been more
            raise InvalidParameterError(
                f"`{name}` must be what the checkpoint {self._path} was made with, "
                f"{was.get(name)!r}, got {now[name]!r}; type {name}={was.get(name)!r} to go on "
                f"from it; otherwise {_ADVICE}"
            )
        return state


@contextlib.contextmanager
def _by_name() -> Iterator[None]:
    """Errors of files by the name of the constructor's parameter."""
    try:
        yield
    except FileAccessError as error:
        raise FileAccessError(str(error).replace("`path`", "`checkpoint`")) from error.__cause__


@contextlib.contextmanager
def _undisturbed() -> Iterator[None]:
    """Put Ctrl-C off until the end of the block."""
    handler = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or not callable(handler):
        yield  # signals come to the main thread only
        return
    caught: list[tuple[int, FrameType | None]] = []
    signal.signal(signal.SIGINT, lambda *which: caught.append(which))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, handler)
        if caught:
            handler(*caught[0])
