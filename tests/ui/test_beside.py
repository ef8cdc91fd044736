"""Two models side by side: the same seeds and classes, both named, by a link that brings both back."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

import numpy as np
from playwright.sync_api import Page, expect

from amgan.model import AMGAN
from amgan.ui.beside import translated
from amgan.ui.links import from_text, to_query
from amgan.ui.state import BesideState
from tests.models import tiny_config
from tests.ui.browsing import TIMEOUT, expect_model, open_page, sources, tiles
from tests.ui.language import PAGE, saying
from tests.ui.test_breeding import pixels

OVERLAPS = """() => {
  const boxes = [...document.querySelectorAll('.ag-tile img')].map(image => image.getBoundingClientRect());
  const over = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 0.5
    && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 0.5;
  return boxes.some((box, i) => boxes.slice(i + 1).some(other => over(box, other)))
    || document.documentElement.scrollWidth > innerWidth;
}"""


def test_two_models_draw_the_same_seeds(page: Page, app_url: str, weights: Path) -> None:
    first, second = (AMGAN.from_pretrained(weights / name) for name in ("fashion-mnist", "a-predefined"))
    open_page(page, f"{app_url}?n=9&seed=5&class=Sneaker", 9)
    alone = sources(page)
    page.locator("#beside input").click()
    assert [text.split("\n")[-1] for text in page.get_by_role("option").all_inner_texts()] == [
        PAGE.beside_none,
        "a-predefined",
        "many",
    ]
    page.get_by_role("option", name="a-predefined", exact=True).click()
    expect(tiles(page)).to_have_count(18, timeout=TIMEOUT)
    page.wait_for_url(re.compile(f"beside=a-predefined&beside_rev={second.revision[:8]}$"))
    sides = page.locator(".ag-beside section")
    assert [" ".join(side.split()) for side in page.locator(".ag-beside h2").all_inner_texts()] == [
        f"{name} {PAGE.version.format(revision=model.revision[:8])}"
        for name, model in (("fashion-mnist", first), ("a-predefined", second))
    ]  # fmt: skip
    assert sources(page)[:9] == alone
    picture = sides.nth(1).locator(".ag-tile img").nth(2).get_attribute("src") or ""
    assert np.array_equal(pixels(picture), second.sample("Sneaker", 7)[0, ..., 0])
    # The second model's pictures lead to it, and a zip has both.
    sides.nth(1).locator(".ag-tile").nth(2).click()
    own = page.locator(".ag-viewer [data-ag=own]")
    expect(own).to_be_visible()
    assert "model=a-predefined&" in (own.get_attribute("href") or "")
    page.keyboard.press("Escape")
    with page.expect_download() as download:
        page.get_by_role("button", name=PAGE.download_all).click()
    with zipfile.ZipFile(io.BytesIO(Path(download.value.path()).read_bytes())) as archive:
        assert {name.split("/")[0] for name in archive.namelist()} == {
            f"fashion-mnist-{first.revision[:8]}", f"a-predefined-{second.revision[:8]}"
        }  # fmt: skip
    # New pictures are new beside each other as well.
    page.get_by_role("button", name=PAGE.new_pictures).click()
    page.wait_for_function("old => document.querySelector('.ag-tile img').src !== old", arg=alone[0])
    expect(tiles(page)).to_have_count(18, timeout=TIMEOUT)
    shown, link = sources(page), page.url
    open_page(page, link, 18)
    assert sources(page) == shown
    for width in (320, 390, 560, 768, 1000, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        assert not page.evaluate(OVERLAPS), width
    page.set_viewport_size({"width": 1280, "height": 900})
    # A review of both: the form compares with the second.
    page.get_by_role("button", name=PAGE.send_to_review).first.click()
    expect(page.locator("#review-against input")).to_have_value("a-predefined", timeout=TIMEOUT)


def test_what_the_second_model_cannot_is_a_sentence(page: Page, app_url: str, weights: Path) -> None:
    rows = page.locator(".ag-beside section").nth(1)
    open_page(page, f"{app_url}?model=fashion-mnist&each=4&seed=0&beside=many", 12)
    quoted = PAGE.comma.join(PAGE.quoted.format(text=name) for name in ("Sneaker", "T-shirt/top", 'Bag & <b>"box"</b>'))
    expect(rows).to_contain_text(saying(PAGE.beside_lacks, model="many", classes=quoted))
    page.goto(f"{app_url}?model=fashion-mnist&class=T-shirt/top&beside=many")
    expect(rows).to_contain_text(saying(PAGE.beside_lacks, model="many", classes=".*T-shirt/top.*"), timeout=TIMEOUT)
    assert rows.locator(".ag-tile").count() == 0
    page.goto(f"{app_url}?model=fashion-mnist&beside=broken&seed=1")
    expect(rows).to_contain_text(saying(PAGE.model_broken, name="broken"), timeout=TIMEOUT)
    revision = AMGAN.from_pretrained(weights / "many").revision[:8]
    open_page(page, f"{app_url}?model=fashion-mnist&n=9&beside=many&beside_rev=01234567", 18)
    # Of 32 pixels and of 64, and still in rows of the same height.
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        sides = page.locator(".ag-beside img").evaluate_all("images => images.map(image => image.width)")
        assert len(set(sides)) == 1, width
    expect(rows).to_contain_text(saying(PAGE.revision_gone, instead=revision))
    # The model itself, one that is not there, and nonsense: the sheet alone.
    for link, said in (
        ("beside=fashion-mnist", ""), ("beside=nobody", PAGE.beside_gone.format(value="nobody")),
        (f"beside={'x' * 301}", PAGE.link_names["beside"]),
        ("beside=many&beside_rev=../x", PAGE.link_names["beside_rev"]),
    ):  # fmt: skip
        open_page(page, f"{app_url}?model=fashion-mnist&n=9&{link}", 18 if "many&" in link else 9)
        if said:
            expect(page.locator(".ag-note").first).to_contain_text(said)
    # The menu's other model stays beside, unless it is the one that is shown now.
    open_page(page, f"{app_url}?model=fashion-mnist&n=9&beside=many", 18)
    page.locator("#model input").click()
    page.get_by_role("option", name="many", exact=True).click()
    expect_model(page, "many", AMGAN.from_pretrained(weights / "many").revision)
    expect(tiles(page)).to_have_count(9, timeout=TIMEOUT)


def test_a_class_is_asked_for_by_the_name_that_the_other_model_has_for_it() -> None:
    pictures = [(seed, label) for label in ("Sneaker", "Bag", None) for seed in (1, "2~3-4")]
    model = AMGAN(tiny_config(class_names=("cat", "sneaker")))
    asked, lacking = translated(pictures, model)
    assert asked == [(1, "sneaker"), ("2~3-4", "sneaker"), (1, None), ("2~3-4", None)]
    assert lacking == ["Bag"]
    # A number is no name of a class elsewhere, and some models know none.
    assert translated([(1, "1")], model) == ([], ["1"])
    knows_none = AMGAN(tiny_config(objective="gan"))
    assert translated([(1, "sneaker"), (1, None)], knows_none) == ([(1, None)], ["sneaker"])


def test_a_link_says_what_stands_beside() -> None:
    for link, beside in (
        ("?seed=0&beside=b", BesideState("b")),
        ("?seed=0&beside=me/b&beside_rev=0123456789abcdef", BesideState("me/b", "0123456789abcdef")),
        ("?seed=0&beside_rev=01234567", None),
    ):
        state, problems = from_text(link)
        assert (state.sample.beside, problems) == (beside, [])
        assert to_query(state) == ("?seed=0" if beside is None else link)
