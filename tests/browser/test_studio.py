"""The studio in a real browser: a short look always, all of it with ``make test-all``."""

from __future__ import annotations

import io
import re
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from mixtura import GaussianMixture, course, load
from mixtura.studio.games import GAMES
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


PLACES = [
    *(screen.name for screen in SCREENS),
    "course?lesson=em&page=2",
    "course?lesson=proof&page=3",
    *(f"games?game={name}&seed=7" for name in GAMES),
]


def at(place, language):
    path, _, query = place.partition("?")
    return f"{path}?{query}&lang={language}"


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("place", PLACES)
def test_a_screen_is_whole_on_a_telephone(visit, place, language):
    page = visit(at(place, language), width=390, height=844)
    page.rest()
    assert page.evaluate("document.querySelector('.stMain').scrollWidth") <= 390
    expect(page.locator("html")).to_have_attribute("lang", language)
    assert "[en]" not in page.locator(".stMain").inner_text()
    quiet(page)


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("width", [1280, 390])
def test_nobody_is_kept_out(visit, place, language, width):
    page = visit(at(place, language), width=width)
    page.rest()
    found = Axe().run(page).response["violations"]
    assert {violation["id"] for violation in found} <= NOT_OURS


@pytest.mark.parametrize("place", ["review", "course?lesson=proof&page=3"])
def test_a_page_that_is_read_comes_to_rest(visit, place):
    """What mends labels does not wake itself: an idle page changes nothing."""
    page = visit(at(place, "zh-Hant"))
    page.rest()
    changes = """() => new Promise(done => {
        let seen = 0;
        const observer = new MutationObserver(found => { seen += found.length; });
        observer.observe(document.body, { subtree: true, childList: true, attributes: true });
        setTimeout(() => { observer.disconnect(); done(seen); }, 500);
    })"""
    assert page.evaluate(changes) <= 5
    assert "Space" not in page.locator(".stMain").inner_text()


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
def test_points_are_added_and_erased_by_keys(visit):
    page = visit("?lang=en")
    settled(page, "each of 200 points")
    page.get_by_role("radio", name="Add points").focus()
    page.keyboard.press("Space")
    page.locator(".picture").focus()
    for key in ("ArrowUp", "ArrowUp", "Enter", "Shift+ArrowLeft"):
        page.keyboard.press(key)
    settled(page, "each of 201 points")
    expect(page.locator(".picture .cursor")).to_have_count(1)
    page.get_by_role("radio", name="Add points").focus()
    page.keyboard.press("ArrowRight")
    page.locator(".picture").focus()
    for key in ("ArrowUp", "ArrowUp", "Enter"):
        page.keyboard.press(key)
    expect(status(page)).not_to_contain_text("each of 201 points")
    page.keyboard.press("Control+z")
    settled(page, "each of 201 points")


def by_key(page, role, name, key):
    """Press a key on something, without a mouse."""
    found = page.get_by_role(role, name=name).first
    found.focus()
    page.keyboard.press(key)


@pytest.mark.slow
def test_a_model_is_chosen_by_keys(visit):
    page = visit("selection?lang=en")
    settled(page, "BIC chooses 2 components")
    expect(page.get_by_text("p = 11 parameters")).to_be_visible()
    by_key(page, "spinbutton", "Look at k", "ArrowUp")
    expect(page.get_by_text("p = 17 parameters")).to_be_visible()


@pytest.mark.slow
def test_methods_are_compared_by_keys(visit):
    page = visit("compare?lang=en")
    settled(page, "Point 1:")
    by_key(page, "spinbutton", "Point", "ArrowUp")
    settled(page, "Point 2:")
    by_key(page, "slider", "σ, in % of the width", "ArrowLeft")
    expect(page.get_by_text("With σ at 9.9%")).to_be_visible()


@pytest.mark.slow
def test_data_are_looked_through_by_keys(visit):
    page = visit("data?lang=en")
    by_key(page, "switch", "Try it with iris", "Space")
    by_key(page, "button", "Choose a mixture", "Enter")
    settled(page, "BIC chooses")


@pytest.mark.slow
def test_the_first_lesson_is_one_key_away(visit):
    page = visit("?lang=en")
    page.rest()
    by_key(page, "link", words("en")("playground.to_course"), "Enter")
    title = course.lessons("en")[0].title
    expect(page.locator("h1")).to_have_text(title)
    expect(page.get_by_text("Page 1 of")).to_be_visible()


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
@pytest.mark.parametrize(
    ("path", "label", "value"),
    [
        ("selection?data=cross&rows=40&criterion=aic", "Look at k", "3"),
        ("compare?data=ring&k=3&soft=False", "Seed", "5"),
        ("stepper?family=diag&k=3", "Seed", "5"),
    ],
)
def test_a_link_from_any_screen_shows_the_same(visit, path, label, value):
    page = visit(f"{path}&lang=en")
    page.rest()
    box = page.get_by_label(label).first
    box.fill(value)
    box.press("Enter")
    page.rest()
    seen = status(page).inner_text()
    fresh = visit(link(page) + "&lang=en")
    fresh.rest()
    expect(status(fresh)).to_have_text(seen)


@pytest.mark.slow
@pytest.mark.parametrize(
    "place",
    [
        "stepper?data=cross&k=3&family=tied&seed=4",
        "selection?data=cross&seed=4&rows=40&criterion=aic",
        "compare?data=ring&k=3&seed=2&reach=9&soft=False",
        "course?lesson=em&page=3",
        "games?game=pick-k&seed=7",
    ],
)
def test_a_language_is_switched_where_one_is(visit, place):
    page = visit(at(place, "en"))
    page.rest()
    page.get_by_text("繁體中文").first.click()
    expect(page.locator("html")).to_have_attribute("lang", "zh-Hant")
    page.rest()
    asked = parse_qs(urlsplit(place).query) | {"lang": ["zh-Hant"]}
    assert asked.items() <= parse_qs(urlsplit(page.url).query).items()
    fresh = visit(page.url)
    fresh.rest()
    assert fresh.locator("h1").inner_text() == page.locator("h1").inner_text()
    quiet(page)


@pytest.mark.slow
def test_a_file_and_its_mixture_survive_a_switch_of_language(visit):
    page = visit("data?lang=en")
    upload(page, "x.csv", b"a,b\n" + b"".join(b"%d,%d\n" % (i % 7, i % 5) for i in range(40)))
    press(page, "Choose a mixture")
    settled(page, "BIC chooses")
    page.get_by_text("繁體中文").click()
    expect(page.locator("h1")).to_have_text(words("zh-Hant")("data.title"))
    settled(page, "BIC 選了")


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
