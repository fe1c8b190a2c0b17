"""Asks the questions, keeps the answers as JSON, and writes the tables of the READMEs."""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from types import ModuleType
from typing import Any

from benchmarks import (
    batches,
    bayesian,
    counting,
    first_fit,
    fit,
    machine,
    many_machines,
    means,
    memory,
    optimum,
    out_of_core,
    passes,
    path,
)
from benchmarks.tables import figures_table, filled

__all__ = ["QUESTIONS", "answer", "front", "main", "sections"]

QUESTIONS: dict[str, ModuleType] = {
    "passes": passes,
    "fit": fit,
    "optimum": optimum,
    "means": means,
    "path": path,
    "bayesian": bayesian,
    "counting": counting,
    "batches": batches,
    "memory": memory,
    "first_fit": first_fit,
    "out_of_core": out_of_core,
    "many_machines": many_machines,
}
HERE = Path(__file__).parent
RESULTS = HERE / "results"
README = HERE / "README.md"
FRONT = HERE.parent / "README.md"  # shows the figures alone
QUICK = HERE.parent / "out" / "benchmarks"  # a quick run says nothing about speed


def answer(name: str, quick: bool) -> dict[str, Any]:
    """Ask one question; the rows are shown as they come."""
    question, about, begin, rows = QUESTIONS[name], machine.describe(), time.perf_counter(), []
    for row in question.rows(quick):
        rows.append(row)
        print(f"{name}: {next(iter(row.values()))}", flush=True)
    return {
        "question": question.__doc__,
        "quick": quick,
        "machine": about,
        "seconds": round(time.perf_counter() - begin),
        "figures": [figure._asdict() | {"met": figure.met} for figure in question.figures(rows)],
        "rows": rows,
    }


def shown(name: str, result: dict[str, Any]) -> str:
    """An answer in Markdown: the figures, the tables, and what they were taken on."""
    question, about = QUESTIONS[name], result["machine"]
    versions = ", ".join(f"{package} {version}" for package, version in about["versions"].items())
    where = (
        f"{about['date']}, commit {about['commit']}, {about['cpu']}, {about['cores']} cores, "
        f"load {about['load_average']} before; {versions}; {result['seconds']} s."
    )
    figures = figures_table(question.figures(result["rows"]))
    return f"\n{figures}\n\n{question.tables(result['rows'])}\n\n{where}\n"


def kept(folder: Path) -> dict[str, dict[str, Any]]:
    """The answers kept in the folder, by question."""
    files = {name: folder / f"{name}.json" for name in QUESTIONS}
    return {
        name: json.loads(file.read_text(encoding="utf-8"))
        for name, file in files.items()
        if file.exists()
    }


def sections(folder: Path) -> dict[str, str]:
    """The README's section of every answer kept in the folder."""
    return {name: shown(name, result) for name, result in kept(folder).items()}


def front(folder: Path) -> dict[str, str]:
    """The front page's section, if the folder keeps any answer: the figures that have a goal."""
    figures = [
        figure._replace(name=f"{name}: {figure.name}")
        for name, result in kept(folder).items()
        for figure in QUESTIONS[name].figures(result["rows"])
        if figure.goal is not None
    ]
    return {"figures": figures_table(figures)} if figures else {}


def main(arguments: list[str] | None = None) -> None:
    """Command line: ``python -m benchmarks.run [question ...] [--quick | --tables]``."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.run", description=__doc__)
    parser.add_argument("questions", nargs="*", metavar="question", help=", ".join(QUESTIONS))
    parser.add_argument("--quick", action="store_true", help="small data; into out/benchmarks")
    parser.add_argument("--tables", action="store_true", help="only write the tables again")
    options = parser.parse_args(arguments)
    unknown = sorted(set(options.questions) - set(QUESTIONS))
    if unknown:
        parser.error(f"`question` must be of {list(QUESTIONS)}, got {unknown}")
    folder = QUICK if options.quick else RESULTS
    folder.mkdir(parents=True, exist_ok=True)
    for name in () if options.tables else options.questions or QUESTIONS:
        result = answer(name, options.quick)
        text = json.dumps(result, indent=1) + "\n"
        (folder / f"{name}.json").write_text(text, encoding="utf-8")
        print(shown(name, result), flush=True)
    if not options.quick:
        for page, tables in ((README, sections(RESULTS)), (FRONT, front(RESULTS))):
            text = page.read_text(encoding="utf-8")
            page.write_text(filled(text, tables), encoding="utf-8")


if __name__ == "__main__":
    main()
