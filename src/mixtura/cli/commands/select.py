"""``mixtura select``: the mixture that a criterion chooses among many."""

from __future__ import annotations

import time
from typing import Any

import click

from mixtura.cli import outputs
from mixtura.cli.document import emit
from mixtura.cli.failures import Failure
from mixtura.cli.options import (
    Fitting,
    Source,
    Talk,
    debugging,
    fitting,
    source,
    talk,
    weights_option,
)
from mixtura.cli.types import Counts, Registered, RegisteredList
from mixtura.cli.wording import OF_ROWS, reworded
from mixtura.cli.writable import make_folder

__all__ = ["command"]


@click.command("select")
@source()
@click.option(
    "-k",
    "--n-components",
    type=Counts(),
    default="1:9",
    show_default=True,
    metavar="RANGE",
    help="Numbers of components: 1:9, 1-9 or 1,2,5.",
)
@click.option(
    "--covariance-type",
    "covariance_types",
    type=RegisteredList(Registered("mixtura.covariance", "COVARIANCES")),
    default="all",
    show_default=True,
    metavar="TYPES",
    help="Some of full,tied,diag,spherical, or all.",
)
@click.option(
    "--criterion",
    type=click.Choice(["bic", "aic", "icl", "cv", "predictive"]),
    default="bic",
    show_default=True,
    help="What chooses; cv is the log-likelihood of held-out rows, predictive that of a Bayesian "
    "mixture's posterior predictive.",
)
@click.option(
    "--search",
    type=click.Choice(["auto", "path", "separate"]),
    default="auto",
    show_default=True,
    help="One search for all numbers of components, or a fit of its own for each.",
)
@click.option("--bayesian", is_flag=True, hidden=True)  # refused by name
@weights_option
@fitting(tol=1e-6, max_iter=1000, n_init=3, jobs="Mixtures fitted at a time; one with all cores")
@click.option(
    "-o",
    "--output-dir",
    type=click.Path(),
    metavar="FOLDER",
    help="Folder for model.safetensors, labels.csv, report.html and the figures as PNG.",
)
@talk
@debugging
@click.pass_context
def command(
    ctx: click.Context,
    source: Source,
    n_components: tuple[int, ...],
    covariance_types: tuple[str, ...],
    criterion: str,
    search: str,
    bayesian: bool,
    weights: str | int | None,
    fitting: Fitting,
    output_dir: str | None,
    talk: Talk,
) -> None:
    """Fit many mixtures to DATA and choose the best.

    BIC, AIC and ICL are better the smaller they are, cv and predictive the larger. A lead in BIC
    under 2 decides nothing, one above 10 decides.

    \b
    Examples:
      mixtura select faithful -k 1:9 --output-dir out
      mixtura select data.csv -k 1,2,5 --covariance-type full,tied
    """
    if bayesian:
        raise Failure(
            "`--bayesian` must be left out of select: a Bayesian mixture finds its number of "
            "components in one fit; type mixtura fit DATA -k 30 --bayesian, or, to compare by what "
            "Bayesian mixtures predict, mixtura select DATA --criterion predictive"
        )
    files = _files(output_dir, source)
    from mixtura.cli.rows import read

    rows = read(source, weights)
    began = time.perf_counter()
    selection = _select(rows, n_components, covariance_types, criterion, search, fitting, talk)
    seconds = time.perf_counter() - began
    run = outputs.Run(selection.best, rows, ctx.meta["mixtura.command"], seconds, selection)
    written = _write(files, run, output_dir) if output_dir else []
    if talk.as_json:
        _emit(run, written)
    elif not talk.quiet:
        _tell(run, written)


def _files(output_dir: str | None, source: Source) -> outputs.Outputs:
    if output_dir is None:
        return outputs.Outputs()
    folder = make_folder(output_dir)
    names = ("model.safetensors", "labels.csv", "report.html")
    files = outputs.Outputs(*(str(folder / name) for name in names))
    outputs.check(files, source.data)
    return files


def _select(
    rows: Any,
    n_components: tuple[int, ...],
    covariance_types: tuple[str, ...],
    criterion: str,
    search: str,
    fitting: Fitting,
    talk: Talk,
) -> Any:
    from mixtura.cli.model_file import name_features
    from mixtura.cli.progress import Progress
    from mixtura.cli.watch import SelectionWatch
    from mixtura.selection import select

    with Progress(talk) as progress, reworded(OF_ROWS):
        selection = select(
            rows.values,
            n_components=n_components,
            covariance_types=covariance_types,
            criterion=criterion,
            search=search,
            sample_weight=rows.weights,
            progress=SelectionWatch(progress, criterion) if progress.shown else None,
            **fitting._asdict(),
        )
    name_features(selection.best, rows)
    return selection


def _write(files: outputs.Outputs, run: outputs.Run, folder: str) -> list[str]:
    from mixtura import report

    drawn = report.figures(run.model, run.rows.values, run.selection)
    outputs.write(files, run, drawn)
    return [*files.written(), *outputs.write_figures(folder, drawn)]


def _emit(run: outputs.Run, written: list[str]) -> None:
    from mixtura.cli.candidates import record
    from mixtura.cli.summary import parameters

    emit(
        {
            "command": "select",
            "data": run.rows.facts(),
            "criterion": run.selection.criterion,
            "candidates": [record(each) for each in run.selection.candidates],
            "best": record(run.selection.best_candidate),
            "lead": run.selection.lead,
            "verdict": run.selection.verdict,
            "model": parameters(run.model),
            "seconds": run.seconds,
            "files": written,
        }
    )


def _tell(run: outputs.Run, written: list[str]) -> None:
    from mixtura.cli.candidates import listing
    from mixtura.cli.components import components
    from mixtura.cli.render import show, wrote
    from mixtura.cli.summary import headline

    show(
        run.rows.line(),
        listing(run.selection),
        run.selection.verdict,
        "",
        headline(run.model),
        components(run.model),
        f"{len(run.selection.candidates)} mixtures in {run.seconds:.2f} s",
    )
    wrote(written)
