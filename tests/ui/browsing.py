"""What tests of the page in a browser do again and again."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from PIL import Image
from playwright.sync_api import Locator, Page, expect

TIMEOUT = 60_000

TABS = (
    ("interpolate", ".ag-player"), ("kept", "#kept .ag-tile"), ("batch", "#batch-estimate p"),
    ("review", "#review-estimate p"), ("about", ".ag-facts"),
)  # fmt: skip
"""The tabs behind the first, in their order, each with what is there once it has come."""


def wait_until(page: Page, condition: Callable[[], bool]) -> None:
    """For what no locator shows."""
    for _ in range(TIMEOUT // 50):
        if condition():
            return
        page.wait_for_timeout(50)
    raise AssertionError("waited in vain")


def is_empty(page: Page, x: int, y: int, width: int, height: int) -> bool:
    """Whether nothing is seen in a part of the screen."""
    content = page.screenshot(clip={"x": x, "y": y, "width": width, "height": height})
    return len(Image.open(io.BytesIO(content)).convert("RGB").getcolors(width * height)) == 1


@contextmanager
def says_for_a_moment(button: Locator, text: str) -> Iterator[None]:
    """What is done within makes a button say this, and two seconds later, in which nobody may look, what it said."""
    element = button.element_handle()
    element.evaluate(
        """(button, text) => { button.said = new Promise(done => new MutationObserver(() => {
            if (button.textContent.trim() === text) done();
        }).observe(button, { childList: true, characterData: true, subtree: true })); }""",
        text,
    )
    yield
    element.evaluate("button => button.said")


def tiles(page: Page) -> Locator:
    return page.locator(".ag-tile")


def sources(page: Page) -> list[str]:
    """The pictures themselves, as data URIs."""
    return page.locator(".ag-tile img").evaluate_all("images => images.map(image => image.src)")


def open_page(page: Page, url: str, count: int = 16) -> None:
    page.goto(url)
    expect(tiles(page)).to_have_count(count, timeout=TIMEOUT)


def choose_model(page: Page, name: str) -> None:
    page.locator("#model input").click()
    page.get_by_role("option", name=name, exact=True).click()


def expect_model(page: Page, name: str, revision: str) -> None:
    """The page shows this model at this revision."""
    expect(page.locator("h1").first).to_have_text(name, timeout=TIMEOUT)
    expect(page.locator(".ag-version")).to_have_attribute("title", revision, timeout=TIMEOUT)
    expect(page.locator(".ag-version")).to_contain_text(revision[:8])
