"""The reviews that a browser remembers, in Chromium: counted, closed, opened again, and none lost to another window."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, Request, Route, expect

from amgan.reviews.store.store import ReviewStore
from amgan.reviews.vote import Vote
from tests.ui.browsing import TIMEOUT, wait_until
from tests.ui.language import PAGE, saying
from tests.ui.review_form import cards, made, open_form


def test_reviews_are_remembered_counted_and_closed(page: Page, app_url: str, app_reviews: ReviewStore) -> None:
    open_form(page, app_url, "&n=2")
    review = made(page, app_reviews)
    card = cards(page).first
    expect(card).to_contain_text(PAGE.review_no_votes)
    votes = [
        Vote("vote-0001", 0, "reviewer-1", "keep"), Vote("vote-0002", 1, "reviewer-1", "skip"),
        Vote("vote-0003", 0, "reviewer-2", "reject"), Vote("vote-0004", 1, "reviewer-2", "keep"),
        Vote("vote-0005", 1, "reviewer-3", "keep"), Vote("vote-0006", 1, "reviewer-3", "undo"),
    ]  # fmt: skip
    app_reviews.add(review.id, votes)
    page.reload()
    expect(card).to_contain_text(PAGE.review_votes.format(reviewers=2, votes=3), timeout=TIMEOUT)
    app_reviews.add(review.id, [Vote("vote-0007", 0, "reviewer-3", "keep")])
    # As the browser does for who comes back from voting.
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(card).to_contain_text(PAGE.review_votes.format(reviewers=3, votes=4), timeout=TIMEOUT)
    card.get_by_role("button", name=PAGE.review_close).click()
    sure = card.get_by_role("button", name=PAGE.review_close_sure)
    expect(sure).to_be_visible()
    sure.dispatch_event("click", {"detail": 2})  # a double click is one
    page.locator("#review-estimate").click()  # another click takes the question back
    expect(card.get_by_role("button", name=PAGE.review_close)).to_be_visible()
    assert app_reviews.review(review.id).closed is None
    for name in (PAGE.review_close, PAGE.review_close_sure):
        card.get_by_role("button", name=name).click()
    expect(card).to_contain_text(saying(PAGE.review_closed), timeout=TIMEOUT)
    assert app_reviews.review(review.id).closed is not None
    card.get_by_role("button", name=PAGE.review_reopen).click()
    expect(card.get_by_role("link", name=PAGE.review_now)).to_be_visible(timeout=TIMEOUT)
    assert app_reviews.review(review.id).closed is None
    for name in (PAGE.review_close, PAGE.review_close_sure):
        card.get_by_role("button", name=name).click()
    expect(card).to_contain_text(saying(PAGE.review_closed), timeout=TIMEOUT)
    assert card.get_by_role("link", name=PAGE.review_results).is_visible()
    assert card.get_by_role("link", name=PAGE.review_now).count() == 0
    card.get_by_role("button", name=PAGE.review_forget).click()
    card.get_by_role("button", name=PAGE.review_forget_sure).click()
    expect(page.locator("#reviews")).to_contain_text(PAGE.no_reviews, timeout=TIMEOUT)
    page.reload()
    expect(page.locator("#reviews")).to_contain_text(PAGE.no_reviews, timeout=TIMEOUT)
    assert len(app_reviews.votes(review.id)) == 7


@pytest.mark.parametrize("event", ["make", "look"])
def test_what_another_window_made_meanwhile_stays(
    page: Page, app_url: str, app_reviews: ReviewStore, event: str
) -> None:
    open_form(page, app_url, "&n=2")
    second = page.context.new_page()
    open_form(second, app_url, "&n=2")
    held: list[Route] = []
    ended: list[Request] = []

    def hold(route: Route) -> None:
        held.append(route)

    def note(request: Request) -> None:
        ended.append(request)

    page.route("**/queue/data**", hold)
    # The server ends the stream and the page hangs up, whichever is first.
    for end in ("requestfinished", "requestfailed"):
        page.on(end, note)
    if event == "make":
        page.locator("#make-review").click()
    else:
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    wait_until(page, lambda: bool(held))
    other = made(second, app_reviews)
    page.unroute("**/queue/data**")  # which lets go what is held
    wait_until(page, lambda: any("/queue/data" in request.url for request in ended))
    count = 1
    if event == "make":
        count = 2
        expect(cards(page)).to_have_count(count, timeout=TIMEOUT)
    page.wait_for_timeout(500)
    page.reload()
    expect(cards(page)).to_have_count(count, timeout=TIMEOUT)
    pairs = page.evaluate("JSON.parse(localStorage.getItem('amgan-reviews'))")
    assert [other.id, other.key] in pairs
    assert [[pair[0], app_reviews.review(pair[0]).key] for pair in pairs] == pairs
    assert len(pairs) == count


def test_all_keys_of_a_long_memory_are_kept(page: Page, app_url: str, app_reviews: ReviewStore) -> None:
    open_form(page, app_url, "&n=1")
    old = [[f"id-of-a-review-{number}", "key-of-as-many-letters-or"] for number in range(450)]
    page.evaluate("pairs => localStorage.setItem('amgan-reviews', JSON.stringify(pairs))", old)
    review = made(page, app_reviews)
    pairs = page.evaluate("JSON.parse(localStorage.getItem('amgan-reviews'))")
    assert pairs == [[review.id, review.key], *old]


def test_who_does_not_know_the_key_sees_and_closes_nothing(page: Page, app_url: str, app_reviews: ReviewStore) -> None:
    open_form(page, app_url, "&n=1")
    review = made(page, app_reviews)
    for memory in (f'[["{review.id}", "guessed-key"]]', "{", '[["a"], 3, {"b": 1}, [1, 2]]', "[" * 5000):
        page.evaluate("text => localStorage.setItem('amgan-reviews', text)", memory)
        page.reload()
        expect(page.locator("#reviews")).to_contain_text(PAGE.no_reviews, timeout=TIMEOUT)
        expect(page.locator("#review-estimate")).to_contain_text(saying(PAGE.review_estimate, count=1), timeout=TIMEOUT)
    assert app_reviews.review(review.id).closed is None
