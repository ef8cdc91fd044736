"""A shop window: pictures turn into each other without an end; it pauses, waits and starts again."""

from __future__ import annotations

import re

from playwright.sync_api import Browser, Page, Route, expect

from amgan.languages.reading import Texts
from tests.ui.browsing import TIMEOUT, wait_until
from tests.ui.language import LANG, PAGE

WINDOW = Texts(LANG, "window")
PICTURE = "() => document.querySelector('canvas').toDataURL()"


def changes(page: Page) -> bool:
    before = page.evaluate(PICTURE)
    page.wait_for_timeout(1200)
    return bool(page.evaluate(PICTURE) != before)


def test_it_goes_on_and_pauses(page: Page, app_url: str) -> None:
    troubles: list[str] = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "window/piece" in request.url else None)
    page.goto(f"{app_url}?model=a-predefined&tab=interpolate&from=1&from_class=Sneaker&to=2&to_class=Sneaker")
    link = page.get_by_role("link", name=PAGE.window)
    expect(link).to_have_attribute("href", re.compile("^window"), timeout=TIMEOUT)
    assert link.get_attribute("href") == f"window?model=a-predefined&class=Sneaker&lang={LANG}"
    page.clock.install()
    page.goto(f"{app_url}{link.get_attribute('href')}")
    # Some pieces are asked for ahead, each from the end of the last one, and then no more.
    wait_until(page, lambda: len(asked) == 3)
    expect(page.locator("#trouble")).to_have_text("")
    assert all("label=Sneaker" in url for url in asked)
    assert "start=" not in asked[0]
    assert all("start=" in url for url in asked[1:])
    before = page.evaluate(PICTURE)
    page.clock.run_for(4000)
    assert page.evaluate(PICTURE) != before
    page.clock.run_for(4000)
    wait_until(page, lambda: len(asked) == 4)
    # Paused, nothing moves and nothing is asked for.
    page.keyboard.press(" ")
    expect(page.get_by_role("button", name=WINDOW("play"))).to_be_visible()
    page.clock.run_for(100)
    still = page.evaluate(PICTURE)
    page.clock.run_for(20_000)
    assert page.evaluate(PICTURE) == still
    assert len(asked) == 4
    page.get_by_role("button", name=WINDOW("play")).click()
    page.clock.run_for(3000)
    assert page.evaluate(PICTURE) != still
    for width in (320, 390, 768, 1280):
        page.set_viewport_size({"width": width, "height": 700})
        assert not page.evaluate("() => document.documentElement.scrollWidth > innerWidth"), width
        box = page.locator("canvas").bounding_box()
        assert box is not None
        assert box["width"] % 32 == 0
    assert troubles == []


def test_without_motion_and_when_the_server_is_busy(browser: Browser, app_url: str) -> None:
    context = browser.new_context(reduced_motion="reduce", locale="ja-JP", viewport={"width": 390, "height": 844})
    page = context.new_page()
    is_busy = True

    def answer(route: Route) -> None:
        if is_busy:
            route.fulfill(status=429, headers={"Retry-After": "1"})
        else:
            route.continue_()

    page.route("**/window/piece?**", answer)
    try:
        page.goto(f"{app_url}window?model=a-predefined")
        expect(page.locator("#trouble")).to_contain_text("サーバーから応答がありません")
        is_busy = False
        # It asks again after the time it was told; then a picture is there, which stays until it is to play.
        expect(page.locator("#trouble")).to_have_text("", timeout=TIMEOUT)
        expect(page.get_by_role("button", name="再生")).to_be_visible()
        assert not changes(page)
        page.get_by_role("button", name="再生").click()
        wait_until(page, lambda: changes(page))
        page.goto(f"{app_url}window?model=a-predefined&class=cat&lang=en")
        expect(page.locator("#trouble")).to_contain_text("The model has no such class")
        page.goto(f"{app_url}window?model=nobody&lang=en")
        expect(page.locator("#trouble")).to_contain_text("There is no such model here")
    finally:
        context.close()


def test_what_takes_its_time_is_said_and_the_controls_stay(page: Page, app_url: str) -> None:
    page.clock.install()
    page.route("**/window/piece?**", lambda route: None)
    page.goto(f"{app_url}window?model=a-predefined&lang={LANG}")
    expect(page.locator("#trouble")).to_have_text(WINDOW("drawing"))
    page.clock.run_for(10_000)
    expect(page.locator("#controls")).to_have_css("opacity", "1")
