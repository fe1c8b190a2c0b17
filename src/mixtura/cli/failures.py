"""What goes wrong, told in one line on standard error, and the exit code it ends with."""

from __future__ import annotations

import errno
import os
import signal
import sys
import threading
import traceback
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from types import FrameType
from typing import NoReturn, TextIO

import click

from mixtura.cli.wording import as_typed
from mixtura.exceptions import MixturaError

__all__ = ["Failure", "reported"]

_AGAIN = 0.05  # seconds after which a Ctrl-C that was lost comes again


class Failure(click.ClickException):
    """The data, a file or the fit is at fault: one line, exit code 1."""

    exit_code = 1

    def show(self, file: object = None) -> None:
        click.echo(f"mixtura: error: {_one_line(self.message)}", err=True)


@contextmanager
def reported(ctx: click.Context) -> Iterator[None]:
    """Run a command; its warnings and errors become one line each, never a traceback.

    Raises
    ------
    Failure
        For every error that is not click's own; with ``--debug`` its traceback is printed first.
    click.exceptions.Exit
        With code 130 on Ctrl-C, 143 on SIGTERM, and 0 when the reader of standard output went away.
    """
    with _one_ctrl_c() as came, warnings.catch_warnings():
        warnings.showwarning = partial(_show_warning, ctx)
        warnings.filterwarnings(
            "ignore", "X does not have valid feature names"
        )  # rows.py sees to it
        try:
            yield
            sys.stdout.flush()
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except KeyboardInterrupt as stop:
            _interrupted(ctx, came(), str(stop))
        except Exception as error:
            if came():  # a compiler may make another error of it
                _interrupted(ctx, came())
            if isinstance(error, OSError) and error.errno == errno.EPIPE:
                _discard_output()
                ctx.exit(0)
            if ctx.meta.get("mixtura.debug"):
                traceback.print_exc()
            raise Failure(as_typed(_message(error), ctx)) from error


@contextmanager
def _one_ctrl_c() -> Iterator[Callable[[], int | None]]:
    """Ctrl-C or SIGTERM ends the command, and from then on a second one cannot disturb its end.

    Gives a function that returns the number of whichever came first, or None.

    An exception that is raised while compiled code calls back, as a compiler does, is lost: then
    Ctrl-C comes again by itself.
    """
    before = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or not callable(before):
        yield lambda: None
        return
    came: list[int] = []

    def stop(number: int, frame: FrameType | None) -> None:
        came.append(number)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        raise KeyboardInterrupt

    def lost(unraisable: sys.UnraisableHookArgs) -> None:
        if unraisable.exc_type is not KeyboardInterrupt:
            usual(unraisable)
            return
        signal.signal(signal.SIGINT, stop)
        threading.Timer(_AGAIN, os.kill, (os.getpid(), signal.SIGINT)).start()

    usual, sys.unraisablehook = sys.unraisablehook, lost
    signal.signal(signal.SIGINT, stop)
    terminated = signal.signal(signal.SIGTERM, stop)
    try:
        yield lambda: came[0] if came else None
    finally:
        signal.signal(signal.SIGTERM, terminated)
        sys.unraisablehook = usual
        if signal.getsignal(signal.SIGINT) is stop:
            signal.signal(signal.SIGINT, before)


def _interrupted(ctx: click.Context, number: int | None, advice: str = "") -> NoReturn:
    click.echo(f"mixtura: interrupted{advice}", err=True)
    ctx.exit(128 + (number or signal.SIGINT))  # as shells have it


def _message(error: Exception) -> str:
    if isinstance(error, MixturaError | ValueError):
        return str(error)
    if isinstance(error, OSError) and error.filename is not None:
        return f"{os.fspath(error.filename)}: {error.strerror}"
    if isinstance(error, MemoryError):
        return f"not enough memory: {error}" if str(error) else "not enough memory"
    return f"{type(error).__name__}: {error} (--debug shows where)"


def _one_line(message: str) -> str:
    return " ".join(message.split())


def _show_warning(
    ctx: click.Context,
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    click.echo(f"mixtura: warning: {_one_line(as_typed(str(message), ctx))}", err=True)


def _discard_output() -> None:
    """Nobody reads standard output any more; do not let the interpreter's exit complain."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
