"""Breeding on: variations of variations, and a name for each that leads to it from anywhere."""

from __future__ import annotations

import base64
import io
import re
from pathlib import Path

import numpy as np
from PIL import Image
from playwright.sync_api import Page, expect

from amgan.bounds import MAX_STEPS
from amgan.model import AMGAN
from amgan.sampling.marking import name_in
from amgan.sampling.picture_row import NamedPicture
from tests.ui.browsing import TIMEOUT, open_page, sources, tiles
from tests.ui.language import PAGE, saying


def pixels(uri: str) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(uri.partition(",")[2]))))


def test_one_breeds_on_and_each_name_leads_to_its_bytes(page: Page, app_url: str, model: AMGAN) -> None:
    open_page(page, f"{app_url}?n=9&seed=5&class=Sneaker&like=7~12-2", 9 + 2 + 12)
    alike, trail = page.locator(".ag-alike .ag-tile"), page.locator(".ag-trail .ag-tile")
    viewer = page.locator(".ag-viewer")
    names = []
    for steps in (2, 3):
        third = alike.nth(2)
        name = third.get_attribute("data-seed")
        names.append(name)
        third.click()
        viewer.get_by_text(PAGE.more_like_this).click()
        expect(trail).to_have_count(steps + 1, timeout=TIMEOUT)
        page.wait_for_url(re.compile(f"like={name}$"))
    assert trail.evaluate_all("tiles => tiles.map(tile => tile.dataset.seed)") == ["7", "7~12-2", *names]
    # Two rows, and pictures of 64 pixels would be shown in whole factors as well.
    assert len(set(alike.evaluate_all("tiles => tiles.map(tile => tile.offsetTop)"))) == 2
    page.locator(".ag-alike .ag-sheet").evaluate("sheet => sheet.classList.replace('ag-size-32', 'ag-size-64')")
    assert alike.first.locator("img").evaluate("image => image.width") == 64
    picture = trail.last.locator("img").get_attribute("src") or ""
    assert np.array_equal(pixels(picture), model.sample("Sneaker", names[-1])[0, ..., 0])
    # In another address by itself, to a morph, and to a review.
    trail.last.click()
    expect(viewer).to_contain_text(saying(PAGE.variation_way, name=names[-1]))
    ends = [viewer.get_by_text(text).bounding_box() for text in (PAGE.morph_from, PAGE.morph_to)]
    assert len({end["y"] for end in ends if end}) == 1
    with page.expect_download() as download:
        viewer.get_by_text(PAGE.download).click()
    assert NamedPicture.of(name_in(Path(download.value.path()).read_bytes())).seed == names[-1]
    single = trail.last.get_attribute("data-query")
    viewer.get_by_text(PAGE.morph_to).click()
    expect(page.locator("#end-seed input")).to_have_value(names[-1])
    page.wait_for_url(re.compile(f"to={names[-1]}"))
    open_page(page, f"{app_url}{single}", 1)
    assert sources(page) == [picture]
    tiles(page).click()
    viewer.get_by_text(PAGE.send_to_review).click()
    page.wait_for_url(re.compile(f"tab=review.*seed={names[-1]}"))


def test_breeding_ends_in_a_sentence(page: Page, app_url: str) -> None:
    longest = "7" + "~12-1" * MAX_STEPS
    open_page(page, f"{app_url}?n=1&seed={longest}", 1)
    tiles(page).click()
    page.locator(".ag-viewer").get_by_text(PAGE.more_like_this).click()
    expect(page.locator(".ag-error")).to_contain_text(saying(PAGE.bad_origin))
    open_page(page, f"{app_url}?n=1&seed=7&like={longest}", 1)
    expect(page.locator(".ag-note")).to_contain_text(PAGE.link_names["like"])
