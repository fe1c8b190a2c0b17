"""Messages of the library in the words of the command line: options as they were typed."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import click

from mixtura.exceptions import MixturaError

__all__ = ["OF_ROWS", "as_typed", "reworded"]

# What the library calls the rows and their weights.
OF_ROWS = {
    "type sample_weight=None to do without": "leave --weights out to do without",
    "`sample_weight`": "`--weights`",
    "`X`": "`DATA`",
}


# The rows that a warning of a collapsed component names.
_ROWS = re.compile(r"(?<=onto )(\d+ rows?) \(([\d, ]+)")


# Where a bad row of a stream is, and what to say about rows and columns.
_PLACE = re.compile(r"(?<=, row )\d+(?=, column ')")
_FILTER = re.compile(r", of files by filter=.*?(?=, or the column)")
_SCAN = re.compile(r"mixtura\.scan\(path, columns=(?:\[([^]]*)\]|\.\.\.)[^)]*\)")


def as_typed(message: str, ctx: click.Context) -> str:
    """`message` with options instead of parameters; `ctx` is the context of the group.

    ``n_init=10`` becomes ``--n-init 10``; a parameter in backticks, the option in backticks. Rows
    are counted from 1, as they are in what commands write.
    """
    message = _ROWS.sub(lambda found: f"{found[1]} ({_one_more(found[2])}", message)
    message = _PLACE.sub(lambda found: _one_more(found[0]), message)
    message = _FILTER.sub("", message)
    message = _SCAN.sub(lambda found: f"--columns {_bare(found[1])}", message)
    for name, option in _options(ctx).items():
        message = re.sub(rf"(?<!column )`{name}`", f"`{option}`", message)
        message = re.sub(rf"\b{name} ?= ?([\"']?)([\w.-]+)\1", rf"{option} \2", message)
        if "_" in name or name == "tol":  # else it may be meant as an English word
            message = re.sub(rf"(?<![\w'\"`-]){name}(?![\w'\"`])", option, message)
    return message


@contextmanager
def reworded(words: Mapping[str, str]) -> Iterator[None]:
    """Replace `words` in the message of an error, where only the caller knows what is meant."""
    try:
        yield
    except MixturaError as error:
        message = str(error)
        for word, better in words.items():
            message = message.replace(word, better)
        raise type(error)(message) from error


def _one_more(numbers: str) -> str:
    return re.sub(r"\d+", lambda found: str(int(found[0]) + 1), numbers)


def _bare(names: str | None) -> str:
    return "NAMES" if names is None else re.sub(r"[' ]", "", names)


def _options(ctx: click.Context) -> dict[str, str]:
    """The parameters of the command that runs, and what stands for them on the command line."""
    group, name = ctx.command, ctx.invoked_subcommand
    command = group.get_command(ctx, name) if isinstance(group, click.Group) and name else None
    typed = shlex.split(ctx.meta["mixtura.command"])
    options = {}
    for param in command.params if command else ():
        if isinstance(param, click.Argument):
            options[str(param.name)] = param.human_readable_name.strip("[]")
            continue
        used = (each for each in param.opts if any(word.startswith(each) for word in typed))
        option = next(used, param.opts[-1])
        options[str(param.name)] = option
        options[param.opts[-1].strip("-").replace("-", "_")] = option
    return options
