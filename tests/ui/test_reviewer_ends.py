"""The page for reviewers when the review takes no more votes: closed, deleted, full, or none at all."""

from __future__ import annotations

from dataclasses import replace

from playwright.sync_api import expect

from amgan.model import AMGAN
from amgan.reviews.store.store import Review, ReviewStore
from tests.server.reviewing import singles
from tests.ui.language import VOTE, together
from tests.ui.reviewing import DESK, NAME, PHONE, Visit, at, sent, verdicts


def test_a_review_that_is_closed_meanwhile(visit: Visit, store: ReviewStore, model: AMGAN) -> None:
    review = store.create(singles(model, NAME, 6))
    page = visit(review)
    at(page, 1, 6)
    page.keyboard.press("k")
    at(page, 2, 6)
    sent(page)
    store.close_review(review.id)
    page.keyboard.press("k")
    expect(page.get_by_role("heading", name=VOTE("is_closed"))).to_be_visible()
    expect(page.locator("#closed-words")).to_have_text(together(VOTE("thank_you_for_votes"), VOTE("too_late", count=1)))
    page.reload()
    expect(page.locator("#closed-words")).to_have_text(VOTE("thank_you_for_votes"))
    assert verdicts(store, review, page) == {1: "keep"}
    other = visit(review, PHONE, None)
    expect(other.locator("#closed-words")).to_have_text(VOTE("takes_no_more"))


def test_a_review_that_is_deleted_meanwhile(visit: Visit, store: ReviewStore, model: AMGAN) -> None:
    review = store.create(singles(model, NAME, 6))
    page = visit(review)
    at(page, 1, 6)
    # A proxy that says so for a moment is no reason to lose a vote.
    page.route("**/votes", lambda route: route.fulfill(status=404), times=1)
    page.keyboard.press("k")
    at(page, 2, 6)
    sent(page)
    assert verdicts(store, review, page) == {1: "keep"}
    store.delete(review.id)
    page.keyboard.press("k")
    expect(page.get_by_role("heading", name=VOTE("link_is_broken"))).to_be_visible()


def test_a_review_that_has_all_its_votes(visit: Visit, store: ReviewStore, model: AMGAN) -> None:
    review = store.create(singles(model, NAME, 6))
    page = visit(review)
    at(page, 1, 6)
    page.keyboard.press("k")
    at(page, 2, 6)
    sent(page)
    limits = store._limits
    store._limits = replace(limits, votes=1)
    try:
        page.keyboard.press("k")
        expect(page.locator("#closed-words")).to_have_text(
            together(VOTE("thank_you_for_votes"), VOTE("too_late", count=1))
        )
        page.reload()
        expect(page.locator("#closed-words")).to_have_text(VOTE("thank_you_for_votes"))
    finally:
        store._limits = limits
    assert verdicts(store, review, page) == {1: "keep"}


def test_a_link_that_leads_nowhere(visit: Visit, store: ReviewStore, model: AMGAN) -> None:
    page = visit(Review("nothing", "", 0.0, None, singles(model, NAME, 1)), DESK, None)
    expect(page.get_by_role("heading", name=VOTE("link_is_broken"))).to_be_visible()
    sentence = "There is no such review; the link may be cut off."
    expect(page.get_by_text(VOTE("link_is_broken_more", sentence=sentence))).to_be_visible()
