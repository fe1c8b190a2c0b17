"""Lessons keep their promises: formulas parse, checks hold, figures show it, code runs."""

from __future__ import annotations

import contextlib
import io
import re
import warnings
from functools import cache

import pytest
from matplotlib.mathtext import MathTextParser

from mixtura import course
from mixtura.course.checks import CHECKS, evidence
from mixtura.course.content import fingerprints, overlay
from mixtura.course.data import DATA
from mixtura.course.figures import FIGURES
from mixtura.course.picture import picture
from mixtura.course.schema import (
    Card,
    Code,
    Derivation,
    Errata,
    Figure,
    Formula,
    Joke,
    Numeric,
    Quiz,
    Quote,
    Recap,
    Story,
    texts,
)
from mixtura.course.worked import WORKED

LESSONS = course.lessons()
TAUGHT = [each for each in LESSONS if each.id not in {"map", "review"}]
IN_EVERY_LANGUAGE = [
    pytest.param(course.lesson(name, language), id=f"{name}-{language}")
    for name in course.names()
    for language in course.LANGUAGES
]
_TEX = re.compile(r"\$([^$]+)\$")


def every(kind):
    return [
        pytest.param(block, id=f"{lesson.id}-{block.id}")
        for lesson in LESSONS
        for block in lesson.of(kind)
    ]


def checks_named():
    named = {}
    for lesson in LESSONS:
        for block in lesson.blocks:
            if isinstance(block, Formula | Errata) and block.check:
                named[block.check] = lesson.id
            if isinstance(block, Derivation):
                named |= {step.check: lesson.id for step in block.steps}
    return named


@cache
def drawn(lesson, block):
    return picture(next(b for b in course.lesson(lesson).blocks if b.id == block))


@pytest.mark.parametrize("lesson", IN_EVERY_LANGUAGE)
def test_every_language_is_whole_and_fresh(lesson):
    assert not lesson.missing
    assert not lesson.stale
    source = course.lesson(lesson.id)
    for here, there in zip(source.blocks, lesson.blocks, strict=True):
        assert dict(texts(here)).keys() == dict(texts(there)).keys(), here.id


@pytest.mark.parametrize("lesson", IN_EVERY_LANGUAGE)
def test_overlays_say_nothing_that_is_not_in_the_lesson(lesson):
    if lesson.language == course.SOURCE:
        return
    (place,) = (place for place in course.outline() if place.id == lesson.id)
    known = {"lesson", "hashes", *(block.id for block in lesson.blocks)}
    over = overlay(place.file, lesson.language)
    assert set(over) <= known
    source = course.lesson(lesson.id)
    assert over["hashes"] == fingerprints(source)
    for name, block in {"lesson": source, **{b.id: b for b in source.blocks}}.items():
        assert set(_leaves(over.get(name, {}))) == set(dict(texts(block))), name


def _leaves(node, path=()):
    items = node.items() if isinstance(node, dict) else enumerate(node)
    for key, value in items:
        if isinstance(value, str):
            yield ".".join([*path, str(key)])
        else:
            yield from _leaves(value, (*path, str(key)))


@pytest.mark.parametrize("lesson", IN_EVERY_LANGUAGE)
def test_formulas_in_sentences_parse_and_are_kept(lesson):
    parser = MathTextParser("path")
    source = course.lesson(lesson.id)
    for here, there in zip(source.blocks, lesson.blocks, strict=True):
        if isinstance(here, Joke):
            continue
        for (path, ours), (_, theirs) in zip(texts(here), texts(there), strict=True):
            assert theirs.count("$") % 2 == 0, (here.id, path)
            for tex in _TEX.findall(theirs):
                parser.parse(f"${tex}$")
            assert set(_TEX.findall(ours)) == set(_TEX.findall(theirs)), (here.id, path)


@pytest.mark.parametrize("block", every(Formula) + every(Derivation))
def test_formulas_parse(block):
    parser = MathTextParser("path")
    for tex in [block.tex] if isinstance(block, Formula) else [step.tex for step in block.steps]:
        parser.parse(f"${tex}$")
    for tex, term in getattr(block, "symbols", {}).items():
        parser.parse(f"${tex}$")
        assert all(term in course.terms(language) for language in course.LANGUAGES)


@pytest.mark.parametrize("name", checks_named())
def test_checks_hold(name):
    found = evidence(name)
    assert found.holds, found
    assert found.numbers


@pytest.mark.parametrize("block", every(Numeric))
def test_numbers_by_hand_are_the_computed_ones(block):
    assert abs(WORKED[block.compute]() - block.answer) <= block.tol


@pytest.mark.parametrize("block", every(Figure))
def test_figures_show_what_they_must(block):
    made = picture(block)
    for expected in block.expect:
        assert expected.holds(made.numbers[expected.value]), (expected, made.numbers)
    _render(made)


@pytest.mark.slow
@pytest.mark.parametrize("block", [each for each in every(Figure) if each.values[0].controls])
def test_figures_are_drawn_wherever_their_controls_are_turned(block):
    for control in block.controls:
        for value in control.extremes():
            assert picture(block, **{control.parameter: value}).figure.axes


