"""``mixtura course``: lessons, questions, cards and progress on a terminal."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from mixtura import course
from mixtura.course.plain import plain


@pytest.fixture
def learn(run, tmp_path):
    """Run the command with progress in a file of its own."""

    def learn(*args, stdin=None, language="en"):
        progress = tmp_path / "progress.sqlite"
        return run("course", *args, "--language", language, "--progress", progress, stdin=stdin)

    return learn


def quizzes(name):
    return [block for block in course.lesson(name).blocks if block.type in ("quiz", "numeric")]


def typed(name, right=True):
    """Answers to everything that a lesson asks."""
    lines = []
    for block in quizzes(name):
        if block.type == "numeric":
            lines.append(str(block.answer))
            continue
        chosen = [option.id for option in block.options if option.correct is right]
        lines.append("".join(chosen) if block.multi else chosen[0])
    return "\n".join(lines) + "\n"


def test_the_map_lists_every_lesson(learn):
    shown = learn()
    assert shown.code == 0
    assert course.words("en")["course"] in shown.out
    facts = learn("--json").json()
    assert [each["id"] for each in facts["lessons"]] == list(course.names())
    assert facts["due"] == [] and sum(facts["forecast"]) == 0


@pytest.mark.parametrize("language", course.LANGUAGES)
@pytest.mark.parametrize("name", course.names())
def test_lessons_are_printed_in_every_language(learn, name, language):
    shown = learn(name, "--no-quiz", language=language)
    assert shown.code == 0
    assert course.lesson(name, language).blocks[-1].id
    assert "\\frac" not in shown.out
    assert course.words(language)["untranslated"] not in shown.out


def test_questions_are_asked_and_remembered(learn):
    shown = learn("3", "--quiz", stdin=typed("em"))
    assert shown.code == 0, shown.err
    assert shown.out.count(course.words("en")["right"]) >= 3
    facts = learn("--json").json()
    (em,) = (each for each in facts["lessons"] if each["id"] == "em")
    assert em["finished"] and em["strength"] > 0.5
    wrong = learn("3", "--quiz", stdin=typed("em", right=False))
    assert wrong.out.count(course.words("en")["wrong"]) >= 3
    feedback = next(option for option in quizzes("em")[0].options if not option.correct)
    assert feedback.id


def test_questions_of_all_lessons_are_mixed(learn):
    asked = course.interleaved("en", seed=0)[:4]
    lines = []
    for _, quiz in asked:
        right = [option.id for option in quiz.options if option.correct]
        lines.append("".join(right) if quiz.multi else right[0])
    shown = learn("--mix", 4, stdin="\n".join(lines) + "\n")
    assert shown.code == 0, shown.err
    assert shown.out.count(course.words("en")["right"]) == 4
    assert len({lesson for lesson, _ in asked}) > 1


def test_an_answer_that_is_none_is_asked_again(learn):
    shown = learn("3", "--quiz", stdin="z\n" + typed("em"))
    assert shown.code == 0
    assert "a/b/c/d" in shown.out


def test_cards_that_are_due_are_turned_and_rated(learn, monkeypatch):
    from datetime import timedelta

    from mixtura.cli import cards

    learn("3", "--quiz", stdin=typed("em", right=False))
    later = cards._now() + timedelta(days=2)
    monkeypatch.setattr(cards, "_now", lambda: later)
    shown = learn("--review", stdin="\n3\n\n9\n1\n")
    assert course.words("en")["next-review"] in shown.out
    assert "undone: em-" in learn("--undo").out


def test_nothing_due(learn):
    assert course.words("en")["nothing-due"] in learn("--review").out


def test_progress_and_cards_leave_as_files(learn, tmp_path):
    learn("3", "--quiz", stdin=typed("em"))
    assert learn("--export", tmp_path / "me.json", "--anki", tmp_path / "deck.apkg").code == 0
    assert (tmp_path / "deck.apkg").stat().st_size > 0
    assert json.loads((tmp_path / "me.json").read_text("utf-8"))["review_log"]
    assert "0 reviews were new" in learn("--import", tmp_path / "me.json").out


def test_pictures_are_drawn(learn, tmp_path):
    shown = learn("3", "--no-quiz", "--figures", tmp_path / "pictures")
    assert shown.code == 0
    drawn = {path.name for path in (tmp_path / "pictures").glob("*.png")}
    assert drawn == {
        f"em-{block.id}.png" for block in course.lesson("em").blocks if block.type == "figure"
    }


def test_a_lesson_is_also_json(learn):
    document = learn("em", "--json").json()
    assert document["language"] == "en"
    assert len(document["blocks"]) == len(course.lesson("em").blocks)


def test_what_there_is_not(learn, tmp_path):
    shown = learn("twelve")
    assert shown.code == 1 and "em" in shown.err
    shown = learn("--import", tmp_path / "none.json")
    assert shown.code == 1 and "no such file" in shown.err


def test_without_the_extra_its_name_is_said():
    code = (
        "import sys; sys.modules['yaml'] = None\n"
        "from mixtura.cli import main\n"
        "main(['course', '--progress', '/dev/null/x'], standalone_mode=False)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert "pip install 'mixtura[course]'" in done.stderr


@pytest.mark.parametrize(
    ("tex", "shown"),
    [
        (r"\pi_k^{new} = \frac{N_k}{N}", "πₖ^(new) = Nₖ/N"),
        (r"\Sigma_k^{-1}", "Σₖ⁻¹"),
        (r"e^{-0.125}", "e^(-0.125)"),
        (r"\mathcal{N}(x \mid \mu, \Sigma)", "N(x | μ, Σ)"),
    ],
)
def test_formulas_as_text(tex, shown):
    assert plain(tex) == shown
