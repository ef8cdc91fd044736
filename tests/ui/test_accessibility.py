"""axe-core finds nothing serious on any page, in every language, and dark."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from amgan.languages.reading import DEFAULT, LANGUAGES
from amgan.model import AMGAN
from amgan.reviews.guessing.round import GUESSES
from amgan.reviews.store.store import Review, ReviewStore
from amgan.reviews.vote import Vote
from tests.server.reviewing import singles
from tests.ui.browsing import TABS, open_page
from tests.ui.judged_project import STEPS, judged_project
from tests.ui.reviewing import NAME, at

BAD = ("serious", "critical")
RULES: dict[Literal["light", "dark"], dict[str, Any]] = {
    "light": {"resultTypes": ["violations"]},
    # Only colours differ.
    "dark": {"resultTypes": ["violations"], "runOnly": ["color-contrast", "link-in-text-block"]},
}
SETTLED = """new Promise(requestAnimationFrame).then(() => new Promise(requestAnimationFrame)).then(() =>
    Promise.allSettled(document.getAnimations().map(animation => animation.finished)))"""
"""A theme is there two frames later, and what fades in once it has."""
COUNT = 3


@pytest.fixture(params=list(LANGUAGES))
def lang(request: pytest.FixtureRequest) -> str:
    """The language in which to ask for pages."""
    return request.param


def troubles(page: Page) -> list[str]:
    """What axe finds serious of what is shown now: light, and in one language dark, as all have the same colours."""
    found = []
    is_first = page.locator("html").get_attribute("lang") == DEFAULT
    for theme, rules in RULES.items() if is_first else [("light", RULES["light"])]:
        page.emulate_media(color_scheme=theme)
        page.evaluate(SETTLED)
        bad = [rule for rule in Axe().run(page, options=rules).response["violations"] if rule["impact"] in BAD]
        found += [f"{theme}, {rule['id']}: {said(node)}" for rule in bad for node in rule["nodes"]]
    page.emulate_media(color_scheme="light")
    return found


def said(node: dict[str, Any]) -> str:
    return f"{node['target']} {node['html'][:120]} {node['failureSummary']}"


def test_every_tab_and_dialog(page: Page, lang: str, app_url: str) -> None:
    found: dict[str, list[str]] = {}
    open_page(page, f"{app_url}?lang={lang}&model={NAME}&n=9&seed=5", 9)
    found["sample"] = troubles(page)
    page.locator(".ag-tile").first.click()
    page.locator(".ag-viewer [data-ag=keep]").click()
    page.locator(".ag-sliders summary").click()
    found["viewer"] = troubles(page)
    page.locator(".ag-viewer [data-ag=share]").click()
    found["share"] = troubles(page)
    page.keyboard.press("Escape")
    page.locator(".ag-viewer [data-ag=alike]").click()
    page.locator(".ag-alike .ag-tile").first.wait_for()
    found["variations"] = troubles(page)
    for place, (tab, ready) in enumerate(TABS, start=1):
        page.get_by_role("tab").nth(place).click()
        page.locator(ready).first.wait_for()
        if tab in ("batch", "review"):
            page.locator("#batch-start, #make-review").locator("visible=true").click()
            page.locator(".ag-job").locator("visible=true").first.wait_for()
        for fold in page.locator(".label-wrap").locator("visible=true").all():
            fold.click()
        found[tab] = troubles(page)
    # Of many classes, what is chosen is looked for.
    page.goto(f"{app_url}?lang={lang}&model=many&tab=batch&seed=x")
    expect(page.locator("#batch-estimate p")).to_be_visible()
    expect(page.locator(".ag-note")).to_be_visible()
    found["many classes, and a note"] = troubles(page)
    assert {where: said for where, said in found.items() if said} == {}


@pytest.fixture(scope="module")
def review(store: ReviewStore, model: AMGAN) -> Review:
    review = store.create(singles(model, NAME, COUNT, target=0.6))
    store.add(review.id, [Vote(f"vote-{item:05}", item, "reviewer-1", "keep", "Fine.") for item in range(COUNT)])
    return review


def test_the_pages_of_a_review(page: Page, lang: str, reviews_url: str, review: Review) -> None:
    found: dict[str, list[str]] = {}
    page.goto(f"{reviews_url}{review.id}?lang={lang}")
    start = page.locator("#start-form button")
    expect(start).to_be_visible()
    found["before the vote"] = troubles(page)
    start.click()
    for place in range(1, COUNT + 1):
        at(page, place, COUNT)
        if place == 1:
            page.locator("summary").click()
            found["vote"] = troubles(page)
        page.locator("#choices button").first.click()
    expect(page.locator("#tiles button")).to_have_count(COUNT)
    found["all voted"] = troubles(page)
    page.goto(f"{reviews_url}{review.id}/results?key={review.key}&lang={lang}")
    found["results"] = troubles(page)
    page.goto(f"{reviews_url}{review.id}/results?key=wrong&lang={lang}")
    found["no results"] = troubles(page)
    assert {where: said for where, said in found.items() if said} == {}


@pytest.fixture(scope="module")
def create_url(weights: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a project with a model that people judged."""
    with judged_project(weights, tmp_path_factory.mktemp("made")) as url:
        yield url


def test_the_pages_that_create_models(page: Page, lang: str, create_url: str) -> None:
    found: dict[str, list[str]] = {}
    page.goto(f"{create_url.rpartition('/')[0]}?lang={lang}")
    page.locator(".projects a").wait_for()
    found["projects"] = troubles(page)
    for step, ready in STEPS:
        page.goto(f"{create_url}?lang={lang}#{step}")
        page.locator(ready).first.wait_for()
        if step == "labels":
            page.locator(".class summary").first.click()
            page.locator(".class .photo").first.click()
        found[step] = troubles(page)
    assert {where: said for where, said in found.items() if said} == {}


def test_guesses_a_window_a_map_and_two_models(page: Page, lang: str, app_url: str) -> None:
    found: dict[str, list[str]] = {}
    page.goto(f"{app_url}guess?model=a-predefined&lang={lang}")
    page.locator("#begin").wait_for()
    found["before the guesses"] = troubles(page)
    page.locator("#begin").click()
    for place in range(GUESSES):
        page.locator("#real").click()
        page.locator("#next").wait_for()
        if place == 0:
            found["guess"] = troubles(page)
        page.locator("#next").click()
    page.locator("#answers").wait_for()
    found["score"] = troubles(page)
    page.goto(f"{app_url}window?model=nobody&lang={lang}")
    expect(page.locator("#trouble")).not_to_have_text("")
    found["window"] = troubles(page)
    page.goto(f"{app_url}map?model=a-predefined&lang={lang}")
    page.locator("#picture[data-name]").wait_for()
    found["map"] = troubles(page)
    page.goto(f"{app_url}map?model=fashion-mnist&lang={lang}")
    expect(page.locator("#trouble")).not_to_have_text("")
    found["no map"] = troubles(page)
    open_page(page, f"{app_url}?lang={lang}&model=a-predefined&n=9&seed=5&beside=many", 18)
    found["two models"] = troubles(page)
    page.get_by_role("tab").last.click()
    page.locator(".ag-film").wait_for()
    found["watch it learn"] = troubles(page)
    assert {where: said for where, said in found.items() if said} == {}
