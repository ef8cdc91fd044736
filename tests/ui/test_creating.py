"""Photos brought and labelled in the page, as somebody does who only clicks."""

from __future__ import annotations

import zipfile

import pytest
from playwright.sync_api import expect

from amgan.projects.labels import labels_of
from amgan.projects.room import ProjectRoom
from tests.projects.photos import KINDS, photo
from tests.server.running import running
from tests.ui.browsing import TIMEOUT

SECONDS = 120_000
"""A process that imports everything starts, on a machine that may be busy."""


@pytest.fixture(scope="module")
def room(tmp_path_factory):
    return ProjectRoom(tmp_path_factory.mktemp("projects"))


@pytest.fixture(scope="module")
def create_url(weights, room):
    with running(weights, projects=room) as client:
        yield f"{str(client.base_url).rstrip('/')}/create"


@pytest.fixture
def desk(browser, create_url):
    """The page of projects; nothing may go wrong in it, and nothing break its policy."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(TIMEOUT)
    page, problems = context.new_page(), []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda said: problems.append(said.text) if "Security Policy" in said.text else None)
    page.goto(create_url)
    yield page
    context.close()
    assert problems == []


def truth(title):
    return title.split("-")[0]


def test_from_a_zip_to_right_labels(desk, room, tmp_path):
    packed = tmp_path / "pile.zip"
    with zipfile.ZipFile(packed, "w") as zipping:
        for kind in KINDS:
            for number in range(8):
                photo(kind, number, 64).save(tmp_path / "one.png")
                zipping.write(tmp_path / "one.png", f"{kind}-{number}.png")
        zipping.writestr("broken.png", b"nope")
    desk.get_by_label("What is it about?").fill("A pilot <b>")
    desk.get_by_role("button", name="New project").click()
    desk.get_by_label("Choose photos or a zip").set_input_files(packed)
    expect(desk.get_by_text("24 photos were added.")).to_be_visible(timeout=SECONDS)
    expect(desk.get_by_text("broken.png: no picture")).to_be_visible()
    desk.get_by_role("link", name="Next: label them").click()

    groups = desk.locator(".group:has(input)")
    groups.first.wait_for()
    while left := groups.count():
        name = truth(groups.first.locator(".photo").first.get_attribute("title"))
        known = groups.first.locator(".chip", has_text=name)
        if known.count():
            known.click()
        else:
            groups.first.get_by_label("Name of the class").fill(name)
            desk.keyboard.press("Enter")
        expect(groups).to_have_count(left - 1)
    expect(desk.get_by_text("24 of 24 labelled")).to_be_visible()
    project = room.open("a-pilot-b")

    def wrong():
        labels = labels_of(project.log.read())
        return [name for name, label in labels.classes.items() if truth(labels.names[name]) != label]

    # What the groups put wrong is moved, and one more that is put wrong on purpose is undone.
    for name in wrong():
        labels = labels_of(project.log.read())
        held = desk.locator(".class", has_text=labels.classes[name])
        if held.get_attribute("open") is None:
            held.locator("summary").click()
        held.locator(f"[data-photo='{name}']").click()
        desk.locator(".picked .chip", has_text=truth(labels.names[name])).click()
        expect(desk.locator(".picked")).to_be_hidden()
    assert wrong() == []
    desk.locator(".class", has_text="disc").locator("summary").click()
    disc = desk.locator(".class", has_text="disc").locator(".photo").first
    disc.drag_to(desk.locator(".label-head .chip", has_text="bars"))
    expect(desk.locator(".label-head .chip", has_text="bars 9")).to_be_visible()
    assert len(wrong()) == 1
    desk.get_by_role("button", name="Undo").click()
    expect(desk.get_by_text("Undone: Photos labelled (1)")).to_be_visible()
    assert wrong() == []

    # The address brings one back, in the reader's language.
    desk.goto(f"{desk.url.split('#')[0]}?lang=ja#labels")
    expect(desk.get_by_role("button", name="元に戻す")).to_be_visible()
    with desk.expect_download() as download:
        desk.get_by_role("link", name="metadata.jsonl").click()
    with zipfile.ZipFile(download.value.path()) as taken:
        assert len(taken.namelist()) == 25


@pytest.mark.parametrize("width", [320, 390, 768])
def test_nothing_is_wider_than_the_screen(desk, create_url, width):
    desk.set_viewport_size({"width": width, "height": 800})
    for place in ("", "/a-pilot-b#photos", "/a-pilot-b#labels"):
        desk.goto(f"{create_url}{place}")
        desk.locator("main:not([aria-busy])").wait_for()
        assert desk.evaluate("document.documentElement.scrollWidth") <= width
