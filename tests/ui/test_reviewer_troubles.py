"""The page for reviewers when something is in the way: no network, keys that must do nothing, two people."""

from __future__ import annotations

from playwright.sync_api import Route, expect

from amgan.model import AMGAN
from amgan.reviews.blind import order_for
from amgan.reviews.review_spec import Item, Picture, ReviewSpec
from amgan.reviews.store.store import ReviewStore
from amgan.reviews.vote import counted
from tests.server.reviewing import singles
from tests.ui.browsing import wait_until
from tests.ui.language import VOTE, together
from tests.ui.reviewing import DESK, NAME, PHONE, Visit, at, reviewer_of, sent, until, verdicts


def test_a_skip_does_not_overwrite_what_is_looked_at_again(visit: Visit, store: ReviewStore, model: AMGAN) -> None:
    review = store.create(singles(model, NAME, 2))
    page = visit(review)
    for place in (1, 2):
        at(page, place, 2)
        page.keyboard.press("k")
    page.locator("#tiles button").first.click()
    at(page, 1, 2)
    page.keyboard.press("s")
    page.keyboard.press("ArrowDown")
    at(page, 1, 2)
    page.keyboard.press("r")
    expect(page.locator("#tiles button").first).to_contain_text(VOTE("reject"))
    sent(page)
    assert verdicts(store, review, page) == {1: "reject", 2: "keep"}
    assert len(store.votes(review.id)) == 3


def test_a_comment_stays_with_its_picture(visit: Visit, store: ReviewStore, model: AMGAN) -> None:
    review = store.create(singles(model, NAME, 3))
    one = visit(review)
    at(one, 1, 3)
    one.keyboard.press("c")
    one.get_by_label(VOTE("comment")).fill("too dark")
    other = one.context.new_page()
    other.goto(one.url)
    at(other, 1, 3)
    other.keyboard.press("k")
    at(other, 2, 3)
    expect(one.locator("#choices .keep")).to_have_attribute("aria-pressed", "true")
    at(one, 1, 3)
    expect(one.get_by_label(VOTE("comment"))).to_have_value("too dark")
    one.get_by_role("button", name=VOTE("reject")).click()
    at(one, 2, 3)
    expect(one.get_by_label(VOTE("comment"))).to_be_hidden()
    one.keyboard.press("k")
    sent(one)
    assert verdicts(store, review, one) == {1: "reject", 2: "keep"}
    assert [vote.comment for vote in store.votes(review.id)] == ["", "too dark", ""]


def test_two_people_with_one_phone(visit: Visit, store: ReviewStore, model: AMGAN) -> None:
    first, second = (store.create(singles(model, NAME, 1, title=title)) for title in ("First", "Second"))
    page = visit(first, PHONE, "Ann")
    at(page, 1, 1)
    page.get_by_role("button", name=VOTE("keep"), exact=True).tap()
    sent(page)
    ann = reviewer_of(page)
    # Each review asks once who is there.
    page.goto(page.url.replace(first.id, second.id))
    expect(page.get_by_label(VOTE("your_name"))).to_have_value("Ann")
    page.get_by_role("button", name=VOTE("start"), exact=True).tap()
    at(page, 1, 1)
    page.reload()
    at(page, 1, 1)
    page.get_by_role("button", name=VOTE("keep"), exact=True).tap()
    expect(page.get_by_role("heading", name=VOTE("thank_you_name", name="Ann"))).to_be_visible()
    page.get_by_role("button", name=VOTE("not_this_one", name="Ann")).tap()
    expect(page.get_by_label(VOTE("your_name"))).to_have_value("")
    expect(page.locator("button.other:visible")).to_have_count(0)
    page.get_by_label(VOTE("your_name")).fill("Bob")
    page.get_by_role("button", name=VOTE("start"), exact=True).tap()
    at(page, 1, 1)
    page.get_by_role("button", name=VOTE("reject")).tap()
    expect(page.get_by_role("heading", name=VOTE("thank_you_name", name="Bob"))).to_be_visible()
    sent(page)
    assert reviewer_of(page) != ann
    assert {vote.name: vote.verdict for vote in counted(store.votes(second.id))} == {"Ann": "keep", "Bob": "reject"}
    # On the start screen too.
    page.goto(page.url.replace(second.id, first.id))
    bob = reviewer_of(page)
    page.get_by_role("button", name=VOTE("not_this_one", name="Bob")).tap()
    expect(page.get_by_label(VOTE("your_name"))).to_have_value("")
    assert reviewer_of(page) not in (ann, bob)


def test_a_picture_that_is_away_comes_by_itself(visit: Visit, store: ReviewStore, model: AMGAN) -> None:
    review = store.create(singles(model, NAME, 1))
    page = visit(review, DESK, None)
    away = True

    def answer(route: Route) -> None:
        if away:
            route.fulfill(status=503, headers={"Retry-After": "1"}, body='{"detail": "away"}')
        else:
            route.fallback()

    page.route("**/pictures/*", answer)
    page.reload()
    page.get_by_role("button", name=VOTE("start"), exact=True).click()
    expect(page.locator("#trouble")).to_have_text(VOTE("picture_later"))
    away = False
    at(page, 1, 1)
    expect(page.locator("#trouble")).to_be_hidden()


