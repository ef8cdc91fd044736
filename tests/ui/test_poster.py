"""What is seen until the page has come, and that nothing moves when it does."""

from __future__ import annotations

import io

import pytest
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect

from tests.ui.browsing import tiles
from tests.ui.language import PAGE

SHIFTS = """() => { window.shifts = 0; new PerformanceObserver(list => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifts += entry.value;
}).observe({type: 'layout-shift', buffered: true}); }"""
MOST_SHIFT = 0.1
"""Good, by web.dev/articles/cls."""


def test_without_javascript_the_first_sheet_is_seen(browser: Browser, app_url: str):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{app_url}?n=9&seed=40")
    pictures = page.locator("#ag-poster").get_by_role("img")
    expect(pictures).to_have_count(9)
    assert pictures.nth(4).bounding_box() != pictures.nth(5).bounding_box()
    assert "44" in (pictures.nth(4).get_attribute("aria-label") or "")
    assert _colours(pictures.nth(4)) != _colours(pictures.nth(5)), "each has a place of its own in the file"
    assert f"<noscript><p>{PAGE.needs_script}</p></noscript>" in page.content()
    page.goto(f"{app_url}?tab=about&model=many")
    expect(page.locator("#ag-poster h1")).to_have_text("many")
    expect(pictures).to_have_count(0)
    context.close()


@pytest.mark.parametrize("tab", ["sample", "about"])
def test_until_the_link_is_opened_nothing_of_another_tab_or_model_is_seen(page: Page, app_url: str, tab: str):
    page.route("**/queue/join*", lambda route: None)  # the server takes its time
    page.goto(f"{app_url}?model=many&n=9&tab={tab}")
    expect(page.locator("#model input")).to_be_attached()
    expect(page.locator("#model input")).to_have_value("")
    expect(page.locator("#ag-poster h1")).to_have_text("many")
    expect(page.get_by_role("tab").first).to_be_hidden()


def _colours(picture: Locator) -> bytes:
    return Image.open(io.BytesIO(picture.screenshot())).resize((4, 4)).tobytes()


@pytest.mark.parametrize("width", [390, 1280])
def test_the_page_takes_its_place_and_nothing_moves(browser: Browser, app_url: str, width: int):
    context = browser.new_context(viewport={"width": width, "height": 844})
    page = context.new_page()
    page.add_init_script(f"({SHIFTS})()")
    page.goto(app_url)
    expect(tiles(page).first).to_be_visible()
    expect(page.locator("#ag-poster")).to_have_count(0)
    expect(page.locator("gradio-app")).to_be_visible()
    page.wait_for_timeout(500)
    assert page.evaluate("window.shifts") <= MOST_SHIFT
    context.close()
