"""The page of a project changes by itself, and takes nothing out of the hands of who uses it meanwhile."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from amgan.projects.bringing import bring
from amgan.projects.labelling import Labelling
from amgan.projects.room import ProjectRoom
from tests.projects.photos import pile
from tests.projects.trainings import labelled_project, see_little
from tests.server.running import running
from tests.ui.browsing import wait_until
from tests.ui.language import CREATE


@pytest.fixture(scope="module")
def room(tmp_path_factory):
    return ProjectRoom(tmp_path_factory.mktemp("projects"))


@pytest.fixture(scope="module")
def create_url(weights, room):
    with running(weights, projects=room) as client:
        yield f"{str(client.base_url).rstrip('/')}/create"


HELPED = ".group:has(h3) .photo"
"""Those for which a class is proposed."""


class Gate:
    """Requests to some addresses wait until they are let through, one by one."""

    def __init__(self, page, pattern, method):
        self.held, self.method = [], method
        self.page = page
        page.route(pattern, self._hold)

    def _hold(self, route):
        if route.request.method == self.method:
            self.held.append(route)
        else:
            route.continue_()

    def holds(self, count=1):
        wait_until(self.page, lambda: len(self.held) >= count)

    def let_one_through(self):
        route = self.held.pop(0)
        with self.page.expect_response(lambda response: response.request == route.request) as response:
            route.continue_()
        response.value.finished()
        self.page.evaluate("new Promise(done => setTimeout(done))")  # the page has heard of it


@pytest.fixture
def upload(page, create_url, room, tmp_path):
    """A page that sends photos, whose parts arrive one by one; the button that stops it has the focus."""
    project = room.create("Sending")
    gate = Gate(page, "**/uploads/*", "PUT")
    page.goto(f"{create_url}/{project.folder.name}")
    page.locator("#choose_photos").set_input_files(sorted(pile(tmp_path / "pile", each=3).iterdir()))
    gate.holds(3)
    stop = page.get_by_role("button", name=CREATE("stop"))
    stop.focus()
    return gate, stop


def test_a_button_has_the_focus_still_when_what_stands_around_it_has_changed(page, upload):
    gate, stop = upload
    words = page.locator(".now p").text_content()
    gate.let_one_through()
    expect(page.locator(".now p")).not_to_have_text(words)
    expect(stop).to_be_focused()
    page.keyboard.press("Enter")
    expect(stop).to_have_count(0)


def test_a_button_that_is_pressed_while_the_page_changes_does_what_it_says(page, upload):
    gate, stop = upload
    stop.hover()
    page.mouse.down()
    gate.let_one_through()
    with page.expect_request(lambda request: request.method == "DELETE"):
        page.mouse.up()
    expect(stop).to_have_count(0)


def test_the_page_goes_on_after_a_press_whose_end_nobody_said(page, upload):
    gate, stop = upload
    words = page.locator(".now p").text_content()
    page.evaluate("dispatchEvent(new PointerEvent('pointerdown', {isPrimary: true, pointerId: 9, button: 0}))")
    gate.let_one_through()
    expect(page.locator(".now p")).to_have_text(words)
    page.mouse.move(5, 5)
    expect(page.locator(".now p")).not_to_have_text(words)
    stop.click()


@pytest.fixture
def labels(page, create_url, room, tmp_path, monkeypatch):
    """Photos of which one of each class has no label; help with them comes when it is let through."""
    see_little(monkeypatch)
    project = labelled_project(room, tmp_path)
    labelling = Labelling(project, "ann")
    labelling.move(None, [photo for photo, name in labelling.labels.names.items() if name.endswith("-1.png")])
    gate = Gate(page, "**/labels/help*", "GET")
    page.goto(f"{create_url}/{project.folder.name}#labels")
    gate.holds()
    gate.let_one_through()
    expect(page.locator(HELPED).first).to_be_visible()
    page.locator(".class summary").first.click()
    return gate


def act_whose_help_waits(page, gate):
    """A photo is put into the next class."""
    page.locator(".class .photo").first.click()
    page.locator(".picked .chip").last.click()
    gate.holds()


def test_a_photo_that_is_pressed_while_help_comes_is_selected(page, labels):
    act_whose_help_waits(page, labels)
    photo = page.locator(HELPED).last
    photo.hover()
    page.mouse.down()
    labels.let_one_through()
    page.mouse.up()
    expect(page.locator(".inner")).to_have_attribute("aria-busy", "false")
    expect(page.locator(".picked")).to_be_visible()


def test_a_photo_that_is_dragged_while_help_comes_is_dropped_where_it_is_let_go(page, labels):
    act_whose_help_waits(page, labels)
    photo, chip = page.locator(HELPED).last, page.locator(".label-head .chip").first
    name = photo.get_attribute("title")
    photo.hover()
    page.mouse.down()
    page.mouse.move(300, 300, steps=3)
    labels.let_one_through()
    expect(page.locator(".inner")).to_have_attribute("aria-busy", "true")
    chip.hover()
    chip.hover()
    page.mouse.up()
    labels.holds()
    labels.let_one_through()
    expect(page.locator(".inner")).to_have_attribute("aria-busy", "false")
    moved = CREATE("photo_named", name=name, label=chip.text_content().split()[0])
    expect(page.get_by_role("button", name=moved).first).to_be_attached()


def test_what_is_typed_while_another_group_gets_its_name_stays(page, create_url, room, tmp_path, monkeypatch):
    see_little(monkeypatch)
    project = room.create("Groups")
    bring(project, [str(pile(tmp_path / "pile", each=4))], "ann")
    acts = Gate(page, "**/labels/acts*", "POST")
    page.goto(f"{create_url}/{project.folder.name}#labels")
    fields = page.locator(".group input")
    fields.first.wait_for()
    before = fields.count()
    fields.first.fill("disc")
    fields.first.press("Enter")
    acts.holds()
    fields.last.fill("bar")
    acts.let_one_through()
    expect(fields).to_have_count(before - 1)
    expect(fields.last).to_be_focused()
    page.keyboard.type("s")
    expect(fields.last).to_have_value("bars")
