"""``mixtura course``: the lessons, their questions, and the cards that are due."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from mixtura.cli.document import emit
from mixtura.cli.options import as_json, debugging
from mixtura.cli.writable import check_writable

__all__ = ["command"]


@click.command("course")
@click.argument("lesson", required=False)
@click.option(
    "-l",
    "--language",
    type=click.Choice(["zh-Hans", "zh-Hant", "en"]),
    default="zh-Hans",
    show_default=True,
    envvar="MIXTURA_LANGUAGE",
    help="Language of the lessons; also MIXTURA_LANGUAGE.",
)
@click.option(
    "--quiz/--no-quiz",
    default=None,
    help="Ask the questions, or show the answers. If not given, ask on a terminal.",
)
@click.option("--review", "reviewing", is_flag=True, help="Go through the cards that are due.")
@click.option("--mix", type=click.IntRange(1), metavar="N", help="N questions from all lessons.")
@click.option("--undo", is_flag=True, help="Take the last review back.")
@click.option("--figures", metavar="FOLDER", help="Folder to draw the lesson's pictures into.")
@click.option("--anki", metavar="FILE.apkg", help="Write all cards as a deck for Anki.")
@click.option("--export", metavar="FILE.json", help="Write your progress.")
@click.option("--import", "joining", metavar="FILE.json", help="Join progress from elsewhere.")
@click.option("--progress", metavar="FILE", help="Where progress is kept; also MIXTURA_PROGRESS.")
@click.option("--learner", default="me", show_default=True, help="Whose progress.")
@as_json
@debugging
def command(
    lesson: str | None,
    language: str,
    quiz: bool | None,
    reviewing: bool,
    mix: int | None,
    undo: bool,
    figures: str | None,
    anki: str | None,
    export: str | None,
    joining: str | None,
    progress: str | None,
    learner: str,
    as_json: bool,
) -> None:
    """Learn Gaussian mixtures in a cake shop: LESSON by its name or number.

    Without LESSON, the map: every lesson, how well its cards are remembered, and how many
    are due. Answers and reviews are kept in a file of your own; nothing is sent anywhere.

    \b
    Examples:
      mixtura course --language en
      mixtura course 3 --language en
      mixtura course --review
    """
    from mixtura.course.progress import Progress, default_path

    with Progress(progress or default_path(), learner, language) as kept:
        if anki is not None:
            _deck(anki, language)
        if joining is not None:
            _join(kept, joining)
        if undo:
            click.echo(f"undone: {kept.undo() or '-'}")
        if reviewing:
            from mixtura.cli.cards import go_through

            go_through(kept, language)
        if mix is not None:
            _mixed(kept, language, mix)
        if lesson is not None:
            _lesson(lesson, language, kept, _asking(quiz, as_json), figures, as_json)
        if export is not None:
            _export(kept, export)
        if not any((anki, joining, undo, reviewing, mix, lesson, export)):
            _map(kept, language, as_json)


def _asking(quiz: bool | None, as_json: bool) -> bool:
    if quiz is None:
        return sys.stdin.isatty() and not as_json
    return quiz and not as_json


def _mixed(kept: Any, language: str, count: int) -> None:
    from mixtura import course
    from mixtura.cli.lessons import Reading, ask

    reading = Reading(course.words(language), kept)
    seed = len(kept.rows("attempt", ("id",)))  # others tomorrow, the same if interrupted
    for name, quiz in course.interleaved(language, seed)[:count]:
        ask(quiz, course.lesson(name, language), reading)


def _lesson(
    name: str, language: str, kept: Any, asking: bool, figures: str | None, as_json: bool
) -> None:
    from mixtura import course
    from mixtura.cli.lessons import Reading, read
    from mixtura.cli.writable import make_folder

    found = course.lesson(name, language)
    if as_json:
        emit(found.model_dump(mode="json"))
        return
    if figures is not None:
        make_folder(figures)
    read(found, Reading(course.words(language), kept if asking else None, figures))


def _map(kept: Any, language: str, as_json: bool) -> None:
    from mixtura.cli.course_map import overview, tell

    facts = overview(kept, language)
    if as_json:
        emit({"command": "course", **facts})
    else:
        tell(facts, language)


def _deck(path: str, language: str) -> None:
    from mixtura.course.anki import write_deck

    check_writable(path)
    count = write_deck(path, language)
    click.echo(f"wrote {path} ({count} cards)")


def _export(kept: Any, path: str) -> None:
    from mixtura.course.carrying import export
    from mixtura.files import replacing

    check_writable(path)
    with replacing(path) as temporary:
        temporary.write_text(export(kept), encoding="utf-8")
    click.echo(f"wrote {path}")


def _join(kept: Any, path: str) -> None:
    from mixtura.course.carrying import join
    from mixtura.files import open_to_read

    with open_to_read(path) as file:
        text = file.read().decode("utf-8", errors="replace")
    click.echo(f"joined {Path(path).name}: {join(kept, text)} reviews were new")
