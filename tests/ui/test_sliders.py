"""The sliders of a picture: what they make of it is the picture of its name, in Python, in a link, among those kept."""

from __future__ import annotations

import base64
import io
import re

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect

from amgan.bounds import MAX_STEPS
from amgan.model import AMGAN
from tests.ui.browsing import TIMEOUT, open_page, sources, tiles, wait_until
from tests.ui.language import PAGE, saying


@pytest.fixture
def viewer(page: Page) -> Locator:
    return page.locator(".ag-viewer")


def shown(viewer: Locator) -> str:
    return viewer.get_attribute("data-seed") or ""


def pixels(viewer: Locator) -> np.ndarray:
    uri = viewer.locator("img").get_attribute("src") or ""
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(uri.partition(",")[2]))))


def open_sliders(viewer: Locator) -> Locator:
    viewer.get_by_text(PAGE.change_it).click()
    return viewer.locator(".ag-slider input")


def move(slider: Locator, presses: int) -> None:
    slider.focus()
    for _ in range(abs(presses)):
        slider.press("ArrowRight" if presses > 0 else "ArrowLeft")


def test_a_slide_is_a_picture_of_its_own_name(
    page: Page, viewer: Locator, app_url: str, model: AMGAN, browser: Browser
) -> None:
    assert model.directions is not None
    (left, right), (_, dark), _ = model.directions.end_numbers
    open_page(page, f"{app_url}?n=9&seed=5&class=Sneaker", 9)
    before = sources(page)
    tiles(page).nth(2).click()
    sliders = open_sliders(viewer)
    # More moves than requests: the last one counts.
    move(sliders.nth(0), 12)
    move(sliders.nth(1), 4)
    name = f"7~12-d{right}~4-d{dark}"
    expect(viewer).to_have_attribute("data-seed", name, timeout=TIMEOUT)
    assert np.array_equal(pixels(viewer), model.sample("Sneaker", name)[0, ..., 0])
    spoken = PAGE.slider_spoken.format(percent=12, end=PAGE.slider_class.format(label="T-shirt/top"))
    expect(sliders.nth(0)).to_have_attribute("aria-valuetext", spoken)
    expect(viewer).to_contain_text(saying(PAGE.changed_way, name=name))
    # Towards a class of choice as well.
    viewer.locator("select").select_option(index=1)
    move(sliders.last, 3)
    name += f"~3-d{model.directions.class_numbers[1]}"
    expect(viewer).to_have_attribute("data-seed", name, timeout=TIMEOUT)
    viewer.locator("[data-ag=keep]").click()
    query = viewer.get_attribute("data-query") or ""
    picture = viewer.locator("img").get_attribute("src")
    # The sheet is as it was, and the name leads there from anywhere, with the sliders where they were.
    assert sources(page) == before
    other = browser.new_context()
    again = other.new_page()
    open_page(again, f"{app_url}{query}", 1)
    assert sources(again) == [picture]
    tiles(again).click()
    values = open_sliders(again.locator(".ag-viewer")).evaluate_all("all => all.map(one => one.value)")
    assert values == ["12", "4", "0", "3"]
    assert again.locator(".ag-viewer select").input_value() == str(model.directions.class_numbers[1])
    other.close()
    # Back to where it began, and to the other end.
    viewer.get_by_text(PAGE.slide_back).click()
    expect(viewer).to_have_attribute("data-seed", "7", timeout=TIMEOUT)
    move(sliders.nth(0), -2)
    expect(viewer).to_have_attribute("data-seed", f"7~2-d{left}", timeout=TIMEOUT)


def test_what_is_changed_goes_on_like_any_picture(page: Page, viewer: Locator, app_url: str, model: AMGAN) -> None:
    assert model.directions is not None
    open_page(page, f"{app_url}?n=9&seed=5", 9)
    tiles(page).first.click()
    move(open_sliders(viewer).first, 1)
    name = f"5~1-d{model.directions.end_numbers[0][1]}"
    expect(viewer).to_have_attribute("data-seed", name, timeout=TIMEOUT)
    viewer.get_by_text(PAGE.more_like_this).click()
    expect(page.locator(".ag-trail .ag-tile")).to_have_count(2, timeout=TIMEOUT)
    page.wait_for_url(re.compile(f"like={name}$"))


def test_arrows_over_a_slider_do_not_leaf_and_the_next_picture_has_its_own(
    page: Page, viewer: Locator, app_url: str
) -> None:
    open_page(page, f"{app_url}?n=9&seed=5", 9)
    tiles(page).first.click()
    sliders = open_sliders(viewer)
    move(sliders.first, 2)
    wait_until(page, lambda: shown(viewer).startswith("5~2-d"))
    viewer.get_by_text(PAGE.change_it).press("ArrowRight")
    expect(viewer).to_have_attribute("data-seed", "6")
    expect(sliders.first).to_have_value("0")


def test_a_model_without_directions_has_no_sliders(page: Page, viewer: Locator, app_url: str) -> None:
    open_page(page, f"{app_url}?model=a-predefined&n=9&seed=5", 9)
    tiles(page).first.click()
    expect(viewer).to_be_visible()
    assert viewer.locator(".ag-slider").count() == 0
    page.goto(f"{app_url}?model=a-predefined&n=1&seed=5~20-d17")
    expect(page.locator(".ag-error")).to_be_visible(timeout=TIMEOUT)


def test_what_cannot_be_drawn_is_said_in_the_viewer(page: Page, viewer: Locator, app_url: str) -> None:
    open_page(page, f"{app_url}?n=1&seed=5{'~12-1' * MAX_STEPS}", 1)
    tiles(page).click()
    move(open_sliders(viewer).first, 1)
    expect(viewer.locator(".ag-slid")).to_contain_text(saying(PAGE.bad_origin), timeout=TIMEOUT)


def test_no_moves_of_a_stranger_do_more_than_say_so(page: Page, viewer: Locator, app_url: str) -> None:
    open_page(page, f"{app_url}?n=1&seed=5", 1)
    tiles(page).click()
    open_sliders(viewer)
    strange = ["17", "17:", "17:101", "17:20,", "0:20", ",".join(["17:20"] * 40), "9" * 4000, "17:-1", "17:20"]
    for moves in ("", *strange):
        message, tile = page.evaluate(
            """moves => new Promise(done => {
                const { slid } = window.amgan;
                window.amgan.slid = (...answer) => { window.amgan.slid = slid; done(answer); };
                const detail = { seed: '5', label: '', truncation: '1.0', moves };
                document.dispatchEvent(new CustomEvent('amgan-slide', { detail }));
            })""",
            moves,
        )
        assert ("ag-error" in message) == (moves != ""), moves
        assert 'data-seed="5"' in tile
