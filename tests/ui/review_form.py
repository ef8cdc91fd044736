"""What tests of tab Review do again and again."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

from amgan.reviews.store.store import Review, ReviewStore
from tests.ui.browsing import TIMEOUT
from tests.ui.language import PAGE, saying

ESTIMATED = re.compile("|".join(saying(text).pattern for text in (PAGE.review_estimate, PAGE.review_estimate_pairs)))


def cards(page: Page) -> Locator:
    return page.locator("li[data-review]")


def box(page: Page, name: str) -> Locator:
    return page.locator(f"#review-{name} textarea, #review-{name} input")


def fill(page: Page, **values: str) -> None:
    for name, value in values.items():
        box(page, name.replace("_", "-")).fill(value)


def open_form(page: Page, url: str, query: str = "") -> None:
    page.goto(f"{url}?tab=review{query}")
    expect(page.locator("#review-estimate")).to_contain_text(ESTIMATED, timeout=TIMEOUT)


def made(page: Page, store: ReviewStore, count: int = 1) -> Review:
    """Press the button; the review that it makes."""
    page.locator("#make-review").click()
    expect(cards(page)).to_have_count(count, timeout=TIMEOUT)
    return store.review(cards(page).first.get_attribute("data-review") or "")
