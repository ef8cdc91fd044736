"""What tests of the page for reviewers do again and again."""

from __future__ import annotations

import re
from typing import Any, Protocol

from playwright.sync_api import Page, expect

from amgan.languages.reading import DEFAULT, Texts
from amgan.reviews.blind import order_for
from amgan.reviews.store.store import Review, ReviewStore
from amgan.reviews.vote import counted
from tests.ui.browsing import TIMEOUT

NAME = "fashion-mnist"
DESK: dict[str, Any] = {"viewport": {"width": 1280, "height": 800}}
PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "has_touch": True,
    "is_mobile": True,
    "device_scale_factor": 2,
}


class Visit(Protocol):
    """Opens a review in a browser of its own, and begins under a name; None stays at what comes first."""

    def __call__(self, review: Review, device: dict[str, Any] = DESK, name: str | None = "") -> Page: ...


def at(page: Page, place: int, count: int) -> None:
    """Wait until a picture is there to be judged, in whatever language."""
    said = Texts(page.locator("html").get_attribute("lang") or DEFAULT, "vote")("place", number=place, count=count)
    expect(page.locator("#place")).to_have_text(re.compile(rf"^{re.escape(said)}(,|、|$)"))
    expect(page.locator("#pictures img").first).to_be_visible()
    expect(page.locator("#choices button").first).to_have_attribute("aria-disabled", "false")


def sent(page: Page) -> None:
    """Wait until the server has everything."""
    until(page, "!Object.keys(localStorage).some(key => key.startsWith('amgan-vote:'))")


def until(page: Page, condition: str) -> None:
    """Wait for JavaScript to be true. Playwright's own way needs an eval, which the page's policy does not allow."""
    for _ in range(TIMEOUT // 50):
        if page.evaluate(condition):
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"it did not come: {condition}")


def reviewer_of(page: Page) -> str:
    return page.evaluate("JSON.parse(localStorage.getItem('amgan-reviewer')).id")


def verdicts(store: ReviewStore, review: Review, page: Page) -> dict[int, str]:
    """What counts of the reviewer of a page, by the place at which the item was shown."""
    order = order_for(review, reviewer_of(page))
    mine = counted(store.votes_of(review.id, reviewer_of(page)))
    return {order.index(one.item) + 1: one.verdict for one in mine}
