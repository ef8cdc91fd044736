"""The page as its visitors meet it, in Chromium."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from tests.ui.browsing import TIMEOUT, choose_model, open_page, sources, tiles, wait_until
from tests.ui.language import PAGE, saying
from tests.ui.models import NAMES


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, permissions=["clipboard-read"])
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext, app_url: str) -> Iterator[Page]:
    """A page that must end without an error in its console and without asking another server."""
    page = context.new_page()
    troubles: list[str] = []

    def note(text: str) -> None:
        # Gradio does not catch that the browser breaks its requests off when a page is left, or only to print it. Of a
        # server that failed its own log tells, which is looked at in the end.
        if not text.startswith(("AbortError: signal is aborted", "Unexpected error Connection errored out")):
            troubles.append(text)

    page.on("console", lambda message: note(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: note(str(error)))
    own = (app_url, "data:", "blob:")
    page.on("request", lambda request: None if request.url.startswith(own) else troubles.append(request.url))
    yield page
    assert troubles == []


def seeds(page: Page) -> list[str]:
    return tiles(page).evaluate_all("tiles => tiles.map(tile => tile.dataset.seed)")


def test_pictures_are_there_without_a_click(page: Page, app_url: str) -> None:
    open_page(page, app_url)
    assert seeds(page) == [str(number) for number in range(16)]
    alt = page.locator(".ag-tile img").first.get_attribute("alt") or ""
    assert alt in {PAGE.picture_alt.format(label=name, seed=0) for name in NAMES}
    assert page.locator(".ag-tile b > b").count() == 0  # names are text, never markup
    # Whole factors, without smoothing.
    box = page.locator(".ag-tile img").first.bounding_box()
    assert box is not None
    assert box["width"] % 32 == 0
    style = page.locator(".ag-tile img").first.evaluate("image => getComputedStyle(image).imageRendering")
    assert style in ("pixelated", "crisp-edges")


def test_a_class_is_sampled_and_its_link_gives_the_same_pictures(page: Page, app_url: str, browser: Browser) -> None:
    open_page(page, app_url)
    page.locator("#classes label", has_text="Sneaker").click()
    page.locator("#count label", has_text=re.compile(r"^\s*9\s*$")).click()
    expect(tiles(page)).to_have_count(9, timeout=TIMEOUT)
    before = sources(page)
    page.get_by_role("button", name=PAGE.new_pictures).click()
    page.wait_for_function("old => document.querySelector('.ag-tile img').src !== old", arg=before[0])
    page.wait_for_url(re.compile("class=Sneaker"))
    assert set(page.locator(".ag-tile b").all_inner_texts()) == {"Sneaker"}
    shown, link = sources(page), page.url
    assert all(part in link for part in ("model=fashion-mnist", "rev=", "n=9", "seed="))
    other = browser.new_context()
    try:
        second = other.new_page()
        open_page(second, link, 9)
        assert sources(second) == shown
        assert second.url == link
        expect(second.locator("#classes label.selected")).to_have_text(re.compile("Sneaker"))
    finally:
        other.close()


def test_wrong_seeds_are_told_and_the_pictures_stay(page: Page, app_url: str) -> None:
    open_page(page, app_url)
    before = sources(page)
    field = page.locator("#seed input")
    for wrong in ("abc", "1.5", "-1", str(2**40), "4294967290"):
        field.fill(wrong)
        field.press("Enter")
        expect(page.locator(".ag-error")).to_contain_text(wrong)
        assert sources(page) == before
    assert "Traceback" not in page.content()
    field.fill("7")
    field.press("Enter")
    page.wait_for_url(re.compile("seed=7"))
    expect(page.locator(".ag-error")).to_have_count(0)
    assert seeds(page)[0] == "7"


def test_a_picture_opens_and_starts_a_morph(page: Page, app_url: str) -> None:
    open_page(page, app_url)
    small = sources(page)[3]
    tiles(page).nth(3).click()
    viewer = page.locator(".ag-viewer")
    expect(viewer).to_be_visible()
    assert viewer.locator("img").get_attribute("src") == small
    expect(viewer).to_contain_text(PAGE.picture_seed.format(seed=3), ignore_case=True)
    expect(viewer).to_contain_text("%")
    with page.expect_download() as download:
        viewer.get_by_text(PAGE.download).click()
    assert re.fullmatch(r'[^<>:"/\\|?*]+-seed3\.png', download.value.suggested_filename)
    viewer.get_by_text(PAGE.morph_to).click()
    expect(page.locator("#end-seed input")).to_have_value("3")
    expect(page.locator(".ag-player")).to_be_visible()
    page.wait_for_url(re.compile(r"tab=interpolate.*to=3"))
    ends = page.locator(".ag-end img").evaluate_all("images => images.map(image => image.src)")
    assert ends[1] == small


def test_a_picture_leads_to_more_like_it(page: Page, app_url: str) -> None:
    open_page(page, f"{app_url}?n=9&seed=5", 9)
    sheet, panel = page.locator(".ag-sheet-place .ag-tile"), page.locator("#variations")
    before = sources(page)
    expect(panel).to_be_hidden()
    sheet.nth(2).click()
    page.locator(".ag-viewer").get_by_text(PAGE.more_like_this).click()
    alike, trail = panel.locator(".ag-alike .ag-tile"), panel.locator(".ag-trail .ag-tile")
    expect(alike).to_have_count(12, timeout=TIMEOUT)
    expect(panel.locator("h2")).to_have_text(saying(PAGE.variations_of, picture=".*7"))
    expect(panel.locator("h2")).to_be_focused()
    page.wait_for_url(re.compile("seed=5&like=7$"))
    assert sheet.locator("img").evaluate_all("images => images.map(image => image.src)") == before
    near = alike.locator("img").evaluate_all("images => images.map(image => image.src)")
    expect(trail).to_have_count(1)
    viewer = page.locator(".ag-viewer")
    panel.locator("#alikeness").get_by_text(PAGE.alikenesses["far"]).click()
    page.wait_for_url(re.compile("like=7&alike=far$"))
    far = alike.locator("img").evaluate_all("images => images.map(image => image.src)")
    assert not set(near) & set(far)
    page.reload()
    expect(alike).to_have_count(12, timeout=TIMEOUT)
    assert alike.locator("img").evaluate_all("images => images.map(image => image.src)") == far
    # Leaving a field of the sheet as it was leaves the variations.
    page.locator("#seed input").focus()
    page.locator("#seed input").press("Enter")
    page.locator("#seed input").blur()
    page.wait_for_timeout(500)
    expect(alike).to_have_count(12)
    page.get_by_role("button", name=PAGE.close_variations).click()
    expect(panel).to_be_hidden()
    page.wait_for_url(re.compile("seed=5$"))
    sheet.nth(0).click()
    viewer.get_by_text(PAGE.more_like_this).click()
    expect(panel.locator("h2")).to_have_text(saying(PAGE.variations_of, picture=".*5"), timeout=TIMEOUT)
    page.locator("#count label", has_text="16").click()
    expect(sheet).to_have_count(16, timeout=TIMEOUT)
    expect(panel).to_be_hidden()
    assert "like" not in page.url


def test_a_morph_plays_and_its_slider_shows_its_frames(page: Page, app_url: str) -> None:
    open_page(page, app_url)
    page.get_by_role("tab", name=PAGE.tab_interpolate).click()
    frames = page.locator(".ag-strip img")
    expect(frames).to_have_count(32, timeout=TIMEOUT)
    animation, still = page.locator(".ag-animation"), page.locator(".ag-still")
    assert (animation.get_attribute("src") or "").startswith("data:image/webp")
    expect(animation).to_be_visible()
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.locator("[data-ag=scrub]").fill("20")
    expect(still).to_be_visible()
    assert still.get_attribute("src") == frames.nth(20).get_attribute("src")
    expect(page.locator(".ag-frame")).to_have_text(PAGE.frame_of.format(frame=21, frames=32))
    assert requests == []  # the slider asks nothing of the server
    before = page.locator(".ag-end img").first.get_attribute("src")
    page.get_by_role("button", name=PAGE.swap).click()
    page.wait_for_url(re.compile("from=1&to=0"))
    assert page.locator(".ag-end img").nth(1).get_attribute("src") == before
    page.locator("#frames input[type=number]").fill("16")
    page.locator("#frames input[type=number]").press("Enter")
    expect(frames).to_have_count(16, timeout=TIMEOUT)
    page.wait_for_url(re.compile("frames=16"))
    shown = frames.evaluate_all("images => images.map(image => image.src)")
    page.get_by_role("button", name=PAGE.advanced).locator("visible=true").click()
    page.locator("#speed").get_by_text(PAGE.speeds["slow"]).click()
    page.wait_for_url(re.compile("speed=slow"))
    expect(page.locator(".ag-player")).to_have_attribute("data-ms", "160")
    assert frames.evaluate_all("images => images.map(image => image.src)") == shown
    page.locator("#easing").get_by_text(PAGE.easings["resting"]).click()
    page.wait_for_url(re.compile("easing=resting"))
    resting = frames.evaluate_all("images => images.map(image => image.src)")
    assert resting != shown
    assert [resting[0], resting[-1]] == [shown[0], shown[-1]]
    page.reload()
    expect(frames).to_have_count(16, timeout=TIMEOUT)
    assert frames.evaluate_all("images => images.map(image => image.src)") == resting
    expect(page.locator("#start-seed input")).to_have_value("1")
    assert page.locator(".ag-end img").nth(1).get_attribute("src") == before
    page.locator("#start-seed input").fill("x")
    page.locator("#start-seed input").press("Enter")
    expect(page.locator(".ag-error")).to_contain_text("x")
    expect(frames).to_have_count(16)


def test_downloads_are_what_is_shown(page: Page, app_url: str, tmp_path: Path) -> None:
    open_page(page, f"{app_url}?n=9&seed=5", 9)
    with page.expect_download() as download:
        page.get_by_role("button", name=PAGE.download_all).click()
    content = Path(download.value.path()).read_bytes()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        rows = json.loads(archive.read("manifest.json"))
        assert [row["seed"] for row in rows] == list(range(5, 14))
        assert {row["file"] for row in rows} | {"manifest.json", "classes.json"} == set(archive.namelist())
    page.get_by_role("tab", name=PAGE.tab_interpolate).click()
    expect(page.locator(".ag-player")).to_be_visible()
    for name, head in (("WebP", b"RIFF"), ("GIF", b"GIF8"), ("MP4", b"\x00\x00\x00 ftyp"), ("PNG", b"\x89PNG")):
        with page.expect_download() as download:
            page.get_by_role("button", name=name).click()
        assert Path(download.value.path()).read_bytes().startswith(head)


def test_another_model_shows_its_own_classes(page: Page, app_url: str) -> None:
    open_page(page, app_url)
    before = sources(page)
    page.locator("#model input").click()
    page.get_by_role("option", name="many").click()
    page.wait_for_url(re.compile("model=many"))
    expect(page.locator("h1").first).to_have_text("many")
    expect(page.locator("#class-list")).to_be_visible()
    expect(page.locator("#classes")).to_be_hidden()
    shown = sources(page)
    assert shown != before
    page.locator("#model input").click()
    page.get_by_role("option", name="broken").click()
    expect(page.locator(".ag-error")).to_contain_text("format_version")
    assert sources(page) == shown
    expect(page.locator("#model input")).to_have_value("many")
    page.get_by_role("tab", name=PAGE.tab_about).click()
    expect(page.locator(".prose.ag-card")).to_contain_text("Draws pictures of 20 classes")
    page.wait_for_url(re.compile("model=many.*tab=about"))


def test_a_model_that_is_chosen_while_another_is_on_its_way_is_shown(page: Page, app_url: str) -> None:
    open_page(page, app_url)
    name = page.locator("h1").first.text_content()
    held: list[Route] = []

    def hold_the_drawing(route: Route) -> None:
        inputs = json.loads(route.request.post_data or "{}")["data"]
        if held or inputs[:2] != ["many", name]:
            route.continue_()
        else:
            held.append(route)

    page.route("**/queue/join*", hold_the_drawing)
    choose_model(page, "many")
    wait_until(page, lambda: bool(held))
    choose_model(page, "a-predefined")
    expect(page.locator("#model input")).to_have_value("a-predefined")
    held[0].continue_()
    expect(page.locator("h1").first).to_have_text("a-predefined")
    expect(page.locator("#model input")).to_have_value("a-predefined")
    page.wait_for_url(re.compile("model=a-predefined"))


def test_a_link_to_another_tab_stays_that_link_while_it_opens(context: BrowserContext, app_url: str) -> None:
    page = context.new_page()
    page.add_init_script(
        """window.addresses = []; const replace = history.replaceState.bind(history);
        history.replaceState = (state, title, url) => { window.addresses.push(url); replace(state, title, url); };"""
    )
    open_page(page, app_url + "?tab=batch&n=77")
    expect(page.locator("#batch-start")).to_be_visible(timeout=TIMEOUT)
    page.wait_for_function("window.addresses.some(url => url.includes('n=77'))", timeout=TIMEOUT)
    # A reload in the middle must not open another tab.
    assert all("tab=batch" in url for url in page.evaluate("window.addresses") if "model=" in url)


def test_a_link_to_what_is_gone_says_so_and_shows_the_nearest(page: Page, app_url: str) -> None:
    open_page(page, f"{app_url}?model=gone&class=Hat&n=10000&seed=abc&rev=zzzz")
    notes = page.locator(".ag-note")
    expect(notes).to_have_count(5)
    for part in ("gone", "Hat", "10000", "abc", "zzzz"):
        expect(notes.filter(has_text=part)).to_have_count(1)
    open_page(page, f"{app_url}?model=fashion-mnist&rev=0123abcd&seed=3")
    expect(notes).to_contain_text("0123abcd")


def test_a_phone_has_no_sideways_scroll(browser: Browser, app_url: str) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, color_scheme="dark", has_touch=True)
    try:
        page = context.new_page()
        for query, ready in (("?n=64", ".ag-tile"), ("?tab=interpolate", ".ag-player"), ("?tab=about", ".ag-facts")):
            page.goto(app_url + query)
            page.locator(ready).first.wait_for(timeout=TIMEOUT)
            assert page.evaluate("document.documentElement.scrollWidth") <= 390, query
    finally:
        context.close()


def test_the_keyboard_reaches_and_opens_a_picture(page: Page, app_url: str) -> None:
    open_page(page, app_url)
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.classList.contains('ag-tile')"):
            break
    page.keyboard.press("Enter")
    expect(page.locator(".ag-viewer")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".ag-viewer")).to_be_hidden()
