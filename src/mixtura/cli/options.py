"""Options that several commands share; each set reaches its command as one value."""

from __future__ import annotations

import functools
import shlex
from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

import click

from mixtura.cli.types import Column, Columns, Registered, Size

__all__ = [
    "Fitting",
    "Source",
    "Talk",
    "as_json",
    "debugging",
    "fitting",
    "memory_option",
    "model_argument",
    "progress_option",
    "source",
    "talk",
    "weights_option",
]

F = TypeVar("F", bound=Callable[..., Any])

_LOOSE = "1e-3; 1e-7 with --bayesian"  # what mixtures have
_CHARS = {"\\t": "\t", "tab": "\t"}  # what is hard to type in a shell


class Source(NamedTuple):
    """Where the rows come from."""

    data: Any  # path, - or bundled name; None where it was not given
    columns: tuple[str | int, ...] | None
    delimiter: str | None
    decimal: str

    def typed(self) -> str:
        """What to type for the same rows."""
        options = {
            "--columns": self.columns and ",".join(map(str, self.columns)),
            "--delimiter": self.delimiter,
            "--decimal": self.decimal.strip("."),
        }
        given = [word for option, value in options.items() if value for word in (option, value)]
        return shlex.join([self.data, *given])


class Fitting(NamedTuple):
    """How mixtures are fitted, in the words of `GaussianMixture`."""

    tol: float | None  # None: as the mixture has it
    stopping: str
    max_iter: int
    n_init: int
    init_params: str
    reg_covar: float
    prior: str | None
    engine: str
    n_jobs: int | None
    random_state: int | None


class Talk(NamedTuple):
    """How the command speaks."""

    as_json: bool
    quiet: bool
    progress: bool | None  # None: when standard error is a terminal


def _gathered(name: str, kind: Any, *options: Callable[[F], F]) -> Callable[[F], F]:
    """Options whose values reach the command as the one argument `name`, a `kind`."""

    def decorate(function: F) -> F:
        @functools.wraps(function)
        def command(**given: Any) -> Any:
            fields = {field: given.pop(field) for field in kind._fields}
            return function(**given, **{name: kind(**fields)})

        for option in reversed(options):
            command = option(command)
        return command  # type: ignore[return-value]

    return decorate


def _remember_debug(ctx: click.Context, _: click.Parameter, value: bool) -> None:
    ctx.meta["mixtura.debug"] = value or ctx.meta.get("mixtura.debug", False)


debugging = click.option(
    "--debug",
    is_flag=True,
    expose_value=False,
    callback=_remember_debug,
    help="Show the traceback of an error.",
)

model_argument = click.argument("model", type=click.Path(), metavar="MODEL")


def source(required: bool = True, metavar: str = "DATA") -> Callable[[F], F]:
    """DATA and how to read it."""
    return _gathered(
        "source",
        Source,
        click.argument("data", metavar=metavar if required else f"[{metavar}]", required=required),
        click.option(
            "-c",
            "--columns",
            type=Columns(),
            metavar="A,B",
            help="Columns to use: names, or numbers from 1. All that are numbers, if not given.",
        ),
        click.option(
            "--delimiter",
            metavar="CHAR",
            callback=lambda _ctx, _param, value: _CHARS.get(value, value),
            help="What separates the cells of a text file (or tab). Found, if not given.",
        ),
        click.option(
            "--decimal",
            type=click.Choice([".", ","]),
            default=".",
            show_default=True,
            metavar="MARK",
            help="The decimal mark of a text file: a point or a comma.",
        ),
    )


def fitting(
    tol: float | None = None, max_iter: int = 100, n_init: int = 1, jobs: str = "Threads; all cores"
) -> Callable[[F], F]:
    """How to fit, with the defaults of the function that is called."""
    return _gathered(
        "fitting",
        Fitting,
        click.option(
            "--seed",
            "random_state",
            type=click.IntRange(0, 2**32 - 1),
            default=0,
            show_default=True,
            help="Seed of the random starts.",
        ),
        click.option(
            "--n-init",
            type=click.IntRange(1),
            default=n_init,
            show_default=True,
            help="Starts; the best is kept.",
        ),
        click.option(
            "--init",
            "init_params",
            type=Registered("mixtura.starts", "STARTS", "auto"),
            default="auto",
            show_default=True,
            metavar="START",
            help="How a start is made: auto, k-means++, kmeans, random or random_from_data.",
        ),
        click.option(
            "--tol",
            type=click.FloatRange(0),
            default=tol,
            show_default=_LOOSE if tol is None else True,
            help="Stop when the mean log-likelihood gains less than this.",
        ),
        click.option(
            "--stopping",
            type=Registered("mixtura.stopping", "STOPPING"),
            default="gain",
            show_default=True,
            metavar="RULE",
            help="What --tol is compared with: gain, the last one, or aitken, all to come.",
        ),
        click.option(
            "--max-iter",
            type=click.IntRange(1),
            default=max_iter,
            show_default=True,
            help="Iterations at most.",
        ),
        click.option(
            "--reg-covar",
            type=click.FloatRange(0),
            default=1e-6,
            show_default=True,
            help="Added to the diagonal of every covariance.",
        ),
        click.option(
            "--prior",
            type=Registered("mixtura.priors", "PRIORS"),
            default=None,
            metavar="PRIOR",
            help="What is believed of components before the rows: mclust, for few rows. None, if "
            "not given.",
        ),
        click.option(
            "--engine",
            type=Registered("mixtura.kernels", "KERNELS", "auto"),
            default="auto",
            show_default=True,
            metavar="ENGINE",
            help="What computes: auto, numba or numpy.",
        ),
        click.option("--n-jobs", type=int, metavar="N", help=f"{jobs}, if not given."),
    )


weights_option = click.option(
    "--weights", type=Column(), metavar="COLUMN", help="Column that says what each row counts."
)

memory_option = click.option(
    "--memory",
    type=Size(),
    default="1GB",
    show_default=True,
    metavar="SIZE",
    help="Parquet, Arrow and NPY whose rows take more are read in a stream.",
)

as_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON document instead.")

progress_option = click.option(
    "--progress/--no-progress",
    default=None,
    help="Show progress on standard error. If not given, when that is a terminal.",
)

talk = _gathered(
    "talk",
    Talk,
    as_json,
    click.option("-q", "--quiet", is_flag=True, help="Print nothing but warnings and errors."),
    progress_option,
)
