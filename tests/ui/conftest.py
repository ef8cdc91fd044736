"""One app in a process of its own, for all tests of the page, and a browser for each module."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from amgan.model import AMGAN
from amgan.reviews.store.store import Review, ReviewStore
from tests.chromium import LAUNCH_ARGS, find_chromium
from tests.server.running import running
from tests.ui.app_process import running_app
from tests.ui.browsing import TIMEOUT
from tests.ui.models import save_shelf
from tests.ui.reviewing import DESK, NAME, Visit


@pytest.fixture(scope="session")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_shelf(tmp_path_factory.mktemp("weights"))


@pytest.fixture(scope="session")
def app_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where `app_url` keeps its files."""
    return tmp_path_factory.mktemp("app")


@pytest.fixture(scope="session")
def app_url(weights: Path, app_folder: Path) -> Iterator[str]:
    """The address of `python app.py`, started once."""
    with running_app(weights, app_folder, dict(os.environ)) as url:
        yield url


def patient(new_context: Callable[..., BrowserContext]) -> Callable[..., BrowserContext]:
    """Contexts that wait as long as `expect` does: Playwright's own times are short on a busy machine."""

    def patient_context(**options: Any) -> BrowserContext:
        context = new_context(**options)
        context.set_default_timeout(TIMEOUT)
        return context

    return patient_context


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A Chromium. No longer than for a module: Playwright's event loop runs in this thread, and others start theirs."""
    from tests.ui.language import LANG

    path = find_chromium()
    if path is None:
        pytest.fail("no Chromium: run python -m tests.install_chromium")
    expect.set_options(timeout=TIMEOUT)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=[*LAUNCH_ARGS, f"--accept-lang={LANG}"])
        started.new_context = patient(started.new_context)  # type: ignore[method-assign]
        yield started
        started.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """At a desk, where the clipboard may be read."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, permissions=["clipboard-read"])
    yield context.new_page()
    context.close()


@pytest.fixture
def app_reviews(app_url: str, app_folder: Path) -> Iterator[ReviewStore]:
    """The reviews of the app that runs, by a second process."""
    opened = ReviewStore(app_folder / "reviews.sqlite")
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ReviewStore]:
    store = ReviewStore(tmp_path_factory.mktemp("reviews") / "reviews.sqlite")
    yield store
    store.close()


@pytest.fixture(scope="module")
def reviews_url(weights: Path, store: ReviewStore) -> Iterator[str]:
    with running(weights, reviews=store) as client:
        yield f"{client.base_url}/review/".replace("//review", "/review")


@pytest.fixture(scope="module")
def model(weights: Path) -> AMGAN:
    return AMGAN.from_pretrained(weights / NAME)


@pytest.fixture
def visit(browser: Browser, reviews_url: str) -> Iterator[Visit]:
    """Opens a review in a browser of its own; nothing may go wrong in the page, and nothing break its policy."""
    from tests.ui.language import VOTE

    contexts: list[BrowserContext] = []
    problems: list[str] = []

    def visit(review: Review, device: dict[str, Any] = DESK, name: str | None = "") -> Page:
        context = browser.new_context(**device)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("console", lambda said: problems.append(said.text) if "Security Policy" in said.text else None)
        page.goto(f"{reviews_url}{review.id}")
        if name is not None:
            page.get_by_label(VOTE("your_name")).fill(name)
            page.get_by_role("button", name=VOTE("start"), exact=True).click()
        return page

    yield visit
    for context in contexts:
        context.close()
    assert problems == []
