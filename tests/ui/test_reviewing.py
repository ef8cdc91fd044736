"""The page for reviewers in Chromium: keys and thumbs, undo, reload, two at once, and blind pairs."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

from playwright.sync_api import Route, expect

from amgan.model import AMGAN
from amgan.reviews.blind import order_for, side_of_a
from amgan.reviews.review_spec import Item, Picture, ReviewSpec
from amgan.reviews.store.store import ReviewStore
from tests.server.reviewing import singles
from tests.ui.language import LANG, VOTE, together
from tests.ui.reviewing import DESK, NAME, PHONE, Visit, at, reviewer_of, sent, verdicts

OTHER = "a-predefined"
SCRIPT = '"><img src=x onerror="document.title=1">'


def test_two_reviewers_at_once(visit: Visit, store: ReviewStore, model: AMGAN) -> None:
    """One at a desk with keys, one with a phone; undo, a reload in the middle; the count made by hand."""
    review = store.create(singles(model, NAME, 40))
    ann, bob = visit(review, DESK, "Ann"), visit(review, PHONE, "Bob")
    keys = {"keep": ["k", "ArrowRight"], "reject": ["r", "ArrowLeft"], "skip": ["s", "ArrowDown"]}
    said: dict[str, dict[int, str]] = {"Ann": {}, "Bob": {}}
    for place in range(1, 41):
        at(ann, place, 40)
        said["Ann"][place] = ("keep", "keep", "reject", "skip")[place % 4]
        ann.keyboard.press(keys[said["Ann"][place]][place % 2])
        at(bob, place, 40)
        said["Bob"][place] = "reject" if place % 3 == 0 else "keep"
        bob.get_by_role("button", name=VOTE(said["Bob"][place]), exact=True).tap()
        if place == 11:
            at(ann, 12, 40)
            ann.keyboard.press("z")
            at(ann, 11, 40)
            ann.keyboard.press("Backspace")
            at(ann, 10, 40)
            for again in (10, 11):
                said["Ann"][again] = "reject"
                at(ann, again, 40)
                ann.keyboard.press("r")
        if place == 20:
            at(bob, 21, 40)
            bob.get_by_role("button", name=VOTE("undo")).tap()
            at(bob, 20, 40)
            said["Bob"][20] = "reject"
            bob.get_by_role("button", name=VOTE("reject")).tap()
            at(bob, 21, 40)
            bob.reload()
            at(bob, 21, 40)
            ann.reload()
            at(ann, 21, 40)
    expect(ann.get_by_role("heading", name=VOTE("thank_you_name", name="Ann"))).to_be_visible()
    expect(ann.locator("#end-words")).to_have_text(
        together(VOTE("judged_pictures", count=31), VOTE("skipped_so_many", count=9))
    )
    expect(bob.locator("#end-words")).to_have_text(VOTE("judged_pictures", count=40))
    sent(ann)
    sent(bob)
    assert verdicts(store, review, ann) == said["Ann"]
    assert verdicts(store, review, bob) == said["Bob"]
    assert Counter(said["Bob"].values()) == {"keep": 26, "reject": 14}
    assert {one.name for one in store.votes(review.id)} == {"Ann", "Bob"}
    # Three were taken back, and what was said before stays in the log.
    assert len(store.votes(review.id)) == 80 + 2 * 3


def test_a_phone_shows_all_of_it_at_once(visit: Visit, store: ReviewStore, model: AMGAN) -> None:
    question = "Would you, if it were yours to choose, have someone make a first sample of this for the spring?"
    other = tuple(Item(item.a, item.a) for item in singles(model, NAME, 3).items)
    specs = (
        singles(model, NAME, 3, title="Spring " * 15, question=question), singles(model, NAME, 3, scale="stars"),
        ReviewSpec("Pairs", other, question=question),
    )  # fmt: skip
    for spec in specs:
        page = visit(store.create(spec), PHONE)
        at(page, 1, 3)
        assert page.evaluate("document.documentElement.scrollWidth") == 390
        assert page.evaluate("document.documentElement.scrollHeight") <= 844
        for button in page.locator("main:not([hidden]) button:visible, summary:visible").all():
            box = button.bounding_box()
            assert box is not None
            assert box["height"] >= 44
            assert box["width"] >= 44
            assert box["y"] + box["height"] <= 844
        images = page.locator("#pictures img")
        for image in images.all():
            box = image.bounding_box()
            assert box is not None
            assert (box["x"] >= 0, box["x"] + box["width"] <= 390, box["y"] >= 0) == (True, True, True)
            # Each of its 32 pixels is a square of whole pixels of the screen.
            assert (box["width"] * 2) % 32 == 0
            assert box["width"] == box["height"] >= 4 * 32
        assert images.count() == (2 if spec.is_pairs else 1)
        assert page.evaluate("getComputedStyle(document.querySelector('#pictures img')).imageRendering") == "pixelated"
        expect(page.locator("kbd").first).to_be_hidden()


def test_a_phone_in_japanese_reads_japanese_from_end_to_end(visit: Visit, store: ReviewStore, model: AMGAN) -> None:
    review = store.create(singles(model, NAME, 2, title="春", question="試作したいですか"))
    page = visit(review, PHONE | {"locale": "ja-JP"}, name=None)
    expect(page.get_by_text("画像 2 枚。それぞれ採用か不採用かを選んでください。約 1 分かかります。")).to_be_visible()
    page.get_by_label("お名前").fill("花子")
    page.get_by_role("button", name="はじめる", exact=True).tap()
    for place in (1, 2):
        expect(page.locator("#place")).to_have_text(re.compile(f"^{place} / 2"))
        expect(page.locator("#choices button").first).to_have_attribute("aria-disabled", "false")
        assert page.evaluate("document.documentElement.scrollWidth") == 390
        page.get_by_role("button", name="採用", exact=True).tap()
    expect(page.get_by_role("heading", name="花子 さん、ありがとうございました")).to_be_visible()
    expect(page.locator("#end-words")).to_have_text("2 枚を評価しました。")
    shown = page.locator("body").inner_text()
    assert not set(re.findall(r"[A-Za-z]{2,}", shown)) - {*re.findall(r"[A-Za-z]{2,}", " ".join(model.class_names))}
    sent(page)
    assert verdicts(store, review, page) == {1: "keep", 2: "keep"}


def test_what_a_screen_reader_is_told(visit: Visit, store: ReviewStore, model: AMGAN) -> None:
    review = store.create(singles(model, NAME, 3, title=f"Spring {SCRIPT}", question=f"Good? {SCRIPT}"))
    page = visit(review)
    at(page, 1, 3)
    label = review.spec.items[order_for(review, reviewer_of(page))[0]].label
    first = VOTE("place", number=1, count=3)
    assert page.locator("#pictures img").get_attribute("alt") == f"{label}, {first}"
    expect(page.locator("#place[role=status]")).to_have_text(f"{first}, {label}")
    assert page.title() == f"Spring {SCRIPT}"
    expect(page.get_by_role("heading", name=f"Good? {SCRIPT}")).to_be_visible()
    expect(page.locator("kbd").first).to_be_visible()
    assert page.locator("img").count() == 1


def test_stars_and_a_comment(visit: Visit, store: ReviewStore, model: AMGAN) -> None:
    review = store.create(singles(model, NAME, 3, scale="stars"))
    page = visit(review)
    at(page, 1, 3)
    page.keyboard.press("4")
    at(page, 2, 3)
    page.keyboard.press("c")
    page.get_by_label(VOTE("comment")).fill(f"s2k {SCRIPT} 1")
    expect(page.locator("#place")).to_contain_text(VOTE("place", number=2, count=3))  # what is written is no key
    page.get_by_role("button", name="2", exact=True).click()
    at(page, 3, 3)
    expect(page.get_by_label(VOTE("comment"))).to_be_hidden()
    page.keyboard.press("1")
    expect(page.get_by_role("heading", name=VOTE("thank_you"))).to_be_visible()
    sent(page)
    assert verdicts(store, review, page) == {1: "4", 2: "2", 3: "1"}
    assert sorted(one.comment for one in store.votes(review.id)) == ["", "", f"s2k {SCRIPT} 1"]


def test_a_change_of_mind_at_the_end(visit: Visit, store: ReviewStore, model: AMGAN) -> None:
    review = store.create(singles(model, NAME, 3))
    page = visit(review, PHONE)
    for place in (1, 2, 3):
        at(page, place, 3)
        page.get_by_role("button", name=VOTE("keep"), exact=True).tap()
    tiles = page.locator("#tiles button")
    expect(tiles).to_have_count(3)
    tiles.nth(1).tap()
    at(page, 2, 3)
    expect(page.get_by_role("button", name=VOTE("keep"), exact=True)).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name=VOTE("back_to_all")).tap()
    tiles.nth(1).tap()
    at(page, 2, 3)
    page.get_by_role("button", name=VOTE("reject")).tap()
    expect(tiles.nth(1)).to_contain_text(VOTE("reject"))
    page.get_by_role("button", name=VOTE("undo_last")).tap()
    at(page, 2, 3)
    page.get_by_role("button", name=VOTE("skip")).tap()
    expect(page.locator("#end-words")).to_have_text(
        together(VOTE("judged_pictures", count=2), VOTE("skipped_so_many", count=1))
    )
    sent(page)
    assert verdicts(store, review, page) == {1: "keep", 2: "skip", 3: "keep"}


def test_two_tabs_of_one_browser(visit: Visit, store: ReviewStore, model: AMGAN) -> None:
    review = store.create(singles(model, NAME, 6))
    one = visit(review)
    at(one, 1, 6)
    other = one.context.new_page()
    other.goto(one.url)
    at(other, 1, 6)
    other.keyboard.press("k")
    at(other, 2, 6)
    at(one, 2, 6)  # it goes on with the other
    one.keyboard.press("r")
    at(one, 3, 6)
    at(other, 3, 6)
    other.keyboard.press("s")
    at(one, 4, 6)
    sent(one)
    assert verdicts(store, review, one) == {1: "keep", 2: "reject", 3: "skip"}


def test_blind_pairs(visit: Visit, store: ReviewStore, model: AMGAN, weights: Path) -> None:
    """Neither the page nor a request or an answer names a model or a revision; sides become a and b on the server."""
    second = AMGAN.from_pretrained(weights / OTHER)
    label = model.class_names[0]
    items = tuple(
        Item(*(Picture(name, one.revision, seed, label, label, 0.9) for name, one in ((NAME, model), (OTHER, second))))
        for seed in range(8)
    )
    review = store.create(ReviewSpec("Which one?", items, question="Which would you rather make?"))
    page = visit(review, PHONE, None)
    told: list[bytes] = []

    def record(route: Route) -> None:
        request, answer = route.request, route.fetch()
        told.append(f"{request.url} {request.all_headers()} {request.post_data} {answer.headers}".encode())
        told.append(answer.body())
        route.fulfill(response=answer)

    page.context.route("**/*", record)
    page.goto(f"{page.url}?lang={LANG}")  # what is fetched so does not say what its reader speaks
    page.get_by_role("button", name=VOTE("start"), exact=True).tap()
    said = {}
    for place in range(1, 9):
        at(page, place, 8)
        expect(page.locator("#pictures img")).to_have_count(2)
        told.append(page.content().encode())
        said[place] = ("left", "same", "right")[place % 3]
        if place == 8:  # the picture itself
            page.locator("#pictures img").nth(("left", "same", "right").index(said[place]) // 2).tap()
        else:
            page.get_by_role("button", name=VOTE(said[place]), exact=True).tap()
    expect(page.locator("#end-words")).to_have_text(VOTE("judged_pairs", count=8))
    sent(page)
    told.append(page.content().encode())
    assert sum(b"/pictures/" in one for one in told) >= 16
    assert any(b'"verdict":"left"' in one for one in told)
    for secret in (NAME, OTHER, model.revision[:8], second.revision[:8], review.key):
        assert not any(secret.encode() in one for one in told), secret
    reviewer = reviewer_of(page)
    order = order_for(review, reviewer)
    expected = {}
    for place, answer in said.items():
        side = side_of_a(review, reviewer, order[place - 1])
        expected[place] = answer if answer == "same" else "a" if answer == side else "b"
    assert verdicts(store, review, page) == expected
    assert {"a", "b", "same"} >= set(expected.values())
