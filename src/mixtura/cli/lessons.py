"""A lesson on a terminal: blocks as text, questions asked, figures and checks computed."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from mixtura.cli.render import show

if TYPE_CHECKING:
    from mixtura.course.progress import Progress
    from mixtura.course.schema import Lesson

__all__ = ["Reading", "ask", "read"]


class Reading(NamedTuple):
    """How a lesson is read: whose progress, whether questions are asked, where pictures go."""

    words: dict[str, str]
    progress: Progress | None = None  # None: nothing is asked, answers are shown
    figures: str | None = None


def read(lesson: Lesson, reading: Reading) -> None:
    """Print a lesson from first block to last; ask its questions if `reading` has progress."""
    word = reading.words
    _say(f"# {lesson.title}")
    _say(f"**{word['question']}**  {lesson.question}")
    _say("\n".join([f"**{word['goals']}**", "", *(f"- {goal}" for goal in lesson.goals)]))
    for block in lesson.blocks:
        badge = _badge(lesson, block.id, word)
        if badge:
            show(badge)
        _TELL[block.type](block, lesson, reading)
        if reading.progress is not None:
            last = block is lesson.blocks[-1]
            reading.progress.reached(lesson.id, block.id, finished=last)


def _badge(lesson: Lesson, block: str, word: dict[str, str]) -> str:
    if block in lesson.missing:
        return f"[{word['untranslated']}]"
    return f"[{word['outdated']}]" if block in lesson.stale else ""


def _say(markdown: str) -> None:
    """Markdown with plain formulas, and an empty line after it."""
    from rich.markdown import Markdown

    from mixtura.course.plain import plain_text

    show(Markdown(plain_text(markdown)))
    click.echo()


def _text(block: Any, lesson: Lesson, reading: Reading) -> None:
    heading = f"## {block.heading}\n\n" if block.heading else ""
    _say(heading + block.text)


def _quote(block: Any, lesson: Lesson, reading: Reading) -> None:
    word = reading.words
    manner = word["aside"].format(word["paraphrase"]) if block.paraphrase else ""
    _say(f"> {block.text}\n>\n> {word['source']}{word['colon']}{block.source}{manner}")


def _figure(block: Any, lesson: Lesson, reading: Reading) -> None:
    word = reading.words
    _say(f"**{word['predict']}**  {block.predict}")
    _say(f"**{word['picture']}**  {block.caption}\n\n{block.alt}")
    if reading.figures is not None:
        from pathlib import Path

        from mixtura.course.picture import picture

        path = Path(reading.figures) / f"{lesson.id}-{block.id}.png"
        picture(block).figure.savefig(path)
        click.echo(f"wrote {path}\n")


def _formula(block: Any, lesson: Lesson, reading: Reading) -> None:
    from mixtura.course import terms
    from mixtura.course.plain import plain

    known = terms(lesson.language)
    symbols = "; ".join(f"{plain(tex)} = {known[term]}" for tex, term in block.symbols.items())
    show(f"    {plain(block.tex)}", f"    {symbols}" if symbols else "")
    _say(f"**{reading.words['read-aloud']}**  {block.say}")


def _derivation(block: Any, lesson: Lesson, reading: Reading) -> None:
    from mixtura.course.plain import plain, plain_text

    _say(f"## {reading.words['derivation']}{reading.words['colon']}{block.heading}")
    for number, step in enumerate(block.steps, 1):
        show(f"{number:>3}  {plain(step.tex)}", f"     ({plain_text(step.why)})")
    click.echo()


def ask(block: Any, lesson: Lesson, reading: Reading) -> None:
    """A question; its answer is kept, and what is said to it shown at once."""
    word = reading.words
    several = word["aside"].format(word["several"]) if block.multi else ""
    options = [f"- **{option.id}**  {option.text}" for option in block.options]
    _say("\n".join([f"**{word['quiz']}{several}**  {block.question}", "", *options]))
    if reading.progress is None:
        _say("\n\n".join(f"**{option.id}**  {option.feedback}" for option in block.options))
        return
    chosen = _chosen(block, word["your-answer"])
    right = {option.id for option in block.options if option.correct}
    correct = set(chosen) == right
    reading.progress.answer(lesson.id, block.id, chosen, correct, block.card)
    say = [option.feedback for option in block.options if option.id in {*chosen, *right}]
    _say("\n\n".join([f"**{word['right' if correct else 'wrong']}**", *say]))


def _chosen(block: Any, prompt: str) -> tuple[str, ...]:
    """One answer, or several letters; asked again until all of them are there."""
    known = [option.id for option in block.options]
    while True:
        typed = click.prompt(prompt, type=str).lower().replace(",", " ").split()
        letters = tuple(dict.fromkeys(typed if not block.multi else [c for t in typed for c in t]))
        if letters and set(letters) <= set(known) and (block.multi or len(letters) == 1):
            return letters
        click.echo("/".join(known))


def _numeric(block: Any, lesson: Lesson, reading: Reading) -> None:
    word = reading.words
    _say(f"**{word['by-hand']}**  {block.question}")
    if reading.progress is not None:
        typed = click.prompt(word["your-answer"], type=float)
        click.echo(word["right" if abs(typed - block.answer) <= block.tol else "wrong"])
    _say(f"**{word['solution']}**  {block.answer:g}{word['stop']}{block.solution}")


def _card(block: Any, lesson: Lesson, reading: Reading) -> None:
    _say(f"**{reading.words['card']}**  {block.front}\n\n{block.back}")


def _recap(block: Any, lesson: Lesson, reading: Reading) -> None:
    _say("\n".join([f"## {reading.words['recap']}", "", *(f"- {point}" for point in block.points)]))


def _joke(block: Any, lesson: Lesson, reading: Reading) -> None:
    _say(f"**{reading.words['joke']}**\n\n" + block.text.replace("\n", "  \n"))


def _game(block: Any, lesson: Lesson, reading: Reading) -> None:
    _say(f"**{reading.words['game']}**  {block.text}")


def _code(block: Any, lesson: Lesson, reading: Reading) -> None:
    word = reading.words
    _say(f"**{word['code']}**  {block.caption}\n\n```python\n{block.code}\n```")
    if block.prints:
        _say(f"**{word['prints']}**\n\n```\n{block.prints}\n```")


def _errata(block: Any, lesson: Lesson, reading: Reading) -> None:
    from mixtura.course.checks import shown

    word = reading.words
    _say(f"**{word['said']}**  {block.said}\n\n**{word['correct']}**  {block.correct}")
    show(f"{word['checked']}: {shown(block.check, lesson.language)}")
    click.echo()


_TELL: dict[str, Callable[[Any, Any, Reading], None]] = {
    "story": _text,
    "prose": _text,
    "quote": _quote,
    "figure": _figure,
    "formula": _formula,
    "derivation": _derivation,
    "quiz": ask,
    "numeric": _numeric,
    "card": _card,
    "recap": _recap,
    "joke": _joke,
    "game": _game,
    "code": _code,
    "errata": _errata,
}
