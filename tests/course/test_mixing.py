"""Questions of all lessons, mixed."""

from __future__ import annotations

from itertools import pairwise

from mixtura import course
from mixtura.course.schema import Quiz


def test_every_question_once_and_hardly_ever_two_of_a_lesson_in_a_row():
    asked = course.interleaved("en", seed=3)
    everything = {(each.id, quiz.id) for each in course.lessons("en") for quiz in each.of(Quiz)}
    assert len(asked) == len(everything)
    assert {(lesson, quiz.id) for lesson, quiz in asked} == everything
    assert sum(one[0] == two[0] for one, two in pairwise(asked)) <= 1


def test_a_seed_is_an_order():
    assert course.interleaved("en", 1) == course.interleaved("en", 1)
    assert course.interleaved("en", 1) != course.interleaved("en", 2)
