"""Pictures that one keeps: over sheets and models, back by a link, as a zip and as a morph."""

from __future__ import annotations

import asyncio
import io
import json
import re
import zipfile
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from amgan.engine.engine import DirectEngine
from amgan.engine.shelf import Shelf
from amgan.errors import RequestError
from amgan.ui import checks
from amgan.ui.handlers import Context
from amgan.ui.kept import draw_kept, kept_zip, morph_of
from amgan.ui.links import from_text, to_query
from amgan.ui.state import MOST_KEPT, KeptState, MorphState, PageState, SampleState
from amgan.ui.words import ENGLISH
from tests.ui.browsing import TIMEOUT, choose_model, open_page, sources, wait_until
from tests.ui.language import PAGE
from tests.ui.models import NAMES


@pytest.fixture(scope="module")
def context(weights: Path) -> Context:
    return Context(Shelf(weights), DirectEngine(), None, None, ENGLISH)


def line(context: Context, model: str, **what: object) -> str:
    revision = context.shelf.model(model).revision
    return to_query(PageState(model, revision, sample=SampleState(count=1, **what))).lstrip("?")  # type: ignore[arg-type]


def drawn(context: Context, *lines: str) -> tuple[list[np.ndarray], list[str]]:
    kept, problems = asyncio.run(draw_kept(context, KeptState(lines)))
    return [one.picture for one in kept], problems


def test_pictures_of_several_models_keep_their_order(context: Context) -> None:
    lines = [
        line(context, "fashion-mnist", seed="7~12-3", label=NAMES[0]),
        line(context, "many", seed=2, label="class 3"),
        line(context, "fashion-mnist", seed=4, truncation=0.7),
    ]
    pictures, problems = drawn(context, *lines)
    first, many = context.shelf.model("fashion-mnist"), context.shelf.model("many")
    wanted = [first.sample(NAMES[0], "7~12-3"), many.sample("class 3", 2), first.sample(None, 4, truncation=0.7)]
    assert problems == []
    for picture, (other,) in zip(pictures, wanted, strict=True):
        assert np.array_equal(picture, other)
    kept, _ = asyncio.run(draw_kept(context, KeptState(tuple(lines))))
    with zipfile.ZipFile(io.BytesIO(kept_zip(kept))) as archive:
        manifests = [json.loads(archive.read(name)) for name in archive.namelist() if name.endswith("manifest.json")]
        assert sorted(len(rows) for rows in manifests) == [1, 2]
        assert sum(name.endswith(".png") for name in archive.namelist()) == 3


def test_a_morph_leads_through_those_of_one_model(context: Context) -> None:
    lines = [line(context, "many", seed=1), *(line(context, "fashion-mnist", seed=seed) for seed in range(8))]
    kept, _ = asyncio.run(draw_kept(context, KeptState(tuple(lines))))
    state, problems = from_text(morph_of(kept, MorphState(), "none"))
    assert problems == []
    assert (state.model, [picture.seed for picture in state.morph.pictures]) == ("fashion-mnist", [0, 1, 2, 3, 4, 5])
    with pytest.raises(RequestError, match="none"):
        morph_of(kept[:2], MorphState(), "none")


@pytest.mark.parametrize(
    "odd", ["", "x", "model=gone&seed=1", "model=fashion-mnist&class=Boat", "model=broken", "&" * 900]
)
def test_what_is_gone_leaves_the_others(context: Context, odd: str) -> None:
    pictures, problems = drawn(context, odd, line(context, "fashion-mnist", seed=3))
    assert len(pictures) >= 1
    assert len(problems) == 1
    assert "\n" not in problems[0]


@pytest.mark.parametrize("sent", [["a"] * (MOST_KEPT + 1), ["x" * 1001]])
def test_too_long_a_list_is_a_sentence(sent: list[str]) -> None:
    text = "\n".join(f"{number}{each}" for number, each in enumerate(sent))
    with pytest.raises(RequestError, match="That is no list of at most"):
        checks.state_of(KeptState, ENGLISH, pictures=text)


