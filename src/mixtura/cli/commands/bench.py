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
    the same log-likelihood, which is shown; where they do not, the ratio is left out. The ratio
    is scikit-learn's time over ours; each time is the best of three, without compilation.

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
                "cases": [result._asdict() | {"same_work": result.same_work} for result in results],
                "mean_ratio": race.mean_ratio(results),
            }
        )
    elif not talk.quiet:
        _tell(results)


def _tell(results: list[Any]) -> None:
    from mixtura.cli import race
    from mixtura.cli.render import integer, number, show, table

    headings = ("rows x cols", "k", "type", "sklearn", "mixtura", "ratio", "log-lik", "differ")
    listing = table(*headings, left=(0, 2))
    for result in results:
        listing.add_row(
            f"{integer(result.n_rows)} x {result.n_features}",
            str(result.n_components),
            result.covariance_type,
            _time(result.sklearn_seconds),
            _time(result.mixtura_seconds),
            f"{result.ratio:.3g}x" if result.same_work else "–",
            f"{result.log_likelihood:.3f}",
            f"{result.difference:.0e}",
        )
    machine = race.machine()
    show(
        listing,
        "seconds an iteration, best of three in turn; log-likelihood a row; "
        f"{machine['cores']} cores, scikit-learn {machine['sklearn']}. Other work on this machine "
        "shifts the ratios.",
        *(
            f"{result.name}: the log-likelihoods differ, so the times do not compare"
            for result in results
            if not result.same_work
        ),
        f"ratio, geometric mean: {number(race.mean_ratio(results), 1)}",
    )


def _time(seconds: float) -> str:
    return f"{seconds:.4f}" if seconds < 1 else f"{seconds:.2f}"
