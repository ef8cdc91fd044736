"""A model whose card says what its classes are called in Japanese: people read that, and all else has the own names."""

from __future__ import annotations

import io
import os
import re
import zipfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, expect

from amgan.reviews.review_spec import Item, Picture, ReviewSpec
from amgan.reviews.store.store import ReviewStore
from tests.ui.app_process import running_app
from tests.ui.browsing import TIMEOUT, open_page, sources, tiles
from tests.ui.models import tiny_model

NAMES = ("apple", "banana", "no such")
TEXTS = ("りんご", "バナナ", "no such")
CARD = "---\nclass_names: {ja: {apple: りんご, banana: バナナ, pear: なし}}\n---\n\nFruit.\n"


@pytest.fixture(scope="module")
def app_place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("app")


@pytest.fixture(scope="module")
def fruit_url(tmp_path_factory: pytest.TempPathFactory, app_place: Path) -> Iterator[str]:
    folder: Path = tmp_path_factory.mktemp("fruit")
    tiny_model(labeling="predefined", class_names=NAMES).save_pretrained(folder / "fruit")
    (folder / "fruit" / "README.md").write_text(CARD, encoding="utf-8")
    with running_app(folder, app_place, dict(os.environ)) as url:
        yield url


def captions(page: Page) -> list[str]:
    return page.locator(".ag-tile b").all_inner_texts()


def chips(page: Page, place: str) -> list[str]:
    return page.locator(f"{place} label").all_inner_texts()


def test_a_reader_is_shown_the_translation_and_links_and_files_have_the_own_name(page: Page, fruit_url: str) -> None:
    open_page(page, f"{fruit_url}?lang=ja", 12)
    assert captions(page) == [text for text in TEXTS for _ in range(4)]
    assert chips(page, "#classes")[1:] == list(TEXTS)
    page.locator("#classes label", has_text="バナナ").click()
    page.wait_for_url("**class=banana**")
    expect(tiles(page).first).to_have_attribute("data-label", "banana")
    assert set(captions(page)) == {"バナナ"}
    tiles(page).first.click()
    viewer = page.locator(".ag-viewer")
    expect(viewer.locator("h2")).to_contain_text("バナナ")
    expect(viewer.locator("img").first).to_have_attribute("alt", tiles(page).first.get_attribute("data-alt") or "")
    assert "バナナ" in (viewer.locator("img").first.get_attribute("alt") or "")
    with page.expect_download() as download:
        viewer.locator("[data-ag=download]").click()
    assert download.value.suggested_filename.startswith("banana-seed")
    page.keyboard.press("Escape")
    with page.expect_download() as download:
        page.locator(".ag-sheet-place ~ .ag-row button").first.click()
    with zipfile.ZipFile(io.BytesIO(download.value.path().read_bytes())) as files:
        assert "バナナ" not in files.read("manifest.json").decode() + "".join(files.namelist())
        assert any(name.startswith("banana-seed") for name in files.namelist())


def test_in_english_nothing_changes(page: Page, fruit_url: str) -> None:
    open_page(page, f"{fruit_url}?lang=ja&class=banana&n=9&seed=4", 9)
    japanese = sources(page)
    open_page(page, f"{fruit_url}?lang=en&class=banana&n=9&seed=4", 9)
    assert sources(page) == japanese
    assert set(captions(page)) == {"banana"}
    assert chips(page, "#classes")[1:] == list(NAMES)
    assert not any(text in page.content() for text in TEXTS[:2])


def test_every_other_tab_shows_it_too(page: Page, fruit_url: str) -> None:
    page.goto(f"{fruit_url}?lang=ja&tab=interpolate&from=1&from_class=apple&to=2&to_class=banana")
    expect(page.locator(".ag-end figcaption").first).to_contain_text("りんご", timeout=TIMEOUT)
    expect(page.locator("#end-class input")).to_have_value("バナナ")
    for tab in ("batch", "review"):
        page.goto(f"{fruit_url}?lang=ja&tab={tab}&classes=banana&n=3")
        box = page.locator(f"#{tab}-classes")
        expect(box.get_by_label("バナナ")).to_be_checked(timeout=TIMEOUT)
        box.get_by_label("りんご").check()
        page.wait_for_url("**classes=apple**banana**")
    page.goto(f"{fruit_url}?lang=ja&tab=batch&classes=banana&n=3")
    expect(page.locator("#batch-classes").get_by_label("バナナ")).to_be_checked(timeout=TIMEOUT)
    page.locator("#batch-start").click()
    expect(page.locator(".ag-job b").first).to_contain_text("バナナ")
    page.goto(f"{fruit_url}?lang=ja&tab=about")
    expect(page.locator(".ag-facts")).to_contain_text("りんご、バナナ、no such", timeout=TIMEOUT)


def test_a_reviewer_is_shown_it_and_a_link_may_say_it(page: Page, fruit_url: str, app_place: Path) -> None:
    page.goto(f"{fruit_url}?lang=ja&class=バナナ&n=9&seed=4")
    page.wait_for_url("**class=banana**")
    revision = re.search("rev=([0-9a-f]+)", page.url)
    assert revision
    items = tuple(Item(Picture("fruit", revision[1], seed, "banana", "banana", 0.9)) for seed in range(2))
    with closing(ReviewStore(app_place / "reviews.sqlite")) as store:
        review = store.create(ReviewSpec("Fruit", items))
    page.goto(f"{fruit_url}review/{review.id}?lang=ja")
    page.locator("#start .main").click()
    expect(page.locator("#label")).to_have_text("バナナ")
    expect(page.locator("#place")).to_contain_text("バナナ")
    page.goto(f"{fruit_url}review/{review.id}/results?key={review.key}&lang=ja")
    expect(page.locator("table.groups tbody th").first).to_have_text("バナナ")


def test_what_a_pasted_link_and_a_page_without_a_script_show(fruit_url: str) -> None:
    for path in ("", "share"):
        link = f"{fruit_url}{path}?class=banana&n=9"
        title = httpx.get(f"{link}&lang=ja", timeout=60).text.partition('og:title" content="')[2].partition('"')[0]
        assert "バナナ" in title, path
        assert "バナナ" not in httpx.get(f"{link}&lang=en", timeout=60).text
    text = httpx.get(f"{fruit_url}?lang=ja&class=banana&n=9", timeout=60).text
    assert text.count("バナナ") > 9  # below each picture and more
