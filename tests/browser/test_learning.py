"""Course, review and games in a real browser: by keyboard, on a telephone, after a refresh."""

from __future__ import annotations

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
        for block in sheets[sheet - 1]:
            if block.type == "figure":
                page.get_by_role("button", name=say("course.look")).first.click()
                expect(page.get_by_alt_text(block.alt)).to_be_visible()
        fits(page)
        if sheet < len(sheets):
            page.get_by_role("button", name=say("course.next"), exact=True).click()
