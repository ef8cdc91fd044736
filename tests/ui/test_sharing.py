"""Sharing what is shown: its link, the picture in another app, and a line for a page of one's own."""

from __future__ import annotations

import base64
import re

from playwright.sync_api import Page, expect

from amgan.sampling.marking import XMP, name_in
from amgan.sampling.picture_row import NamedPicture
from tests.ui.browsing import TIMEOUT, open_page, says_for_a_moment, tiles, wait_until
from tests.ui.language import PAGE

PHONE = """
window.sent = [];
navigator.canShare = () => true;
navigator.share = async ({ title, url, files }) => {
  const bytes = new Uint8Array(await files[0].arrayBuffer());
  window.sent.push({ title, url, name: files[0].name, type: files[0].type, data: btoa(String.fromCharCode(...bytes)) });
};
"""


def sent(page: Page) -> dict[str, str]:
    button = page.locator(".ag-share [data-ag=send]")
    expect(button).not_to_have_attribute("aria-busy", "true", timeout=TIMEOUT)
    before = page.evaluate("window.sent.length")
    button.click()
    wait_until(page, lambda: page.evaluate("window.sent.length") > before)
    last: dict[str, str] = page.evaluate("window.sent.at(-1)")
    return last


def field(page: Page, name: str) -> str:
    return page.locator(f".ag-share [data-ag-field={name}] textarea").input_value()


def test_a_picture_a_sheet_and_a_morph_are_sent_on(page: Page, app_url: str) -> None:
    page.add_init_script(PHONE)
    open_page(page, f"{app_url}?n=9&seed=5&class=Sneaker", 9)
    share = page.locator(".ag-share")
    tiles(page).nth(2).click()
    page.locator(".ag-viewer [data-ag=share]").click()
    expect(share.get_by_role("heading")).to_have_text(PAGE.share)
    picture = sent(page)
    assert (picture["title"], picture["type"]) == (PAGE.picture_alt.format(label="Sneaker", seed=7), "image/png")
    assert re.search(r"[?&]n=1&.*seed=7", picture["url"])
    assert NamedPicture.of(name_in(base64.b64decode(picture["data"]))).seed == 7
    assert field(page, "link") == picture["url"]
    # What is embedded shows that picture, and leads to it.
    copying = page.locator(".ag-share [data-ag-field=embed] button")
    with says_for_a_moment(copying, PAGE.copied):
        copying.click()
    embedded = page.evaluate("navigator.clipboard.readText()")
    assert embedded == field(page, "embed")
    page.keyboard.press("Escape")
    expect(share).to_be_hidden()
    expect(page.locator(".ag-viewer")).to_be_visible()
    page.keyboard.press("Escape")
    page.locator("#new-pictures").wait_for()
    page.locator("[data-ag=share]:visible").click()
    assert sent(page)["url"] == page.url
    share.locator("[data-ag=close]").click()
    page.get_by_role("tab", name=PAGE.tab_interpolate).click()
    page.locator(".ag-player").wait_for()
    page.wait_for_url(re.compile("tab=interpolate"))
    page.locator("[data-ag=share]:visible").click()
    morph = sent(page)
    assert (morph["name"], morph["type"], morph["url"]) == ("morph.webp", "image/webp", page.url)
    assert XMP in base64.b64decode(morph["data"])
    assert "share/preview.webp?" in field(page, "embed")
    page.set_content(embedded)
    image = page.locator("a > img")
    wait_until(page, lambda: image.evaluate("image => image.naturalWidth") >= 200)
    assert image.get_attribute("alt") == PAGE.picture_alt.format(label="Sneaker", seed=7)
    assert page.locator("a").get_attribute("href") == picture["url"]


def test_at_a_desk_there_is_the_link_and_the_line(page: Page, app_url: str) -> None:
    page.add_init_script("delete Navigator.prototype.share")
    open_page(page, f"{app_url}?n=1&seed=5", 1)
    page.locator("[data-ag=share]:visible").click()
    expect(page.locator(".ag-share [data-ag=send]")).to_be_hidden()
    assert field(page, "link") == page.url
