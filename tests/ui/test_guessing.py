"""Real or made up: ten guesses on a phone and by keyboard, a score to share, and what About says of all guesses."""

from __future__ import annotations

import re

from playwright.sync_api import Browser, Page, expect

from amgan.languages.reading import Texts
from amgan.reviews.guessing.results import results_of
from amgan.reviews.guessing.round import GUESSES, Rounds
from amgan.reviews.store.store import ReviewStore
from tests.ui.browsing import open_page, says_for_a_moment, wait_until
from tests.ui.language import LANG, PAGE
from tests.ui.reviewing import PHONE

GUESS = Texts(LANG, "guess")
SIDEWAYS = "() => document.documentElement.scrollWidth > innerWidth"
LINES_OF_CAPTIONS = """() => [...document.querySelectorAll('#answers b')].map(word =>
  word.scrollWidth <= word.parentElement.clientWidth ? word.getClientRects().length : 'cut')"""


def test_ten_guesses(page: Page, app_url: str, app_reviews: ReviewStore) -> None:
    # Only where real pictures lie beside the model does the page lead there.
    open_page(page, f"{app_url}?model=fashion-mnist&n=1", 1)
    expect(page.locator("#guess a")).to_have_count(0)
    open_page(page, f"{app_url}?model=a-predefined&n=1", 1)
    box = page.locator("#guess a").bounding_box()
    assert box is not None
    assert box["height"] >= 44
    link = page.locator("#guess a").get_attribute("href") or ""
    assert link == f"guess?model=a-predefined&lang={LANG}"
    page.goto(app_url + link)
    troubles: list[str] = []  # of this page: Gradio does not catch that a page of its own is left
    page.on("console", lambda said: troubles.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: troubles.append(str(error)))
    with page.expect_response(re.compile(r"guess/rounds\?")) as begun:
        page.get_by_role("button", name=GUESS("begin")).click()
    rounds = Rounds(app_reviews.guesses.secret())
    played = rounds.read(begun.value.json()["round"])
    shown = rounds.shown(played, 12)
    right = 0
    # As large as there is room for, by a whole factor.
    page.set_viewport_size({"width": 1280, "height": 860})
    expect(page.locator("#picture")).to_have_css("width", "448px")
    for place, one in enumerate(shown):
        said = GUESS("place", number=place + 1, count=GUESSES)
        expect(page.locator("#place")).to_have_text(said)
        # Before the guess nothing on the page differs by what the picture is.
        assert re.fullmatch(rf"guess/rounds/[\w.-]+/{place}\.png", page.locator("#picture").get_attribute("src") or "")
        assert page.locator("#picture").get_attribute("alt") == said
        expect(page.locator("#verdict")).to_have_text("")
        said_real = place % 3 == 0
        page.keyboard.press("ArrowRight" if said_real else "ArrowLeft")
        right += said_real == one.is_real
        expect(page.locator("#verdict")).to_contain_text(GUESS("is_real" if one.is_real else "is_made_up"))
        expect(page.locator("#verdict")).to_have_class("right" if said_real == one.is_real else "wrong")
        expect(page.get_by_role("button", name=GUESS("next"))).to_be_focused()
        page.keyboard.press("Enter")
    expect(page.locator("#score")).to_have_text(GUESS("score", right=right, count=GUESSES))
    expect(page.locator("#answers li")).to_have_count(GUESSES)
    # Other tests may have played this model, too.
    of_all = results_of(app_reviews.guesses.guesses(played.model, played.revision)).rounds
    expect(page.locator("#everyone")).to_contain_text(GUESS("of_rounds", count=of_all))
    expect(page.locator("#credit")).to_contain_text(re.compile(r"Copyright \(c\) 2026 Jo(, |、)MIT"))
    with says_for_a_moment(page.locator("#share"), GUESS("copied")):
        page.get_by_role("button", name=GUESS("share")).click()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert GUESS("shared", right=right, count=GUESSES) in copied
    assert copied.endswith("/guess?model=a-predefined")
    for width in (320, 390, 768, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        assert not page.evaluate(SIDEWAYS), width
        assert set(page.evaluate(LINES_OF_CAPTIONS)) == {1}, width
    assert troubles == []
    page.locator("#model").click()
    page.get_by_role("tab", name=PAGE.tab_about).click()
    page.set_viewport_size({"width": 320, "height": 800})
    expect(page.locator(".ag-code")).to_have_count(2)
    assert page.locator(".ag-code").evaluate_all("all => all.every(one => one.scrollWidth <= one.clientWidth)")
    page.set_viewport_size({"width": 1280, "height": 800})
    facts = page.locator(".ag-facts")
    if not all(one.is_real for one in shown):
        expect(facts).to_contain_text(PAGE.fact_fooled)


def test_on_a_phone_in_japanese_and_what_goes_wrong(browser: Browser, app_url: str) -> None:
    context = browser.new_context(**PHONE, locale="ja-JP")
    page = context.new_page()
    try:
        page.goto(f"{app_url}guess?model=a-predefined")
        expect(page.locator("html")).to_have_attribute("lang", "ja")
        page.get_by_role("button", name="はじめる").tap()
        expect(page.locator("#picture")).to_be_visible()
        wait_until(page, lambda: page.evaluate("document.getElementById('picture').naturalWidth") == 32)
        for button in ("#real", "#made"):
            box = page.locator(button).bounding_box()
            assert box is not None
            assert box["height"] >= 44
            assert box["y"] + box["height"] <= 844
        assert not page.evaluate(SIDEWAYS)
        # The server away: a sentence, and the guess can be given again.
        context.set_offline(True)
        page.locator("#real").tap()
        expect(page.locator("#trouble")).to_contain_text("サーバーから応答がありません")
        context.set_offline(False)
        page.locator("#real").tap()
        expect(page.locator("#verdict")).not_to_have_text("")
        expect(page.locator("#trouble")).to_have_text("")
        page.goto(f"{app_url}guess?model=fashion-mnist&lang=en")
        page.get_by_role("button", name="Begin").tap()
        expect(page.locator("#trouble")).to_contain_text("No real pictures lie beside this model")
        page.goto(f"{app_url}guess?model=nobody&lang=en")
        page.get_by_role("button", name="Begin").tap()
        expect(page.locator("#trouble")).to_contain_text("There is no such model here")
    finally:
        context.close()
