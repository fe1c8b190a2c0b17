"""What a lesson is made of: one class for each type of block, checked when a file is read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Any, ClassVar, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

__all__ = [
    "Block",
    "Card",
    "Code",
    "Control",
    "Derivation",
    "Errata",
    "Expect",
    "Figure",
    "Formula",
    "Game",
    "Joke",
    "Lesson",
    "Numeric",
    "Option",
    "Prose",
    "Quiz",
    "Quote",
    "Recap",
    "Step",
    "Story",
    "texts",
]

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
_CJK = "\u3000-\u303f\u4e00-\u9fff\uff00-\uffef"


def _unbroken(text: str) -> str:
    """No space where a line of Chinese was broken; what somebody says begins a paragraph."""
    text = re.sub(r"(?<!\n)\n(?=[“「])", "\n\n", text)
    return re.sub(rf"(?<=[{_CJK}”])\n(?=[{_CJK}])", "", text)


Lines = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
Words = Annotated[Lines, AfterValidator(_unbroken)]


class _Part(BaseModel):
    """A piece of a lesson; `TEXTS` names its fields that are written afresh in every language."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    TEXTS: ClassVar[tuple[str, ...]] = ()


class _Block(_Part):
    id: Slug


class Story(_Block):
    """The running example goes on."""

    TEXTS = ("heading", "text")
    type: Literal["story"]
    heading: str = ""
    text: Words  # Markdown; mathematics between $ signs


class Prose(_Block):
    """An explanation."""

    TEXTS = ("heading", "text")
    type: Literal["prose"]
    heading: str = ""
    text: Words


class Quote(_Block):
    """Somebody's words with their source, or the sense of them, marked as such."""

    TEXTS = ("text",)
    type: Literal["quote"]
    text: Words
    source: Words
    paraphrase: bool = False


class Control(_Part):
    """What the reader may turn: one of the figure's parameters."""

    TEXTS = ("label",)
    id: Slug  # the parameter, - for _
    kind: Literal["slider", "choice", "switch"]
    label: Words
    least: float = 0
    most: float = 1
    step: float = 1
    options: tuple[str, ...] = ()

    @property
    def parameter(self) -> str:
        """The parameter's name in Python."""
        return self.id.replace("-", "_")

    def extremes(self) -> tuple[Any, ...]:
        """The values at its ends, or all of them where there are few."""
        if self.kind == "slider":
            whole = all(value == int(value) for value in (self.least, self.most, self.step))
            return tuple(int(v) if whole else v for v in (self.least, self.most))
        return self.options if self.kind == "choice" else (False, True)


class Expect(_Part):
    """What a figure must show: one of its numbers, and where that must lie."""

    value: str
    equals: float | None = None
    above: float | None = None
    below: float | None = None
    tol: float = 1e-9

    def holds(self, number: float) -> bool:
        """Whether `number` is where it must be."""
        return (
            (self.equals is None or abs(number - self.equals) <= self.tol)
            and (self.above is None or number > self.above)
            and (self.below is None or number < self.below)
        )


