"""Course, review and games in a real browser: by keyboard, on a telephone, after a refresh."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from mixtura import course
from mixtura.studio.language import words
from mixtura.studio.lesson import pages

SAY = words("en")
pytestmark = pytest.mark.slow


def standing(page, new, total):
    text = SAY("review.standing", due=0, new=new, all=total)
    expect(page.get_by_role("status").filter(has_text=text)).to_be_visible()


def fits(page):
    expect(page.locator("[data-testid=stException]")).to_have_count(0)
    assert page.errors == []
    assert page.evaluate("document.querySelector('.stMain').scrollWidth") <= 390


def test_cards_are_turned_rated_and_taken_back_by_keys_and_a_refresh_loses_nothing(visit):
    total = len(course.cards("en"))
    page = visit("review?lang=en")
    name = page.get_by_label(SAY("review.who"), exact=True)
    name.fill("ann of the keys")
    name.press("Enter")
    standing(page, total, total)
    page.locator("h1").click()
    page.keyboard.press("Space")
    expect(page.get_by_role("button", name=SAY("review.easy"))).to_be_visible()
    page.keyboard.press("4")
    standing(page, total - 1, total)
    page.reload()
    standing(page, total - 1, total)
    expect(name).to_have_value("ann of the keys")
    page.locator("h1").click()
    page.keyboard.press("u")
    standing(page, total, total)


def test_a_game_goes_on_after_a_refresh_and_needs_no_mouse(visit):
    page = visit("games?lang=en&game=e-step&seed=3", width=390, height=844)
    slider = page.get_by_role("slider").first
    slider.focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_text(SAY("games.e-step.given", shares="1: 51%, 2: 49%"))).to_be_visible()
    page.get_by_role("button", name=SAY("games.answer")).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name=SAY("games.next"))).to_be_visible()
    fits(page)
    page.reload()
    expect(page.get_by_text(SAY("games.round", round=2, all=5))).to_be_visible()
    fits(page)


def test_a_component_is_moved_against_em(visit):
    page = visit("games?lang=en&game=beat-em&seed=3")
    box = page.get_by_label("Component 2: mean, across")
    box.fill("3.5")
    box.press("Enter")
    page.wait_for_timeout(2000)
    page.get_by_role("button", name=SAY("games.beat-em.turn", turn=1, all=10)).click()
    expect(page.get_by_text(SAY("games.beat-em.turn", turn=2, all=10))).to_be_visible()
    assert "turns=" in page.url
    assert float(page.get_by_label("Component 2: mean, across").input_value()) == 3.5


@pytest.mark.parametrize("number", range(len(course.names())))
def test_a_lesson_is_read_on_a_telephone_to_its_end(visit, number):
    """Every lesson, in one language after the other; each figure is looked at."""
    name, language = course.names()[number], list(course.LANGUAGES)[number % 3]
    found, say = course.lesson(name, language), words(language)
    page = visit(f"course?lang={language}&lesson={name}", width=390, height=844)
    sheets = pages(found.blocks)
    for sheet in range(1, 1 + len(sheets)):
        expect(page.get_by_text(say("course.page", page=sheet, all=len(sheets)))).to_be_visible()
        figures = [block for block in sheets[sheet - 1] if block.type == "figure"]
        look = page.get_by_role("button", name=say("course.look"))
        for left, block in reversed(list(enumerate(reversed(figures)))):
            look.first.click()
            expect(page.get_by_alt_text(block.alt, exact=True)).to_be_visible()
            expect(look).to_have_count(left)
        fits(page)
        page.rest()
        if sheet < len(sheets):
            page.get_by_role("button", name=say("course.next"), exact=True).click()


def test_a_figure_is_taken_in_hand_and_its_link_leads_to_the_stage(visit):
    page = visit("course?lang=en&lesson=review&page=1")
    page.get_by_role("button", name=SAY("course.look")).first.click()
    page.get_by_text(SAY("course.by_hand")).click()
    for name in ("stage.e_step", "stage.m_step"):
        page.get_by_role("button", name=SAY(name), exact=True).click()
    said = page.locator("p[role=status]").filter(has_text="Iteration 1, after the M-step")
    expect(said).to_be_visible()
    page.wait_for_timeout(3000)
    page.get_by_text(SAY("take.link")).click()
    address = page.locator(".stCode").filter(has_text="http").inner_text().strip()
    assert urlsplit(address).path == "/stepper"
    fresh = visit(f"{address}&lang=en")
    expect(fresh.get_by_role("status").first).to_contain_text("Iteration 1")


def test_questions_of_all_lessons_are_mixed_and_answered(visit):
    page = visit("review?lang=en")
    page.get_by_text(SAY("review.mixed")).click()
    total = len(course.interleaved("en", 1))
    for number in (1, 2):
        expect(page.get_by_text(f"Question {number} of {total}")).to_be_visible()
        box = page.locator("[data-testid=stForm]")
        box.locator("label").filter(has=page.locator("input")).first.click()
        box.get_by_role("button", name=SAY("games.answer")).click()
        expect(page.get_by_text("✓").first).to_be_visible()
        page.get_by_role("button", name=SAY("review.another")).click()
