"""A map to wander in: with the mouse, the keys and a thumb; what is shown is what the model draws by the name shown."""

from __future__ import annotations

import json
import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import numpy as np
from playwright.sync_api import Browser, CDPSession, Page, Route, expect

from amgan.languages.reading import Texts
from amgan.model import AMGAN
from amgan.sampling.map_mixture import mixture_name, seeds_around
from amgan.sampling.variation_name import PictureSeed
from tests.ui.browsing import TIMEOUT, open_page, says_for_a_moment, wait_until
from tests.ui.language import LANG
from tests.ui.reviewing import PHONE

MAP = Texts(LANG, "map")
PIXELS = """canvas => [...canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data]"""
SIDEWAYS = "() => document.documentElement.scrollWidth > innerWidth"


def name_shown(page: Page) -> str:
    return page.locator("#picture").get_attribute("data-name") or ""


def place(page: Page) -> tuple[float, float]:
    """Where one is, as the address says."""
    query = parse_qs(urlsplit(page.url).query)
    return float(query["x"][0]), float(query["y"][0])


def is_at(page: Page, model: AMGAN) -> bool:
    """What is shown is of the place in the address."""
    assert model.seed_map is not None
    if "x" not in parse_qs(urlsplit(page.url).query):
        return False
    return name_shown(page) == str(mixture_name(seeds_around(model.seed_map.seeds, *place(page))))


def expect_as_drawn(page: Page, model: AMGAN) -> None:
    """The pixels on the screen are those of the picture of the name below it."""
    name = name_shown(page)
    seed: PictureSeed = name if "~" in name else int(name)
    (drawn,) = model.sample(seeds=[seed])
    size = model.config.image_size
    shown = np.array(page.locator("#picture").evaluate(PIXELS), dtype=np.uint8).reshape(size, size, 4)
    assert np.array_equal(shown[..., :3], np.broadcast_to(drawn, (size, size, 3)))
    expect(page.locator("#name")).to_have_text(re.compile(rf"\S {re.escape(name)}$"))


def test_wandering_with_mouse_and_keys(page: Page, app_url: str, weights: Path) -> None:
    model = AMGAN.from_pretrained(weights / "a-predefined")
    troubles: list[str] = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    under_way: set[str] = set()
    most = 0

    def count(url: str) -> None:
        nonlocal most
        if "map/point" in url:
            under_way.add(url)
            most = max(most, len(under_way))

    page.on("request", lambda request: count(request.url))
    # Before the page has it, which may ask for the next one before it is told that this one is over.
    page.on("response", lambda response: under_way.discard(response.url))
    page.goto(f"{app_url}map?model=a-predefined&lang=en")
    page.locator("#picture[data-name]").wait_for()
    expect_as_drawn(page, model)
    assert "~" not in name_shown(page)  # it begins at a picture's middle
    box = page.locator("#map").bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - 40, y - 25, steps=12)
    page.mouse.up()
    page.mouse.move(x + box["width"], y)  # away from the map
    wait_until(page, lambda: is_at(page, model))
    expect_as_drawn(page, model)
    assert "~" in name_shown(page)
    assert most == 1
    # What lies under the mouse is shown while it is there, and then the place again.
    before, where = name_shown(page), page.url
    page.mouse.move(x + 90, y + 70)
    wait_until(page, lambda: name_shown(page) != before)
    expect_as_drawn(page, model)
    page.mouse.move(x + box["width"], y)
    wait_until(page, lambda: name_shown(page) == before)
    assert page.url == where
    # A click goes there; Back comes back.
    page.mouse.click(x - 60, y + 30)
    wait_until(page, lambda: page.url != where and is_at(page, model))
    expect_as_drawn(page, model)
    page.go_back()
    wait_until(page, lambda: name_shown(page) == before)
    assert page.url == where
    # Keys and buttons.
    page.locator("#map").focus()
    for key, way in (("ArrowRight", (1, 0)), ("ArrowDown", (0, 1)), ("Shift+ArrowLeft", (-1, 0)), ("ArrowUp", (0, -1))):
        old = place(page)
        page.keyboard.press(key)
        wait_until(page, lambda old=old: place(page) != old)
        moved = np.subtract(place(page), old)
        assert np.dot(moved, way) > 0
        assert abs(np.dot(moved, way[::-1])) < 1e-9
        wait_until(page, lambda: is_at(page, model))
    page.keyboard.press("+")
    page.locator("#in").click()
    wait_until(page, lambda: "scale=105" in page.url)
    page.mouse.move(x, y)
    page.mouse.wheel(0, 300)
    wait_until(page, lambda: "scale=105" not in page.url)
    # The address is the place.
    wait_until(page, lambda: is_at(page, model))
    page.mouse.move(x + box["width"], y)
    again = page.context.new_page()
    again.goto(page.url)
    again.locator("#picture[data-name]").wait_for()
    assert is_at(again, model)
    assert troubles == []