class Figure(_Block):
    """A picture that a registered function draws from a data set, a seed and parameters."""

    TEXTS = ("caption", "alt", "predict", "labels")
    type: Literal["figure"]
    function: str
    dataset: str = "cake-shop"
    seed: int = 0
    params: dict[str, float | bool | str] = {}
    controls: tuple[Control, ...] = ()
    labels: dict[Slug, Words] = {}  # words in the picture
    predict: Words  # asked before it is shown
    caption: Words
    alt: Words
    expect: Annotated[tuple[Expect, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _controls_turn_parameters(self) -> Figure:
        unknown = {control.parameter for control in self.controls} - set(self.params)
        if unknown:
            raise ValueError(f"controls of no parameter: {sorted(unknown)}")
        return self


class Formula(_Block):
    """A formula, how to read it aloud, and a check of it."""

    TEXTS = ("say",)
    type: Literal["formula"]
    tex: Words
    say: Words
    symbols: dict[str, Slug] = {}  # TeX -> id in terms.yaml
    check: str | None = None


class Step(_Part):
    """One line of a derivation, and why it follows."""

    TEXTS = ("why",)
    id: Slug
    tex: Words
    why: Words
    check: str
    blank: str = ""  # a part of `tex` that the reader may fill in


class Derivation(_Block):
    """A derivation in small steps."""

    TEXTS = ("heading",)
    type: Literal["derivation"]
    heading: Words
    steps: Annotated[tuple[Step, ...], Field(min_length=2)]

    @model_validator(mode="after")
    def _blanks_are_in_their_lines(self) -> Derivation:
        if any(step.blank not in step.tex for step in self.steps):
            raise ValueError("a blank must be a part of its line")
        return self


class Option(_Part):
    """One answer to choose, and what is said when it is chosen."""

    TEXTS = ("text", "feedback")
    id: Slug
    text: Words
    feedback: Words
    correct: bool = False
    misconception: Slug | None = None


class Quiz(_Block):
    """A multiple-choice question that feeds a card."""

    TEXTS = ("question",)
    type: Literal["quiz"]
    question: Words
    options: Annotated[tuple[Option, ...], Field(min_length=3, max_length=5)]
    multi: bool = False
    card: Slug

    @model_validator(mode="after")
    def _right_answers(self) -> Quiz:
        right = sum(option.correct for option in self.options)
        if not (1 <= right < len(self.options) if self.multi else right == 1):
            raise ValueError(f"one correct option, or `multi: true` and not all; got {right}")
        return self


class Numeric(_Block):
    """A number to work out by hand."""

    TEXTS = ("question", "solution")
    type: Literal["numeric"]
    question: Words
    solution: Words
    answer: float
    tol: Annotated[float, Field(gt=0)]
    compute: str  # in `mixtura.course.worked`


class Card(_Block):
    """A card with two sides; its id is FSRS's key and Anki's guid."""

    TEXTS = ("front", "back")
    type: Literal["card"]
    front: Words
    back: Lines


class Recap(_Block):
    """What to take along."""

    TEXTS = ("points",)
    type: Literal["recap"]
    points: Annotated[tuple[Words, ...], Field(min_length=2)]


class Joke(_Block):
    """A joke of the language it is told in, never a translation."""

    TEXTS = ("text",)
    type: Literal["joke"]
    text: Lines


class Game(_Block):
    """An invitation to one of the studio's games."""

    TEXTS = ("text",)
    type: Literal["game"]
    name: Literal["e-step", "beat-em", "degenerate", "pick-k", "kmeans-or-gmm"]
    seed: int = 0
    text: Words


class Code(_Block):
    """A program that runs as it stands, and what it prints."""

    TEXTS = ("caption",)
    type: Literal["code"]
    caption: Words
    code: Lines
    prints: str = ""


class Errata(_Block):
    """What is often said, what is so, and a check that tells them apart."""

    TEXTS = ("said", "correct")
    type: Literal["errata"]
    said: Words
    correct: Words
    check: str


Block = Annotated[
    Story
    | Prose
    | Quote
    | Figure
    | Formula
    | Derivation
    | Quiz
    | Numeric
    | Card
    | Recap
    | Joke
    | Game
    | Code
    | Errata,
    Field(discriminator="type"),
]


class Lesson(_Part):
    """A lesson in one language; `missing` and `stale` name blocks whose text is not up to date."""

    TEXTS = ("title", "question", "goals")
    id: Slug
    title: Words
    question: Words  # asked before anything is answered
    goals: Annotated[tuple[Words, ...], Field(min_length=1)]
    minutes: int
    blocks: Annotated[tuple[Block, ...], Field(min_length=1)]
    language: str
    missing: frozenset[str] = frozenset()
    stale: frozenset[str] = frozenset()

    def of(self, kind: type) -> tuple[Any, ...]:
        """The blocks of one class."""
        return tuple(block for block in self.blocks if isinstance(block, kind))


def texts(part: _Part) -> Iterator[tuple[str, str]]:
    """Every text of `part` and of what is in it, by its path: ``options.a.feedback``."""
    for name in type(part).model_fields:
        value = getattr(part, name)
        if name in part.TEXTS:
            yield from _named(name, value)
        elif isinstance(value, tuple) and name != "blocks":
            for item in value:
                if isinstance(item, _Part) and item.TEXTS:
                    yield from ((f"{name}.{item.id}.{path}", text) for path, text in texts(item))  # type: ignore[attr-defined]


def _named(name: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        if value:
            yield name, value
        return
    items = value.items() if isinstance(value, dict) else enumerate(value)
    yield from ((f"{name}.{key}", text) for key, text in items)
