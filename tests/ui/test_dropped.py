"""A downloaded picture that is dropped on the page is that picture again; any other file is a sentence."""

from __future__ import annotations

import base64
import io
import json
import struct
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, expect

from amgan.sampling.marking import MADE_UP, NAME_KEYWORD, png_chunk
from amgan.sampling.media import PNG_SIGNATURE
from tests.ui.browsing import TIMEOUT, open_page, sources, tiles
from tests.ui.language import PAGE

DROP = """([content, name]) => {
  const bytes = Uint8Array.from(atob(content), char => char.charCodeAt(0));
  const dataTransfer = new DataTransfer();
  dataTransfer.items.add(new File([bytes], name, { type: 'image/png' }));
  for (const kind of ['dragover', 'drop']) {
    const event = new DragEvent(kind, { dataTransfer, bubbles: true, cancelable: true });
    document.querySelector('.ag-sheet').dispatchEvent(event);
    if (!event.defaultPrevented) throw new Error('the browser would leave the page');
  }
}"""


def drop(page: Page, content: bytes, name: str = "a.png") -> None:
    page.evaluate(DROP, [base64.b64encode(content).decode(), name])


def png(name: object, *, text: bytes | None = None, before: bytes = MADE_UP) -> bytes:
    """The beginning of a file of ours with another name in it."""
    said = json.dumps(name).encode() if text is None else text
    chunk = png_chunk(b"iTXt", NAME_KEYWORD.encode() + b"\0\0\0\0\0" + said)
    return PNG_SIGNATURE + png_chunk(b"IHDR", bytes(13)) + before + chunk + png_chunk(b"IDAT", b"")


def foreign() -> bytes:
    buffer = io.BytesIO()
    Image.new("L", (4, 4)).save(buffer, "PNG")
    return buffer.getvalue()


NAME = {"model": "fashion-mnist", "revision": "0" * 40, "seed": 7, "asked_class": None, "truncation": 1.0}
NO_NAME = {
    "empty": b"", "another program's": foreign(), "a JPEG": b"\xff\xd8\xff\xe0" + bytes(100), "a text": b"<script>" * 9,
    "cut off": png(NAME)[:90], "no JSON": png(None, text=b"{"), "deep": png(None, text=b"[" * 4000), "a list": png([7]),
    "nothing": png(None), "a name too few": png({"model": "fashion-mnist", "seed": 7}), "a long text": png("x" * 5000),
    "things for values": png({**NAME, "seed": {"a": 1}, "model": ["x"]}),
    "a size beyond the file": PNG_SIGNATURE + struct.pack(">I", 2**32 - 1) + b"iTXt" + b"amgan\0\0\0\0\0{}",
    "a name behind more than is read": png(NAME, before=png_chunk(b"tEXt", bytes(70_000))),
    "pixels first": png(NAME, before=png_chunk(b"IDAT", b"")), "chunks of nothing": PNG_SIGNATURE + bytes(60_000),
}  # fmt: skip


def test_a_downloaded_picture_is_that_picture_again(page: Page, app_url: str, browser: Browser) -> None:
    open_page(page, f"{app_url}?n=9&seed=5&class=Sneaker&truncation=0.8", 9)
    page.locator(".ag-tile").nth(3).click()
    page.locator(".ag-viewer [data-ag=alike]").click()
    of_seed, variation = page.locator(".ag-sheet-place .ag-tile").nth(4), page.locator(".ag-alike .ag-tile").nth(2)
    files = []
    for tile in (of_seed, variation):
        tile.click()
        with page.expect_download() as download:
            page.locator(".ag-viewer [data-ag=download]").click()
        files.append(Path(download.value.path()).read_bytes())
        page.keyboard.press("Escape")
    context = browser.new_context()
    other = context.new_page()
    try:
        open_page(other, f"{app_url}?model=many&n=9", 9)
        for content in files:
            drop(other, content)
            expect(tiles(other)).to_have_count(1, timeout=TIMEOUT)
            other.wait_for_function("seed => document.querySelector('.ag-tile img').src.endsWith(seed)",
                                    arg=base64.b64encode(content).decode())  # fmt: skip
            assert sources(other) == ["data:image/png;base64," + base64.b64encode(content).decode()]
            assert "truncation=0.8" in other.url
        # It is a step like others.
        other.go_back()
        other.go_back()
        expect(tiles(other)).to_have_count(9, timeout=TIMEOUT)
    finally:
        context.close()


def test_no_other_file_does_anything_but_a_sentence(page: Page, app_url: str) -> None:
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    open_page(page, f"{app_url}?n=9&seed=5", 9)
    page.wait_for_url("**model=*")  # which the page adds once its pictures are there
    address, shown = page.url, sources(page)
    said = page.locator(".ag-dropped")
    for what, content in NO_NAME.items():
        drop(page, content)
        expect(said, what).to_have_text(PAGE.dropped_foreign)
        page.keyboard.press("Shift")
        expect(said).to_have_text("")
    drop(page, png({**NAME, "asked_class": "Sneaker", "confidence": 0.9}))
    expect(said).to_have_text(PAGE.dropped_sure)
    assert (page.url, sources(page)) == (address, shown)
    # What is named but is not here, or never was, is what a link to it is.
    script = '<img src=x onerror="document.title=1">'
    for name, note in (
        ({**NAME, "model": script}, script), ({**NAME, "seed": -1}, "-1"), ({**NAME, "truncation": 1e300}, "1e+300"),
        ({**NAME, "asked_class": "Boat\n&seed=3"}, "Boat"), ({**NAME, "revision": "../../etc"}, "../../etc"),
    ):  # fmt: skip
        drop(page, png(name))
        expect(page.locator(".ag-note", has_text=note).first).to_be_visible(timeout=TIMEOUT)
    # What is dragged and is no file is left alone.
    assert page.evaluate(
        """() => { const dataTransfer = new DataTransfer(); dataTransfer.setData('text/plain', 'x');
        const event = new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true });
        return document.body.dispatchEvent(event); }"""
    )
    assert page.title() == PAGE.title
    assert problems == []
