"""``mixtura bench``: Mixtura beside scikit-learn, on this machine and in one run."""

from __future__ import annotations

from typing import Any

import click

from mixtura.cli.document import emit
from mixtura.cli.options import Source, Talk, debugging, source, talk
from mixtura.cli.types import Registered

__all__ = ["command"]


@click.command("bench")
@source(required=False)
@click.option(
    "-k",
    "--n-components",
    type=click.IntRange(1),
    default=5,
    show_default=True,
    metavar="K",
    help="Components, where DATA is given.",
)
@click.option(
    "--covariance-type",
    type=Registered("mixtura.covariance", "COVARIANCES"),
    default="full",
    show_default=True,
    metavar="TYPE",
    help="full, tied, diag or spherical, where DATA is given.",
)
@click.option("--quick", is_flag=True, help="Fewer rows: a few seconds.")
@click.option("--n-jobs", type=int, metavar="N", help="Threads of ours; all cores, if not given.")
@talk
@debugging
def command(
    source: Source,
    n_components: int,
    covariance_type: str,
    quick: bool,
    n_jobs: int | None,
    talk: Talk,
) -> None:
    """Time EM here and in scikit-learn, on DATA or on made-up rows.

    Both make the same number of iterations from the same start, so that they must end with
    the same log-likelihood, which is shown. The ratio is scikit-learn's time over ours; each
    time is the best of three, without compilation, which is told apart.

    \b
    Examples:
      mixtura bench --quick
      mixtura bench data.parquet -k 20 --covariance-type diag
    """
    from mixtura.cli import race
    from mixtura.cli.progress import Progress
    from mixtura.cli.rows import read

    if source.data is None:
        cases = race.made_up(quick)
    else:
        rows = read(source)
        cases = [race.Case(rows.source, rows.values, n_components, covariance_type)]
    results = []
    with Progress(talk) as progress:
        for number, case in enumerate(cases, 1):
            progress.update(f"case {number}/{len(cases)}", case.name)
            results.append(race.run(case, n_jobs))
    if talk.as_json:
        emit(
            {
                "command": "bench",
                **race.machine(),
                "cases": [result._asdict() for result in results],
                "mean_ratio": race.mean_ratio(results),
            }
        )
    elif not talk.quiet:
        _tell(results)


def _tell(results: list[Any]) -> None:
    from mixtura.cli import race
    from mixtura.cli.render import integer, show, table

    listing = table(
        "<rows x columns", "k", "<type", "sklearn", "mixtura", "ratio", "log-lik", "differ"
    )
    for result in results:
        listing.add_row(
            f"{integer(result.n_rows)} x {result.n_features}",
            str(result.n_components),
            result.covariance_type,
            _time(result.sklearn_seconds),
            _time(result.mixtura_seconds),
            f"{result.ratio:.1f}x",
            f"{result.log_likelihood:.4f}",
            f"{result.difference:.0e}",
        )
    machine = race.machine()
    show(
        listing,
        f"seconds an iteration; log-likelihood a row; {machine['cores']} cores, scikit-learn "
        f"{machine['sklearn']}",
        f"ratio, geometric mean: {race.mean_ratio(results):.1f}x",
    )


def _time(seconds: float) -> str:
    return f"{seconds:.4f}" if seconds < 1 else f"{seconds:.2f}"
