"""More than two pictures in the tab Interpolate, in Chromium."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator

import pytest
from PIL import Image, ImageColor
from playwright.sync_api import Browser, Page, expect

from amgan.ui.state import MAX_FRAMES
from tests.ui.browsing import TIMEOUT
from tests.ui.language import PAGE, saying

CARDS = ("start", "via1", "via2", "via3", "via4", "end")


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 390, "height": 844})
    yield context.new_page()
    context.close()


def cards(page: Page) -> list[str]:
    return [name for name in CARDS if page.locator(f"#{name}-card").is_visible()]


def seeds(page: Page) -> list[str]:
    return [page.locator(f"#{name}-seed input").input_value() for name in cards(page)]


def pictures(page: Page) -> list[str]:
    return page.locator(".ag-end img").evaluate_all("images => images.map(image => image.src)")


def test_pictures_are_added_taken_away_and_restored(page: Page, app_url: str) -> None:
    page.goto(f"{app_url}?tab=interpolate&from=3&to=5&frames=16")
    expect(page.locator(".ag-strip img")).to_have_count(16, timeout=TIMEOUT)
    assert cards(page) == ["start", "end"]
    expect(page.get_by_role("button", name=PAGE.take_away)).to_have_count(0)
    first, last = pictures(page)

    page.get_by_role("button", name=PAGE.add_picture).click()
    page.wait_for_url(re.compile(r"from=3&via1=5&to=\d+&frames=16$"))
    expect(page.locator("#via1-card")).to_be_visible()
    assert seeds(page)[:2] == ["3", "5"]
    assert pictures(page)[:2] == [first, last]
    expect(page.get_by_role("button", name=PAGE.take_away)).to_have_count(3)

    for number in (2, 3, 4):
        page.get_by_role("button", name=PAGE.add_picture).click()
        page.wait_for_url(re.compile(f"via{number}="))
    assert cards(page) == list(CARDS)
    expect(page.get_by_role("button", name=PAGE.add_picture)).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    # One sees and meets what is to be moved and ticked, Gradio's own handle being white.
    handle = Image.open(io.BytesIO(page.locator("#frames input[type=range]").screenshot())).convert("RGB")
    place = 8 + round((handle.width - 16) * (16 - 8) / (MAX_FRAMES - 8))
    assert handle.getpixel((place, handle.height // 2)) == ImageColor.getrgb("#0f766e")
    page.get_by_text(PAGE.advanced).locator("visible=true").click()
    tick = page.locator("#loop label")
    assert tick.evaluate("label => label.getBoundingClientRect().height") >= 44

    # What is shown at the keyframes is what the cards show.
    shown, link = pictures(page), page.url
    strip = page.locator(".ag-strip img").evaluate_all("images => images.map(image => image.src)")
    assert [strip[frame] for frame in (0, 3, 6, 9, 12, 15)] == shown
    page.reload()
    expect(page.locator(".ag-end img")).to_have_count(6, timeout=TIMEOUT)
    assert (pictures(page), page.url) == (shown, link)

    before = seeds(page)
    page.locator("#via2-seed input").fill("77")
    page.locator("#via2-seed input").press("Enter")
    page.wait_for_url(re.compile("via2=77"))
    page.get_by_role("button", name=PAGE.swap).click()
    page.wait_for_url(re.compile("&to=3&"))
    expect(page.locator("#via3-seed input")).to_have_value("77")
    page.locator("#via3-shuffle").click()
    page.wait_for_url(re.compile("via3=(?!77&)"))

    page.locator("#start-remove").click()
    page.wait_for_url(re.compile(f"from={before[4]}&"))
    expect(page.locator("#via4-card")).to_be_hidden()
    assert seeds(page) == [before[4], before[3], seeds(page)[2], "5", "3"]
    page.locator("#end-remove").click()
    page.wait_for_url(re.compile("to=5&"))
    for _ in range(2):
        left = len(cards(page))
        page.locator("#via1-remove").click()
        expect(page.locator(".ag-end img")).to_have_count(left - 1)
    assert seeds(page) == [before[4], "5"]
    expect(page.get_by_role("button", name=PAGE.take_away)).to_have_count(0)
    page.wait_for_url(re.compile(f"from={before[4]}&to=5&frames=16$"))


def test_a_wrong_seed_in_the_middle_is_told_and_a_file_names_all_seeds(page: Page, app_url: str) -> None:
    page.goto(f"{app_url}?tab=interpolate&from=3&via1=4&to=5&frames=8")
    expect(page.locator(".ag-strip img")).to_have_count(8, timeout=TIMEOUT)
    with page.expect_download() as download:
        page.get_by_role("button", name=PAGE.download_strip).click()
    assert download.value.suggested_filename == "fashion-mnist-3-to-4-to-5.png"
    page.locator("#via1-seed input").fill("")
    page.locator("#via1-seed input").press("Enter")
    expect(page.locator(".ag-error")).to_contain_text(saying(PAGE.bad_seed))
    expect(page.locator("#via1-card")).to_be_visible()
    assert "via1=4" in page.url


def test_few_frames_become_as_many_as_pictures(page: Page, app_url: str) -> None:
    page.goto(f"{app_url}?tab=interpolate&from=3&to=5&frames=2")
    expect(page.locator(".ag-strip img")).to_have_count(2, timeout=TIMEOUT)
    page.get_by_role("button", name=PAGE.add_picture).click()
    expect(page.locator(".ag-strip img")).to_have_count(3)
    page.wait_for_url(re.compile("frames=3"))
