"""A page of a tiny model of each labeling, written once, and a browser that reaches no other host."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.chromium import LAUNCH_ARGS, find_chromium
from tests.export.pages import Exported, exported, serving
from tests.ui.browsing import TIMEOUT


@pytest.fixture(scope="session")
def dynamic(tmp_path_factory: pytest.TempPathFactory) -> Exported:
    """A model that is searched for classes, the first six seeds in its index."""
    return exported(
        tmp_path_factory.mktemp("dynamic"), "--url", "https://user.github.io/demo", index_seeds=6, latent_dim=20
    )


@pytest.fixture(scope="session")
def predefined(tmp_path_factory: pytest.TempPathFactory) -> Exported:
    """A model of pictures in colour whose G is given the class, and whose card calls two of them something else."""
    card = "---\nclass_names: {ja: {Bag: <b>バッグ, Ankle boot: ブーツ}}\n---\n"
    title = ("--title", "Hats & <b>more</b>")
    return exported(tmp_path_factory.mktemp("predefined"), *title, card=card, labeling="predefined", channels=3)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = find_chromium()
    if path is None:
        pytest.fail("no Chromium: run python -m tests.install_chromium")
    expect.set_options(timeout=TIMEOUT)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=list(LAUNCH_ARGS))
        yield started
        started.close()


@pytest.fixture(scope="module")
def url(dynamic: Exported) -> Iterator[str]:
    with serving(dynamic.folder) as address:
        yield address


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """Nothing may go wrong in it, and no other host be asked."""
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"], reduced_motion="reduce")
    context.set_default_timeout(TIMEOUT)
    page = context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda said: problems.append(said.text) if said.type == "error" else None)
    page.on("request", lambda asked: problems.append(asked.url) if "//127.0.0.1:" not in asked.url else None)
    yield page
    context.close()
    foreign = [problem for problem in problems if not problem.startswith(("blob:", "data:"))]
    assert foreign == []
