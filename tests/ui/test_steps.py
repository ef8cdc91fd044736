"""Every step is one that Back goes back, the keyboard is as quick as the mouse, and a server that is away is told."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.ui.browsing import TIMEOUT, choose_model, open_page, tiles
from tests.ui.language import CREATE, PAGE, saying


def test_back_the_keyboard_and_a_server_that_is_away(page: Page, app_url: str) -> None:
    open_page(page, f"{app_url}?n=9&seed=5", 9)
    page.wait_for_url(re.compile("seed=5$"))
    expect(page.locator(".ag-version")).to_be_visible()
    # The first Tab leads to the main button; what comes is read out.
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name=PAGE.skip)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#new-pictures")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "seed=5" not in url.split("&"))
    expect(page.locator(".ag-said")).to_contain_text(saying(PAGE.sheet_of, count=9))
    # Back, over sheets and tabs.
    page.go_back()
    page.wait_for_url(re.compile("seed=5$"))
    expect(tiles(page).first).to_have_attribute("data-seed", "5", timeout=TIMEOUT)
    page.get_by_role("tab", name=PAGE.tab_interpolate).click()
    page.wait_for_url(re.compile("tab=interpolate"))
    page.go_back()
    expect(tiles(page).first).to_be_visible(timeout=TIMEOUT)
    page.wait_for_url(re.compile("seed=5$"))
    # Two Backs at once are two.
    for seed in ("6", "7"):
        page.locator("#seed textarea, #seed input").fill(seed)
        page.keyboard.press("Enter")
        page.wait_for_url(re.compile(f"seed={seed}$"))
        expect(tiles(page).first).to_have_attribute("data-seed", seed, timeout=TIMEOUT)
    page.evaluate("addEventListener('popstate', () => history.back(), { once: true }); history.back()")
    expect(tiles(page).first).to_have_attribute("data-seed", "5", timeout=TIMEOUT)
    page.wait_for_url(re.compile("seed=5$"))
    # In the viewer arrows leaf, and Back closes.
    tiles(page).first.click()
    viewer = page.locator(".ag-viewer")
    expect(viewer).to_contain_text(saying(PAGE.seed_of, seed=5))
    page.keyboard.press("ArrowRight")
    expect(viewer).to_contain_text(saying(PAGE.seed_of, seed=6))
    page.go_back()
    expect(viewer).to_be_hidden()
    expect(tiles(page).nth(1)).to_be_focused()
    page.wait_for_url(re.compile("seed=5$"))
    tiles(page).first.click()
    page.keyboard.press("Escape")
    expect(viewer).to_be_hidden()
    # Who opens another one while the browser still goes back from the viewer is not sent back from that.
    tiles(page).first.click()
    page.evaluate(
        """() => {
          const [, tile] = document.querySelectorAll('.ag-sheet .ag-tile');
          document.querySelector('.ag-viewer').addEventListener('close', () => tile.click(), { once: true });
          document.querySelector('.ag-viewer').close();
          return new Promise(resolve => addEventListener('popstate', () => setTimeout(resolve, 200), { once: true }));
        }"""
    )
    expect(viewer).to_be_visible()
    expect(viewer).to_contain_text(saying(PAGE.seed_of, seed=6))
    page.go_back()
    expect(viewer).to_be_hidden()
    page.wait_for_url(re.compile("seed=5$"))
    page.go_forward()
    # A list opens where it is asked to; what is typed takes the place of what is chosen.
    page.get_by_role("button", name=PAGE.skip).focus()
    options = page.locator("ul.options")
    expect(page.get_by_role("link", name=PAGE.create)).to_be_visible()
    for key in (*["Tab"] * 4, "Shift+Tab"):
        page.keyboard.press(key)
        expect(options).to_have_count(0)
    expect(page.locator("#model input")).to_be_focused()
    choose_model(page, "many")
    page.wait_for_url(re.compile("model=many"))
    page.locator("#class-list input").click()
    page.keyboard.type("class 13")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"class=class\+13"))
    page.go_back()
    expect(page.locator("#class-list input")).to_have_value(PAGE.any_class, timeout=TIMEOUT)
    page.go_back()
    expect(page.locator("h1").first).to_have_text("fashion-mnist", timeout=TIMEOUT)
    page.context.set_offline(True)
    page.locator("#new-pictures").click()
    expect(page.get_by_test_id("toast-text").first).to_have_text(PAGE.server_away)


def test_the_way_to_a_model_of_ones_own(page: Page, app_url: str) -> None:
    open_page(page, f"{app_url}?n=9", 9)
    page.get_by_role("link", name=PAGE.create).click()
    expect(page.get_by_role("heading", name=CREATE("create"), exact=True)).to_be_visible()
    # Who may not make any is not led there.
    page.route("**/create/api/offer", lambda route: route.fulfill(json={"offered": False}))
    with page.expect_response("**/create/api/offer"):
        open_page(page, f"{app_url}?n=9", 9)
    expect(page.get_by_role("link", name=PAGE.create)).to_be_hidden()