def keep(page: Page, number: int) -> str:
    page.locator(".ag-sheet-place .ag-tile:visible").nth(number).click()
    viewer = page.locator(".ag-viewer")
    viewer.locator("[data-ag=keep]").click()
    expect(viewer.locator("[data-ag=keep]")).to_have_attribute("aria-pressed", "true")
    source = viewer.locator("img").get_attribute("src") or ""
    page.keyboard.press("Escape")
    return source


def test_what_is_kept_comes_back_by_its_link(page: Page, app_url: str, browser: Browser) -> None:
    open_page(page, f"{app_url}?n=9&seed=5&class=Sneaker", 9)
    first, second = keep(page, 2), keep(page, 4)
    expect(page.locator(".ag-tile[data-kept]")).to_have_count(2)
    choose_model(page, "a-predefined")
    expect(page.locator("h1").first).to_have_text("a-predefined", timeout=TIMEOUT)
    wait_until(page, lambda: first not in sources(page))
    third = keep(page, 0)
    page.get_by_role("tab", name=PAGE.tab_kept).click()
    kept = page.locator("#kept .ag-tile")
    expect(kept).to_have_count(3, timeout=TIMEOUT)
    assert kept.locator("img").evaluate_all("images => images.map(image => image.src)") == [third, second, first]
    page.wait_for_url(re.compile("tab=kept"))
    columns = "sheet => getComputedStyle(sheet).gridTemplateColumns.split(' ').length"
    assert page.locator("#kept .ag-sheet").evaluate(columns) == 7
    link = page.url
    # A picture of another model than the one that is shown is shown with its own.
    kept.nth(1).click()
    viewer = page.locator(".ag-viewer")
    expect(viewer.get_by_text(PAGE.morph_from)).to_be_hidden()
    expect(viewer.get_by_text(PAGE.show_own)).to_be_visible()
    page.keyboard.press("Escape")
    with page.expect_download() as download:
        page.locator("#kept-save").click()
    with zipfile.ZipFile(download.value.path()) as archive:
        assert sum(name.endswith(".png") for name in archive.namelist()) == 3
    # Somebody else opens the link, and may keep them.
    other = browser.new_context()
    try:
        guest = other.new_page()
        guest.goto(link)
        brought = guest.locator("#kept .ag-tile")
        expect(brought).to_have_count(3, timeout=TIMEOUT)
        assert brought.locator("img").evaluate_all("images => images.map(image => image.src)") == [third, second, first]
        guest.locator("[data-ag=keep-all]").click()
        expect(guest.locator("#kept .ag-tile[data-kept]")).to_have_count(3, timeout=TIMEOUT)
        assert len(guest.evaluate("JSON.parse(localStorage.getItem('amgan-kept'))")) == 3
    finally:
        other.close()
    page.locator("#kept-review").click()
    expect(page.locator("#review-job")).to_contain_text(PAGE.review_of_kept.format(count=3))
    expect(page.locator("#review-count input")).to_have_value("3")
    page.locator("#make-review").click()
    expect(page.locator("#reviews li").first).to_contain_text(PAGE.review_pictures.format(count=3), timeout=TIMEOUT)
    page.get_by_role("tab", name=PAGE.tab_kept).click()
    expect(kept).to_have_count(3, timeout=TIMEOUT)
    page.locator("#kept-morph").click()
    page.locator(".ag-player").wait_for()
    ends = page.locator(".ag-end:visible img")
    expect(ends).to_have_count(2, timeout=TIMEOUT)
    assert set(ends.evaluate_all("images => images.map(image => image.src)")) == {first, second}
    assert "model=fashion-mnist" in page.url
    # Given up, it is gone from the list.
    page.get_by_role("tab", name=PAGE.tab_kept).click()
    expect(kept).to_have_count(3, timeout=TIMEOUT)
    kept.first.click()
    viewer.locator("[data-ag=keep]").click()
    page.keyboard.press("Escape")
    expect(kept).to_have_count(2, timeout=TIMEOUT)