def test_what_is_done_with_a_picture(page: Page, app_url: str, weights: Path) -> None:
    open_page(page, f"{app_url}?model=fashion-mnist&n=1", 1)
    expect(page.locator("#map a")).to_have_count(0)
    open_page(page, f"{app_url}?model=a-predefined&n=1", 1)
    link = page.locator("#map a")
    expect(link).to_have_attribute("href", f"map?model=a-predefined&lang={LANG}")
    model = AMGAN.from_pretrained(weights / "a-predefined")
    page.goto(f"{app_url}map?model=a-predefined&lang={LANG}&x=3.3&y=2.8&scale=90")
    page.locator("#picture[data-name]").wait_for()
    expect_as_drawn(page, model)
    name = name_shown(page)
    (_,), (sample,) = model.sampler.sample([name], [None])
    expect(page.locator("#label")).to_have_text(model.class_names[sample.label])
    expect(page.locator("#sure")).to_contain_text(model.class_names[sample.label])
    keep = page.get_by_role("button", name=MAP("keep"))
    keep.click()
    expect(keep).to_have_attribute("aria-pressed", "true")
    with says_for_a_moment(page.locator("#copy"), MAP("copied")):
        page.get_by_role("button", name=MAP("copy_link")).click()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == page.url
    assert "x=3.30&y=2.80" in copied
    # The app's own page shows that picture, and has it among those kept.
    page.get_by_role("link", name=MAP("open")).click()
    expect(page.locator(".ag-tile")).to_have_count(1, timeout=TIMEOUT)
    expect(page.locator(".ag-tile")).to_have_attribute("data-seed", name)
    expect(page.locator(".ag-tile")).to_have_attribute("data-kept", "")
    page.go_back()
    expect(page.get_by_role("button", name=MAP("keep"))).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name=MAP("keep")).click()
    assert json.loads(page.evaluate("localStorage.getItem('amgan-kept')")) == []
    full = [f"model=m&seed={seed}" for seed in range(60)]
    page.evaluate("lines => localStorage.setItem('amgan-kept', JSON.stringify(lines))", full)
    page.get_by_role("button", name=MAP("keep")).click()
    expect(page.locator("#trouble")).to_have_text(MAP("full"))


def fingers(session: CDPSession, kind: str, *points: tuple[float, float]) -> None:
    touches = [{"x": x, "y": y, "id": number} for number, (x, y) in enumerate(points)]
    session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touches})


def test_with_a_thumb_and_what_goes_wrong(browser: Browser, app_url: str, weights: Path) -> None:
    model = AMGAN.from_pretrained(weights / "many")
    context = browser.new_context(**PHONE, locale="ja-JP", reduced_motion="reduce")
    page = context.new_page()
    assert model.config.image_size == 64
    is_busy = True

    def answer(route: Route) -> None:
        if is_busy:
            route.fulfill(status=429, headers={"Retry-After": "1"})
        else:
            route.continue_()

    page.route("**/map/point?**", answer)
    try:
        page.goto(f"{app_url}map?model=many")
        expect(page.locator("#trouble")).to_contain_text("アクセスが集中しています")
        is_busy = False
        page.locator("#picture[data-name]").wait_for()
        expect(page.locator("#trouble")).to_have_text("")
        first = name_shown(page)
        box = page.locator("#map").bounding_box()
        assert box is not None
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        session = context.new_cdp_session(page)
        # A thumb drags; the ring, which it does not hide, is what counts.
        fingers(session, "touchStart", (x + 60, y + 60))
        for step in range(1, 7):
            fingers(session, "touchMove", (x + 60 - 5 * step, y + 60 - 4 * step))
        fingers(session, "touchEnd")
        wait_until(page, lambda: is_at(page, model))
        assert name_shown(page) != first
        expect_as_drawn(page, model)
        # Two fingers make it larger.
        fingers(session, "touchStart", (x - 30, y), (x + 30, y))
        for step in range(1, 7):
            fingers(session, "touchMove", (x - 30 - 5 * step, y), (x + 30 + 5 * step, y))
        fingers(session, "touchEnd")
        wait_until(page, lambda: bool(re.search("scale=(9|10|11)[0-9]", page.url)))
        # A tap goes there; nothing glides where motion is not wanted.
        old = place(page)
        page.touchscreen.tap(x + 50, y - 40)
        wait_until(page, lambda: place(page) != old and is_at(page, model))
        expect_as_drawn(page, model)
        for width in (320, 390, 768, 1280):
            page.set_viewport_size({"width": width, "height": 640})
            assert not page.evaluate(SIDEWAYS), width
            for control in ("#in", "#out", "#keep", "#copy", "#open", "#back"):
                spot = page.locator(control).bounding_box()
                assert spot is not None
                assert spot["height"] >= 44
                assert spot["width"] >= 44
            box = page.locator("#map").bounding_box()
            assert box is not None
            assert box["height"] >= 200
        context.set_offline(True)
        page.locator("#map").focus()
        page.keyboard.press("Shift+ArrowRight")
        expect(page.locator("#trouble")).to_contain_text("サーバーから応答がありません")
        context.set_offline(False)
        expect(page.locator("#trouble")).to_have_text("", timeout=TIMEOUT)
        page.goto(f"{app_url}map?model=fashion-mnist&lang=en")
        expect(page.locator("#trouble")).to_have_text("This model has no map.")
        expect(page.locator("#keep")).to_be_hidden()
        page.goto(f"{app_url}map?model=nobody&lang=en")
        expect(page.locator("#trouble")).to_have_text("There is no such model here.")
    finally:
        context.close()
