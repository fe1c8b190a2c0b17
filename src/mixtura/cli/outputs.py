"""The files that a fit leaves behind: model, labels, report, figures."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any, NamedTuple

from mixtura.cli import frames, model_file
from mixtura.cli.failures import Failure
from mixtura.cli.rows import Rows
from mixtura.cli.writable import check_writable
from mixtura.exceptions import import_extra

__all__ = ["Outputs", "Run", "check", "write", "write_figures"]

_SPEC = ".6g"  # how responsibilities are shown in text


class Outputs(NamedTuple):
    """Where to write what; None for what is not wanted."""

    output: str | None = None
    labels: str | None = None
    report: str | None = None

    def written(self) -> list[str]:
        """The paths of what is wanted."""
        return [path for path in self if path is not None]


class Run(NamedTuple):
    """What there is to write about."""

    model: Any
    rows: Rows
    command: str  # as it was typed
    seconds: float
    selection: Any = None


def check(files: Outputs, data: str) -> None:
    """Refuse, before the fit, files that could not be written after it."""
    model_file.check_suffix(files.output)
    frames.check_suffix(files.labels)
    if files.report is not None:
        if Path(files.report).suffix.lower() != ".html":
            raise Failure(f"cannot write {files.report}: the name of a report must end in .html")
        import_extra("matplotlib", extra="plot", purpose="a report")
    for path in files:
        check_writable(path, data)


def write(files: Outputs, run: Run, drawn: Any = None) -> None:
    """Write what is wanted, each file whole or not at all; `drawn` saves drawing figures again."""
    model, rows = run.model, run.rows
    if files.output is not None:
        from mixtura import persist

        persist.save(model, files.output)
    if files.labels is not None:
        found = frames.numbered(frames.labels(model, rows.blocks()))
        frames.write(found, files.labels, rows.n, _SPEC)
    if files.report is not None:
        from mixtura import report

        report.write(
            files.report,
            model,
            rows.values,
            run.selection,
            title=rows.source,
            command=run.command,
            seconds=run.seconds,
            labels=rows.classes,
            sample_weight=rows.weights,
            drawn=drawn,
        )


def write_figures(folder: str, drawn: Any) -> list[str]:
    """Write figures as PNG into `folder`; returns their paths."""
    from mixtura import report

    with tempfile.TemporaryDirectory(prefix=".mixtura-", dir=folder) as hidden:
        made = report.write_figures(hidden, drawn)
        return [str(path.replace(Path(folder) / path.name)) for path in made]
