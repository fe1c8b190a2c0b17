"""The studio in a real browser: a short look always, all of it with ``make test-all``."""

from __future__ import annotations

import io
import re

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from mixtura import GaussianMixture, load
from mixtura.studio.language import LANGUAGES, words
from mixtura.studio.presets import PRESETS
from mixtura.studio.shell import SCREENS

# Streamlit's own upload box; nothing that a page could mend.
NOT_OURS = {"presentation-role-conflict"}


def status(page):
    return page.locator("p[role=status]").filter(has_text=re.compile(r"\S")).first


def settled(page, text):
    """Wait until the live sentence says so."""
    expect(status(page)).to_contain_text(text)


def press(page, name):
    page.get_by_role("button", name=name, exact=True).click()


def quiet(page):
    """Whether nothing has gone wrong, and nobody outside was asked for anything."""
    expect(page.locator("[data-testid=stException]")).to_have_count(0)
    assert page.errors == []
    assert page.outside == []


def test_the_first_screen_is_alive_and_fits_a_telephone(visit):
    page = visit("?lang=zh-Hans", width=390, height=844)
    settled(page, "平均对数似然")
    expect(page.locator(".picture .ellipse")).to_have_count(4)
    assert page.locator("html").get_attribute("lang") == "zh-Hans"
    wide = "document.querySelector('.stMain').scrollWidth"
    assert page.evaluate(wide) <= 390
    quiet(page)


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("screen", SCREENS, ids=lambda screen: screen.name)
def test_a_screen_is_whole_in_a_language(visit, screen, language):
    page = visit(f"{screen.name}?lang={language}", width=390, height=844)
    expect(page.locator("h1")).to_have_text(words(language)(f"{screen.name}.title"))
    page.wait_for_timeout(2500)
    assert page.evaluate("document.querySelector('.stMain').scrollWidth") <= 390
    assert "[en]" not in page.locator(".stMain").inner_text()
    quiet(page)


@pytest.mark.slow
@pytest.mark.parametrize("screen", SCREENS, ids=lambda screen: screen.name)
def test_nobody_is_kept_out(visit, screen):
    page = visit(f"{screen.name}?lang=en")
    page.wait_for_timeout(4000)
    found = Axe().run(page).response["violations"]
    assert {violation["id"] for violation in found} <= NOT_OURS


@pytest.mark.slow
def test_e_and_m_go_forth_and_back_and_the_likelihood_rises(visit):
    page = visit("stepper?lang=en")
    settled(page, "iteration 0: nobody belongs to anyone yet")
    seen = []
    for _ in range(3):
        press(page, "E-step")
        settled(page, "after the E-step")
        seen.append(float(re.search(r"likelihood (-[\d.]+\d)", status(page).inner_text())[1]))
        press(page, "M-step")
        settled(page, "after the M-step")
    assert seen == sorted(seen)
    press(page, "Back")
    settled(page, "Iteration 2, after the E-step")
    page.get_by_label("Place in the run").focus()
    page.keyboard.press("Home")
    settled(page, "iteration 0")
    x = PRESETS["cake-shop"](1)
    mixture = GaussianMixture(2, init_params="random_from_data", random_state=1, max_iter=0)
    assert seen[0] == pytest.approx(mixture.fit(x).score(x), abs=1e-4)


@pytest.mark.slow
def test_a_mean_is_dragged_branched_and_undone(visit):
    page = visit("stepper?lang=en")
    settled(page, "iteration 0")
    for _ in range(2):
        press(page, "E-step")
        press(page, "M-step")
    before = status(page).inner_text()
    box = page.locator("[data-handle='mean 0']").bounding_box()
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.move(*middle)
    page.mouse.down()
    page.mouse.move(middle[0] + 60, middle[1] - 40, steps=6)
    page.mouse.up()
    settled(page, "Iteration 2, after the E-step")
    assert status(page).inner_text() != before
    expect(page.locator(".curve .old")).to_have_count(1)
    press(page, "Undo")
    expect(status(page)).to_have_text(before)
    expect(page.locator(".curve .old")).to_have_count(0)
    press(page, "Redo")
    settled(page, "Iteration 2, after the E-step")