def _render(made):
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph")  # a machine without Chinese fonts
        made.figure.savefig(io.BytesIO(), dpi=30)
    assert made.figure.axes


@pytest.mark.parametrize("block", every(Code))
def test_code_runs_and_prints_what_is_shown(block, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(block.code, block.id, "exec"), {"__name__": "lesson"})
    assert printed.getvalue().strip() == block.prints.strip()


def test_numbers_of_checks_have_names_in_every_language():
    same_everywhere = {"tied", "full", "K-Means", "DBSCAN", "Mixtura", "det Σ", "λ min", "∑ log"}
    same_everywhere |= {"log 7", "log 8", "log L/N, σ=1e-4", "∑ P(Z|X) log"}
    keys = {
        key
        for lesson in LESSONS
        for block in lesson.of(Errata)
        for key in evidence(block.check).numbers
        if re.search("[A-Za-z]{3}", key)
    }
    assert keys - same_everywhere == set(course.number_names("en"))
    for language in ("zh-Hans", "zh-Hant"):
        assert all(name for name in course.number_names(language).values())


def test_broken_lines_of_chinese_leave_no_space():
    text = next(b for b in course.lesson("em").blocks if b.id == "by-hand").text
    assert "\n上下约掉" not in text and "两组一样，上下约掉" in text
    spoken = next(b for b in course.lesson("why").blocks if b.id == "the-counter").text
    assert "\n\n“照平均身高做" in spoken


def test_no_card_is_an_orphan_and_every_question_has_one():
    cards = [card.id for lesson in LESSONS for card in lesson.of(Card)]
    asked = {quiz.card for lesson in LESSONS for quiz in lesson.of(Quiz)}
    assert len(cards) == len(set(cards))
    assert set(cards) == asked


def test_nothing_registered_is_left_unused():
    figures = [block for lesson in LESSONS for block in lesson.of(Figure)]
    assert set(FIGURES) == {block.function for block in figures}
    assert {block.dataset for block in figures} <= set(DATA)
    assert set(CHECKS) == set(checks_named())
    assert set(WORKED) == {block.compute for lesson in LESSONS for block in lesson.of(Numeric)}


def test_the_map_has_no_loops_and_no_loose_ends():
    known = set()
    places = {place.id: set(place.after) for place in course.outline()}
    assert set().union(*places.values()) <= set(places)
    while places:
        open_now = {name for name, before in places.items() if before <= known}
        assert open_now, f"a loop among {set(places)}"
        known |= open_now
        places = {name: before for name, before in places.items() if name not in known}


@pytest.mark.parametrize("lesson", TAUGHT, ids=lambda lesson: lesson.id)
def test_a_lesson_has_all_that_a_lesson_has(lesson):
    assert lesson.of(Story)
    assert lesson.of(Derivation)
    assert len(lesson.of(Quiz)) >= 3
    assert lesson.of(Numeric)
    assert lesson.of(Card)
    assert lesson.of(Recap)
    assert lesson.of(Joke)
    assert len({block.id for block in lesson.blocks}) == len(lesson.blocks)


@pytest.mark.parametrize("lesson", LESSONS[1:], ids=lambda lesson: lesson.id)
def test_a_lesson_has_two_figures_and_one_to_play_with(lesson):
    assert len(lesson.of(Figure)) >= 2
    assert any(figure.controls for figure in lesson.of(Figure))


@pytest.mark.parametrize("block", every(Quote))
def test_quotations_name_a_source_with_a_year(block):
    assert re.search(r"\b(1[5-9]|20)\d\d\b", block.source)


@pytest.mark.parametrize("lesson", IN_EVERY_LANGUAGE)
def test_words_of_the_house(lesson):
    wrong = {
        "zh-Hans": r"[資參數據麼這個們說會發實]",
        "zh-Hant": r"數據|(?<!演)算法|函式|引數|似然|聚類|圖像|(?<!共)協方差|隨機數|屏幕"
        r"|優化|缺省|默認|信息|軟件|硬件|視頻|厘米|釐米|[数据这个们说会发实么]",
        "en": r"[\u3400-\u9fff]",
    }[lesson.language]
    for part in (lesson, *lesson.blocks):
        for path, text in texts(part):
            assert not re.search(wrong, text), (getattr(part, "id", ""), path)


def test_a_missing_text_is_the_sources_and_a_changed_source_shows(monkeypatch):
    from mixtura.course import content

    real = content.overlay

    def thinned(file, language):
        over = {**real(file, language)}
        over.pop("em-joke")
        over["by-hand"] = {"heading": over["by-hand"]["heading"]}
        over["hashes"] = over["hashes"] | {"which-mean": "of another day"}
        return over

    monkeypatch.setattr(content, "overlay", thinned)
    found = content.lesson.__wrapped__("em", "en")
    assert found.missing == {"em-joke", "by-hand"}
    assert found.stale == {"which-mean"}
    by_id = {block.id: block for block in found.blocks}
    assert by_id["em-joke"].text == next(b.text for b in course.lesson("em").of(Joke))
    assert by_id["by-hand"].heading == "A customer of 150 cm, in pencil"