def test_a_server_that_is_starting(visit: Visit, store: ReviewStore, model: AMGAN) -> None:
    """The page is there from before; the server does not know its review for a moment."""
    review = store.create(singles(model, NAME, 1))
    page = visit(review)
    at(page, 1, 1)
    asked: list[str] = []

    def start(route: Route) -> None:
        asked.append(route.request.url)
        route.fulfill(status=503, headers={"Retry-After": "1"}, body='{"detail": "starting"}')

    page.route("**/state?*", start, times=2)
    page.reload()
    at(page, 1, 1)
    assert len(asked) == 2


def test_no_network_for_a_while_loses_nothing(visit: Visit, store: ReviewStore, model: AMGAN) -> None:
    review = store.create(singles(model, NAME, 12))
    page = visit(review, PHONE)
    at(page, 1, 12)
    until(page, "performance.getEntriesByType('resource').filter(r => r.name.endsWith('.png')).length >= 6")
    page.context.set_offline(True)
    for place in (1, 2, 3, 4):
        at(page, place, 12)
        page.get_by_role("button", name=VOTE("keep"), exact=True).tap()
    expect(page.locator("#waiting")).to_have_text(VOTE("votes_wait", count=4))
    page.get_by_role("button", name=VOTE("undo")).tap()
    expect(page.locator("#waiting")).to_have_text(VOTE("votes_wait", count=5))
    assert store.votes(review.id) == []
    # Closed and opened again, they are still there.
    address, context = page.url, page.context
    page.route("**/votes", lambda route: route.abort())
    # What a page sends in its last moment comes past that route.
    cut_off = "() => { window.fetch = () => Promise.reject(new TypeError('no network')); }"
    page.evaluate(cut_off)
    context.set_offline(False)
    page.reload()
    at(page, 4, 12)
    page.evaluate(cut_off)
    page.close()
    assert store.votes(review.id) == []
    again = context.new_page()
    again.goto(address)
    at(again, 4, 12)
    sent(again)
    assert verdicts(store, review, again) == {1: "keep", 2: "keep", 3: "keep"}
    expect(again.locator("#waiting")).to_be_hidden()


def test_an_answer_that_is_lost_on_the_way(visit: Visit, store: ReviewStore, model: AMGAN) -> None:
    """The server has the vote, the browser does not know: the same vote again counts once."""
    review = store.create(singles(model, NAME, 3))
    page = visit(review)
    lost = []

    def lose(route: Route) -> None:
        lost.append(route.fetch().status)
        if len(lost) < 3:
            route.abort()
        else:
            route.fulfill(status=503)

    page.route("**/votes", lose, times=3)
    at(page, 1, 3)
    page.keyboard.press("k")
    at(page, 2, 3)
    expect(page.locator("#waiting")).to_have_text(VOTE("votes_wait", count=1))
    page.keyboard.press("r")
    sent(page)
    assert lost == [200, 200, 200]
    assert len(store.votes(review.id)) == 2
    assert verdicts(store, review, page) == {1: "keep", 2: "reject"}


def test_an_answer_that_never_comes(visit: Visit, store: ReviewStore, model: AMGAN) -> None:
    review = store.create(singles(model, NAME, 3))
    page = visit(review)
    page.clock.install()
    page.reload()
    at(page, 1, 3)
    asked: list[str] = []
    page.route("**/votes", lambda route: asked.append(route.request.url), times=1)
    page.keyboard.press("k")
    at(page, 2, 3)
    page.keyboard.press("r")
    at(page, 3, 3)
    wait_until(page, lambda: len(asked) == 1)
    assert store.votes(review.id) == []
    page.clock.fast_forward("01:00")
    sent(page)
    assert verdicts(store, review, page) == {1: "keep", 2: "reject"}


def test_what_waits_is_sent_when_the_page_is_hidden_or_shown(visit: Visit, store: ReviewStore, model: AMGAN) -> None:
    review = store.create(singles(model, NAME, 6))
    page = visit(review)
    hide = "Object.defineProperty(document, 'hidden', { value: %s, configurable: true });"
    turned = f"{hide} document.dispatchEvent(new Event('visibilitychange'))"
    shown_again = "dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))"

    def refuse(route: Route) -> None:
        route.fulfill(status=429, headers={"Retry-After": "600"})  # long after this test

    for place, event in enumerate((shown_again, turned % "true", turned % "false"), 1):
        at(page, place, 6)
        page.route("**/votes", refuse, times=1)
        page.keyboard.press("k")
        expect(page.locator("#waiting")).to_have_text(VOTE("votes_wait", count=1))
        page.evaluate(event)
        sent(page)
        expect(page.locator("#waiting")).to_be_hidden()
    assert verdicts(store, review, page) == {1: "keep", 2: "keep", 3: "keep"}


def test_a_picture_that_is_gone_can_only_be_skipped(visit: Visit, store: ReviewStore, model: AMGAN) -> None:
    gone = Item(Picture("vanished", "0123abcd", 0, None, "Bag", 0.9))
    review = store.create(ReviewSpec("Gone", (gone, singles(model, NAME, 1).items[0])))
    page = visit(review)
    order = order_for(review, reviewer_of(page))
    for place in (1, 2):
        if order[place - 1] == 1:
            at(page, place, 2)
            page.keyboard.press("k")
            continue
        expect(page.locator("#trouble")).to_have_text(VOTE("picture_gone"))
        page.keyboard.press("k")
        expect(page.locator("#place")).to_contain_text(VOTE("place", number=place, count=2))
        page.get_by_role("button", name=VOTE("skip")).click()
    expect(page.locator("#end-words")).to_have_text(
        together(VOTE("judged_pictures", count=1), VOTE("skipped_so_many", count=1))
    )
    sent(page)
    assert sorted(verdicts(store, review, page).values()) == ["keep", "skip"]