@pytest.mark.slow
def test_a_keyboard_is_enough(visit):
    page = visit("stepper?lang=en")
    settled(page, "iteration 0")
    handle = page.locator("[data-handle='mean 1']")
    before = handle.get_attribute("transform")
    handle.focus()
    page.keyboard.press("ArrowRight")
    settled(page, "after the E-step")
    assert handle.get_attribute("transform") != before
    along = page.locator("[data-handle='along 1']")
    shape = page.locator(".ellipse.chosen").first.get_attribute("d")
    along.focus()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowLeft")
    assert page.locator(".ellipse.chosen").first.get_attribute("d") != shape
    for _ in range(3):
        page.keyboard.press("Control+z")
    settled(page, "iteration 0: nobody")


@pytest.mark.slow
def test_points_are_added_and_erased(visit):
    page = visit("?lang=en")
    settled(page, "each of 200 points")
    page.get_by_role("radio", name="Add points").check(force=True)
    box = page.locator(".picture").bounding_box()
    page.mouse.click(box["x"] + 0.3 * box["width"], box["y"] + 0.3 * box["height"])
    settled(page, "each of 201 points")
    page.get_by_role("radio", name="Erase").check(force=True)
    page.mouse.click(box["x"] + 0.3 * box["width"], box["y"] + 0.3 * box["height"])
    settled(page, "each of 200 points")


def link(page):
    page.get_by_text("Link to exactly this").click()
    return page.locator(".stCode").filter(has_text="http").inner_text().strip()


@pytest.mark.slow
def test_a_link_brings_back_what_was_seen(visit):
    page = visit("?lang=en&k=3&family=tied&seed=5&data=three-crowds")
    settled(page, "3 components")
    box = page.get_by_label("Component 2: mean, across")
    box.fill("1.5")
    box.press("Enter")
    settled(page, "Iteration")
    likelihood = re.search(r"Mean log-likelihood -[\d.]+\d", status(page).inner_text())[0]
    page.wait_for_timeout(3000)
    fresh = visit(link(page) + "&lang=en")
    expect(status(fresh)).to_contain_text(likelihood)
    expect(fresh.get_by_label("Component 2: mean, across")).to_have_value("1.5")
    expect(fresh.get_by_label("Components k")).to_have_value("3")


@pytest.mark.slow
def test_a_language_is_switched_and_nothing_is_lost(visit):
    page = visit("?lang=en&k=4")
    settled(page, "4 components")
    page.get_by_text("繁體中文").click()
    expect(page.locator("h1")).to_have_text(words("zh-Hant")("playground.title"))
    settled(page, "4 個成分")
    expect(page.locator("html")).to_have_attribute("lang", "zh-Hant")
    page.get_by_role("link", name=words("zh-Hant")("stepper.menu")).click()
    expect(page.locator("h1")).to_have_text(words("zh-Hant")("stepper.title"))


def upload(page, name, content):
    file = {"name": name, "mimeType": "text/csv", "buffer": content}
    page.locator("input[type=file]").set_input_files(file)


@pytest.mark.slow
def test_a_file_is_read_swept_and_taken_away(visit, tmp_path):
    page = visit("data?lang=en")
    random = np.random.default_rng(0)
    x = np.vstack([random.normal(0, 1, (60, 2)), random.normal(9, 1, (60, 2))])
    text = io.StringIO()
    np.savetxt(text, x, delimiter=",", header="<b>a</b>,=1+1", comments="")
    upload(page, "<img src=x onerror=alert(1)>.csv", text.getvalue().encode())
    expect(page.locator(".studio-table").first).to_contain_text("120")
    press(page, "Choose a mixture")
    settled(page, "BIC chooses 2 components")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download responsibilities (CSV)").click()
    download.value.save_as(tmp_path / "labels.csv")
    assert len((tmp_path / "labels.csv").read_text().splitlines()) == 121
    with page.expect_download() as download:
        page.get_by_role("button", name="Download the model").click()
    download.value.save_as(tmp_path / "mixture.safetensors")
    assert load(tmp_path / "mixture.safetensors").n_components == 2
    quiet(page)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "empty"),
        (b"a,b\n1,2\n3\n", "line 3"),
        (b"\x00\x01\xff" * 50, "cannot be used"),
        (b"<script>alert(1)</script>\n<b>\n", "cannot be used"),
    ],
)
def test_a_bad_file_is_refused_and_the_session_lives(visit, content, message):
    page = visit("data?lang=en")
    upload(page, "x.csv", content)
    expect(page.get_by_role("alert").filter(has_text="cannot be used")).to_contain_text(message)
    page.get_by_text("Try it with iris").click()
    quiet(page)
