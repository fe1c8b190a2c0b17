"""What is no lesson is refused, and says where."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from mixtura import course
from mixtura.course.picture import picture
from mixtura.course.schema import Derivation, Expect, Figure, Quiz
from mixtura.exceptions import InvalidParameterError


def option(name, correct=False):
    return {"id": name, "text": "t", "feedback": "f", "correct": correct}


QUIZ = {"id": "q", "type": "quiz", "question": "?", "card": "c"}
FIGURE = {
    "id": "f",
    "type": "figure",
    "function": "one-customer",
    "predict": "?",
    "caption": "c",
    "alt": "a",
    "expect": [{"value": "pupil", "above": 0}],
}


@pytest.mark.parametrize(
    "options",
    [
        [option("a", True), option("b")],  # too few
        [option("a"), option("b"), option("c")],  # none right
        [option("a", True), option("b", True), option("c")],  # two right
        [option("a", True), option("b"), {"id": "c", "text": "t", "feedback": " "}],
    ],
)
def test_a_question_has_one_right_answer_and_feedback_on_all(options):
    with pytest.raises(ValidationError):
        Quiz.model_validate(QUIZ | {"options": options})


def test_several_right_answers_must_be_meant():
    several = [option("a", True), option("b", True), option("c")]
    assert Quiz.model_validate(QUIZ | {"options": several, "multi": True})
    with pytest.raises(ValidationError, match="not all"):
        all_right = [option(name, True) for name in "abc"]
        Quiz.model_validate(QUIZ | {"options": all_right, "multi": True})


@pytest.mark.parametrize("missing", ["alt", "caption", "predict", "expect"])
def test_a_figure_is_described_and_expected(missing):
    with pytest.raises(ValidationError, match=missing):
        Figure.model_validate({k: v for k, v in FIGURE.items() if k != missing})


def test_a_control_turns_a_parameter_that_there_is():
    control = {"id": "tilt", "kind": "switch", "label": "l"}
    with pytest.raises(ValidationError, match="tilt"):
        Figure.model_validate(FIGURE | {"controls": [control]})


def test_a_blank_is_in_its_line():
    step = {"id": "s", "tex": "a = b", "why": "w", "check": "c"}
    with pytest.raises(ValidationError, match="blank"):
        Derivation.model_validate(
            {
                "id": "d",
                "type": "derivation",
                "heading": "h",
                "steps": [step, step | {"blank": "c"}],
            }
        )


def test_expectations_can_fail():
    assert not Expect(value="x", above=1).holds(1.0)
    assert not Expect(value="x", below=1).holds(1.0)
    assert not Expect(value="x", equals=1, tol=0.1).holds(1.2)
    assert Expect(value="x", equals=1, tol=0.1, above=0, below=2).holds(1.05)


def test_names_that_there_are_not():
    with pytest.raises(InvalidParameterError, match="`lesson` must be one of"):
        course.lesson("four")
    with pytest.raises(InvalidParameterError, match="`language` must be one of"):
        course.lesson("em", "zh")
    block = next(block for block in course.lesson("em").of(Figure) if block.params)
    with pytest.raises(InvalidParameterError, match="`turned` must be among"):
        picture(block, tilt=3)
    with pytest.raises(InvalidParameterError, match="did you mean 'one-customer'"):
        picture(Figure.model_validate(FIGURE | {"function": "one-custome"}))
