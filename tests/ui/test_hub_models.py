"""Models of the Hub in the page, with a Hub that is away, slow or wrong: what a visitor reads, and what still works."""

from __future__ import annotations

import contextlib
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.hub.client import client_environment
from tests.hub.server import HubServer
from tests.ui.app_process import running_app
from tests.ui.browsing import TIMEOUT, choose_model, expect_model, open_page, sources
from tests.ui.language import PAGE, saying
from tests.ui.models import tiny_model

MODELS = (
    "user/good", "user/linked", "user/pinned@v1", "user/broken", "user/nothing", "user/slow", "user/wrong", "user/ill",
    "user/later", "user/turned",
)  # fmt: skip


@pytest.fixture(scope="module")
def releases(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Two releases of one architecture."""
    folders = [tmp_path_factory.mktemp("releases") / str(seed) for seed in (5, 6)]
    for folder, seed in zip(folders, (5, 6)):
        tiny_model(seed).save_pretrained(folder)
    return folders


@pytest.fixture(scope="module")
def hub(releases: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[HubServer]:
    server = HubServer()
    for name in ("good", "linked", "pinned", "slow", "wrong", "ill", "later", "turned"):
        first = server.add(f"user/{name}", releases[0])
        server.repositories[f"user/{name}"].tags["v1"] = first.sha
        if name in ("good", "linked", "pinned"):
            server.add(f"user/{name}", releases[1])
    broken = shutil.copytree(releases[0], tmp_path_factory.mktemp("broken") / "m")
    (broken / "config.json").write_text('{"format_version": 99}')
    server.add("user/broken", broken)
    yield server
    server.stop()


@pytest.fixture(scope="module")
def hub_app(weights: Path, hub: HubServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An app that was started while the Hub was silent: it accepts connections and answers nothing."""
    environment = client_environment(hub.endpoint, tmp_path_factory.mktemp("home"))
    environment["AMGAN_MODELS"] = ",".join(MODELS)
    with hub.fault("", "", slow=True) as fault:
        started = running_app(weights, tmp_path_factory.mktemp("app"), environment)
        url = started.__enter__()
        assert fault.hits == 0  # nothing was asked, so nothing can have been waited for
    assert hub.requests == []
    yield url
    started.__exit__(None, None, None)


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    troubles: list[str] = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    yield page
    context.close()
    assert troubles == []


def commits(hub: HubServer, name: str) -> list[str]:
    return [commit.sha for commit in hub.repositories[name].commits[1:]]


def asked_about(hub: HubServer, name: str) -> int:
    return sum(f"/{name}" in request.path for request in hub.requests)


def note(page: Page, text: str | re.Pattern[str]) -> None:
    expect(page.locator(".ag-note, .ag-error").filter(has_text=text)).to_have_count(1, timeout=TIMEOUT)


def test_a_page_of_a_bundled_model_asks_nothing_of_the_hub(page: Page, hub: HubServer, hub_app: str) -> None:
    open_page(page, hub_app)
    page.locator("#model input").click()
    for name in MODELS:
        expect(page.get_by_role("option", name=name, exact=True)).to_have_count(1)
    assert hub.requests == []


def test_a_model_is_fetched_when_it_is_chosen_and_says_its_commit(page: Page, hub: HubServer, hub_app: str) -> None:
    newest = commits(hub, "user/good")[1]
    open_page(page, hub_app)
    before = sources(page)
    choose_model(page, "user/good")
    expect_model(page, "user/good", newest)
    shown = sources(page)
    assert shown != before
    page.wait_for_url(re.compile(f"model=user/good&rev={newest}"))
    page.get_by_role("tab", name=PAGE.tab_about).click()
    expect(page.locator(".ag-code").first).to_contain_text(f'AMGAN.from_pretrained("user/good", revision="{newest}")')
    expect(page.locator(".prose.ag-card")).to_contain_text("Draws pictures of 3 classes")
    requests = asked_about(hub, "user/good")
    page.get_by_role("button", name=PAGE.look_for_newer).click()
    note(page, PAGE.is_newest.format(name="user/good"))
    assert asked_about(hub, "user/good") == requests + 1
    with hub.stopped():
        page.get_by_role("button", name=PAGE.look_for_newer).click()
        note(page, saying(PAGE.hub_away, name="user/good"))
        open_page(page, f"{hub_app}?model=user/good")  # what was fetched needs the Hub no more
        assert sources(page) == shown
        expect_model(page, "user/good", newest)


def test_a_link_opens_the_revision_it_names_and_stays_there(page: Page, hub: HubServer, hub_app: str) -> None:
    old, newest = commits(hub, "user/linked")
    open_page(page, f"{hub_app}?model=user/linked&rev={old}&seed=3&n=9", 9)
    expect_model(page, "user/linked", old)
    expect(page.get_by_role("button", name=PAGE.take_newer.format(revision=newest[:8]))).to_be_visible()
    before = sources(page)
    page.locator("#seed input").fill("4")
    page.locator("#seed input").press("Enter")
    page.wait_for_url(re.compile(f"rev={old}&n=9&seed=4"))
    assert sources(page)[0] == before[1]
    page.get_by_role("button", name=saying(PAGE.take_newer)).click()
    expect_model(page, "user/linked", newest)
    page.wait_for_url(re.compile(f"rev={newest}&n=9&seed=4"))
    assert not set(sources(page)) & set(before)
    expect(page.get_by_role("button", name=saying(PAGE.take_newer))).to_be_hidden()
    open_page(page, f"{hub_app}?model=user/linked&rev={'0' * 40}&seed=4&n=9", 9)
    note(page, PAGE.revision_gone.format(value="00000000", model="user/linked", instead=newest[:8]))


def test_a_pinned_model_is_offered_nothing(page: Page, hub: HubServer, hub_app: str) -> None:
    pinned = commits(hub, "user/pinned")[0]
    open_page(page, f"{hub_app}?model=user/pinned@v1")
    expect_model(page, "user/pinned@v1", pinned)
    page.get_by_role("tab", name=PAGE.tab_about).click()
    expect(page.locator(".ag-code").first).to_contain_text(f'"user/pinned", revision="{pinned}"')
    expect(page.get_by_role("button", name=PAGE.look_for_newer)).to_be_hidden()
    expect(page.get_by_role("button", name=saying(PAGE.take_newer))).to_be_hidden()


@pytest.mark.parametrize(
    ("name", "path", "faults"),
    [
        ("user/nothing", "no fault", [({}, "there is no such repository")]),
        ("user/broken", "no fault", [({}, "user/broken/config.json: format_version")]),
        (
            "user/ill",
            "/api/models",
            [
                ({"status": 500}, "the Hub answered with error 500: try again later"),
                ({"status": 404}, "the Hub answered with error 404"),
                ({"status": 429, "retry_after": 1}, "the Hub asks for fewer requests"),
                ({"cut": -1}, "disconnected"),
                ({"cut": 40}, "closed connection"),
            ],
        ),
        ("user/wrong", r"\?signed=1", [({"wrong": True}, "arrived damaged: try again")]),
    ],
)
def test_a_model_that_cannot_be_had_is_one_sentence_beside_one_that_can(
    page: Page, hub: HubServer, hub_app: str, name: str, path: str, faults: list[tuple[dict[str, int], str]]
) -> None:
    first, says = faults[0]
    with hub.fault("", path, **first):
        open_page(page, f"{hub_app}?model={name}&seed=2")
        note(page, saying(PAGE.model_broken, name=name))
        note(page, says)
    expect(page.locator("h1").first).to_have_text("fashion-mnist")
    shown = sources(page)
    for fault, says in faults:
        with hub.fault("", path, **fault):
            choose_model(page, name)
            note(page, says)
            # The menu is back at the model whose pictures are shown, and that one works.
            expect(page.locator("#model input")).to_have_value("fashion-mnist", timeout=TIMEOUT)
            assert sources(page) == shown
    page.get_by_role("button", name=PAGE.new_pictures).click()
    page.wait_for_function("old => document.querySelector('.ag-tile img').src !== old", arg=shown[0])
    assert "Traceback" not in page.content()


def test_a_newer_version_that_is_broken_changes_nothing(page: Page, hub: HubServer, hub_app: str) -> None:
    good = commits(hub, "user/turned")[0]
    open_page(page, f"{hub_app}?model=user/turned")
    shown = sources(page)
    broken = hub.repositories["user/turned"].put(model__safetensors=b"half of it")
    page.get_by_role("tab", name=PAGE.tab_about).click()
    page.get_by_role("button", name=PAGE.look_for_newer).click()
    page.get_by_role("button", name=PAGE.take_newer.format(revision=broken.sha[:8])).click()
    note(page, saying(PAGE.newer_broken, name="user/turned", problem="user/turned/model.safetensors.*"))
    expect_model(page, "user/turned", good)
    assert sources(page) == shown
    # It is not offered again.
    open_page(page, f"{hub_app}?model=user/turned")
    page.get_by_role("tab", name=PAGE.tab_about).click()
    page.get_by_role("button", name=PAGE.look_for_newer).click()
    note(page, PAGE.is_newest.format(name="user/turned"))
    expect_model(page, "user/turned", good)


def test_what_failed_is_tried_again_when_it_is_chosen_again(page: Page, hub: HubServer, hub_app: str) -> None:
    with hub.stopped():
        open_page(page, f"{hub_app}?model=user/later")
        note(page, saying(PAGE.model_broken, name="user/later", problem=r"it could not be fetched from the Hub \(.*"))
    choose_model(page, "user/later")
    expect_model(page, "user/later", commits(hub, "user/later")[0])
    expect(page.locator(".ag-message")).to_have_count(0)


def test_a_slow_hub_holds_up_only_who_waits_for_it(page: Page, browser: Browser, hub: HubServer, hub_app: str) -> None:
    other = browser.new_context()
    try:
        with hub.fault("", "/user/slow", slow=True) as fault:
            open_page(page, hub_app)
            before = sources(page)
            choose_model(page, "user/slow")
            note(page, PAGE.fetching.format(name="user/slow"))
            # Somebody else, and this page as well, go on with what is here.
            visitor = other.new_page()
            open_page(visitor, f"{hub_app}?model=many&n=9", 9)
            page.get_by_role("button", name=PAGE.new_pictures).click()
            page.wait_for_function("old => document.querySelector('.ag-tile img').src !== old", arg=before[0])
            page.wait_for_url(re.compile("model=fashion-mnist"))
            assert fault.hits
            choose_model(page, "many")
            expect(page.locator("h1").first).to_have_text("many", timeout=TIMEOUT)
        # The Hub hung up; the choice that came later stays.
        expect(page.locator(".ag-message")).to_have_count(0)
        expect(page.locator("#model input")).to_have_value("many")
        for _ in range(5):
            choose_model(page, "user/slow")
            # The answer that broke off may still come and put the menu back, this choice with it.
            with contextlib.suppress(AssertionError):
                expect(page.locator("h1", has_text="user/slow")).to_be_visible(timeout=15_000)
                break
        expect_model(page, "user/slow", commits(hub, "user/slow")[0])
    finally:
        other.close()
