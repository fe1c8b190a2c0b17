"""``mixtura fit``: one mixture, fitted to rows."""

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
    memory_option,
    source,
    talk,
    weights_option,
)
from mixtura.cli.types import Count, Registered
from mixtura.cli.wording import OF_ROWS, reworded
from mixtura.cli.writable import check_writable

__all__ = ["command"]


@click.command("fit")
@source()
@click.option(
    "-k",
    "--n-components",
    type=Count(),
    required=True,
    metavar="K",
    help="Number of components, or auto: BIC chooses it.",
)
@click.option(
    "--covariance-type",
    type=Registered("mixtura.covariance", "COVARIANCES"),
    default="full",
    show_default=True,
    metavar="TYPE",
    help="full, tied, diag or spherical.",
)
@click.option(
    "--bayesian",
    is_flag=True,
    help="Find how many components there are, K at most: variational Bayes, with moves.",
)
@click.option(
    "--batches",
    type=click.IntRange(1),
    metavar="N",
    help="With --bayesian: update after each of N pieces of the rows, for fewer passes.",
)
@weights_option
@memory_option
@fitting()
@click.option(
    "-o", "--output", type=click.Path(), metavar="FILE", help="Model file, *.safetensors."
)
@click.option(
    "--labels",
    type=click.Path(),
    metavar="FILE",
    help="Label and responsibilities of every row: CSV, TSV, Parquet or NPY.",
)
@click.option("--report", type=click.Path(), metavar="FILE", help="A report with pictures, *.html.")
@click.option(
    "--checkpoint",
    type=click.Path(),
    metavar="FILE",
    help="Keeps what is done, so that the same command goes on after a stop; *.safetensors.",
)
@talk
@debugging
@click.pass_context
def command(
    ctx: click.Context,
    source: Source,
    n_components: int | str,
    covariance_type: str,
    bayesian: bool,
    batches: int | None,
    weights: str | int | None,
    memory: int,
    fitting: Fitting,
    output: str | None,
    labels: str | None,
    report: str | None,
    checkpoint: str | None,
    talk: Talk,
) -> None:
    """Fit one mixture of K components to DATA.

    \b
    Examples:
      mixtura fit faithful -k 3 --output model.safetensors
      mixtura fit faithful -k auto
      mixtura fit data.csv -k 5 --columns height,weight --labels labels.csv
      mixtura fit big.csv -k 50 --labels out.csv --checkpoint fit.safetensors
      mixtura fit data.csv -k 30 --bayesian --output model.safetensors
      mixtura fit rows/ -k 50 --memory 500MB --output model.safetensors
      zcat data.csv.gz | mixtura fit - -k 3 --json
    """
    files = outputs.Outputs(output, labels, report)
    outputs.check(files, source.data)
    check_writable(checkpoint, source.data)
    if checkpoint is not None and checkpoint in files:
        raise Failure(f"`--checkpoint` must be a file of its own, got {checkpoint} twice")
    from mixtura.cli.render import bytes_in_words
    from mixtura.cli.rows import read
    from mixtura.cli.summary import outcome, parameters

    if bayesian:
        _refuse("with", {"--prior": fitting.prior})
    else:
        _refuse("without", {"--batches": batches})
    rows = read(source, weights, memory)
    if report is not None and rows.stream is not None:
        raise Failure(
            f"`--report` must be left out where rows are read in a stream, got {report}; or type "
            f"--memory {bytes_in_words(rows.stream.size + 10**8).replace(' ', '')}"
        )
    settings = {"covariance_type": covariance_type, "checkpoint": checkpoint, **_given(fitting)}
    model = (
        _bayesian(n_components, {**settings, "batches": batches or 1})
        if bayesian
        else _gaussian(n_components, settings)
    )
    seconds = _fit(model, rows, talk)
    fit = outcome(model, rows)
    outputs.write(files, outputs.Run(model, rows, ctx.meta["mixtura.command"], seconds))
    if talk.as_json:
        emit(
            {
                "command": "fit",
                "data": rows.facts(),
                "fit": fit._asdict(),
                "model": parameters(model),
                "choice": _choice(model),
                "engine": model.kernel_,
                "rows": model.rows_,
                "seconds": seconds,
                "files": files._asdict(),
            }
        )
    elif not talk.quiet:
        _tell(model, rows, fit, seconds, files)


def _refuse(where: str, given: dict[str, Any]) -> None:
    """Options that say nothing of a Bayesian mixture, or of one that is not."""
    for name, value in given.items():
        if value is not None:
            raise Failure(f"`{name}` must be left out {where} --bayesian, got {value}")


def _gaussian(k: int | str, settings: dict[str, Any]) -> Any:
    from mixtura import GaussianMixture

    return GaussianMixture(k, **settings)


def _bayesian(k: int | str, settings: dict[str, Any]) -> Any:
    from mixtura import BayesianGaussianMixture

    if isinstance(k, str):
        raise Failure(f"`-k` must be a number with --bayesian, got {k}; type -k 30")
    return BayesianGaussianMixture(
        n_components=k, covariance_prior_type="conjugate", moves=True, **settings
    )


def _given(fitting: Fitting) -> dict[str, Any]:
    """What was said of the fit; the rest is as the mixture has it."""
    return {name: value for name, value in fitting._asdict().items() if value is not None}


def _fit(model: Any, rows: Any, talk: Talk) -> float:
    """Fit `model`, showing progress; returns seconds."""
    from mixtura.cli.model_file import name_features
    from mixtura.cli.progress import Progress
    from mixtura.cli.watch import FitWatch
    from mixtura.estimators import watching
    from mixtura.rows import listening

    began = time.perf_counter()
    path = model.checkpoint
    with Progress(talk) as progress:
        watch = FitWatch(progress, model, rows.n)
        try:
            with (
                watching(watch),
                listening(watch.heard),
                reworded(OF_ROWS),
            ):
                model.fit(rows.values, sample_weight=rows.weights)
        except KeyboardInterrupt:
            raise KeyboardInterrupt(_how_to_go_on(watch.where, path)) from None
        if not watch.where:
            progress.note(f"{path} holds this fit, complete; move it away to fit anew")
    model.set_params(checkpoint=None)  # the file is of this fit, and the model will travel
    name_features(model, rows)
    return time.perf_counter() - began


def _choice(model: Any) -> dict[str, Any] | None:
    """What the counting of components found, if there was any, for JSON."""
    if not hasattr(model, "choice_"):
        return None
    choice = model.choice_
    return {"verdict": choice.verdict, "tried": [each._asdict() for each in choice.tried]}


def _how_to_go_on(where: str, path: str | None) -> str:
    if not where:  # nothing has been done
        return ""
    if path is None:
        return f" {where}; with --checkpoint FILE the same command would go on from there"
    return f" {where}; the same command goes on from there, which {path} keeps"


def _tell(model: Any, rows: Any, fit: Any, seconds: float, files: outputs.Outputs) -> None:
    from mixtura.cli.components import components
    from mixtura.cli.render import show, wrote
    from mixtura.cli.summary import headline, verdict

    show(
        rows.line(),
        f"{headline(model)}; {seconds:.2f} s with the {model.kernel_} engine",
        components(model),
        verdict(fit),
        *([model.choice_.verdict] if hasattr(model, "choice_") else []),
    )
    wrote(files.written())
