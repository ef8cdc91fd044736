"""The whole way in the page of a project, as somebody goes it who only clicks: from a zip to a report on two rounds.

``python -m benchmarks.pilot_in_page`` goes the same way with real photos and trainings.
"""

from __future__ import annotations

import zipfile
from types import SimpleNamespace

import pytest
from playwright.sync_api import expect

from amgan.languages.reading import section
from amgan.projects.room import ProjectRoom
from amgan.server.projects import publish_routes
from benchmarks import pilot_in_page as way
from benchmarks.labelling_in_page import Person, bring, correct, name_groups, rightness
from tests.projects.photos import KINDS, photo
from tests.projects.trainings import see_little, shorten_trainings
from tests.server.running import running
from tests.ui.browsing import wait_until
from tests.ui.language import CREATE, REASONS, RESULTS, together
from tests.ui.reviewing import DESK, PHONE

EACH = 12


@pytest.fixture(scope="module")
def room(tmp_path_factory):
    return ProjectRoom(tmp_path_factory.mktemp("projects"))


@pytest.fixture(scope="module")
def create_url(weights, room, store):
    with running(weights, projects=room, reviews=store) as client:
        yield f"{str(client.base_url).rstrip('/')}/create"


@pytest.fixture
def visit(browser, create_url):
    """Opens a page of projects; nothing may go wrong in it, and nothing break its policy."""
    contexts, problems = [], []

    def opened(place="", device=DESK):
        contexts.append(browser.new_context(**device))
        page = contexts[-1].new_page()
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("console", lambda said: problems.append(said.text) if "Security Policy" in said.text else None)
        page.on("dialog", lambda dialog: dialog.accept())
        page.goto(f"{create_url}{place}")
        return page

    yield opened
    for context in contexts:
        context.close()
    assert problems == []


@pytest.fixture(scope="module")
def packed(tmp_path_factory):
    """A zip of photos, among them a broken one."""
    place = tmp_path_factory.mktemp("packed")
    with zipfile.ZipFile(place / "pile.zip", "w") as zipping:
        for kind in KINDS:
            for number in range(EACH):
                photo(kind, number, 64).save(place / "one.png")
                zipping.write(place / "one.png", f"{kind}-{number}.png")
        zipping.writestr("broken.png", b"nope")
    return place / "pile.zip"


@pytest.mark.timeout(900)  # on a machine that may be busy
def test_from_a_zip_to_a_report_on_two_rounds_and_back(visit, browser, room, packed, monkeypatch, tmp_path):
    gate = shorten_trainings(monkeypatch, tmp_path)
    see_little(monkeypatch)
    page = visit()
    person = Person(page, {f"{kind}-{number}.png": kind for kind in KINDS for number in range(EACH)})
    bring(person, packed, "A pilot <b>")
    expect(page.get_by_text(CREATE("came", count=3 * EACH))).to_be_visible()
    expect(page.get_by_text(f"broken.png: {REASONS('no_picture')}")).to_be_visible()
    name_groups(person)
    expect(page.get_by_text(CREATE("labelled", done=3 * EACH, count=3 * EACH))).to_be_visible()
    mislabel(page, 10)
    put_wrong_and_undo(person)
    correct(person)
    expect(page.get_by_text(CREATE("all_labelled"))).to_be_visible()
    assert rightness(person) == 1
    assert person.actions < 60

    way.begin(person)
    way.live_sheet(person, 1)
    left = CREATE("left", time=CREATE("minutes", count=7))
    expect(way.card_of(page, 1)).to_contain_text(together(CREATE("run_training"), left))
    expect(way.card_of(page, 1)).to_contain_text(CREATE("how_changing"))
    gate.touch()
    way.finished(person, 1)
    way.look(person)
    expect(page.locator("ul.lacks li")).not_to_have_count(0)
    expect(page.locator("img.pictures")).to_have_count(3)
    assert page.get_by_role("link", name=CREATE("more_pictures")).get_attribute("href").endswith("-1-first-look")

    link = way.ask(person, 12, goal=6)
    expect(page.get_by_text(CREATE("only_here"))).to_be_visible()
    called = CREATE("run_name", number=1, choice=CREATE("choice_first_look"))
    expect(page.locator(".reviews [data-of] h2")).to_have_text(called)
    expect(page.locator("img.code")).to_have_js_property("complete", value=True)
    assert page.locator("img.code").evaluate("image => image.naturalWidth") > 50
    way.votes_of(browser, link, lambda item: "reject" if item % 3 else "keep")
    way.train_on(person)
    way.live_sheet(person, 2)
    way.finished(person, 2)
    expect(way.card_of(page, 2)).to_contain_text(CREATE("with_votes"))
    way.look(person)
    way.votes_of(browser, way.ask(person, 6, kind="pairs"), lambda item: "left")
    report = way.report(person)
    check_publishing(page, monkeypatch)
    for words in ("A pilot <b>", "1-first-look", "2-first-look", CREATE("photos", count=3 * EACH)):
        assert words in report
    assert report.count(RESULTS("people", count=2)) == 2
    assert report.index("A pilot <b>: 1-first-look") < report.index("A pilot <b>: 2-first-look")

    # In this test, as another process may run the one behind it.
    comes_back_in_the_readers_language(visit("/a-pilot-b?lang=ja#labels", PHONE))
    for width in (320, 390, 768):
        is_not_wider_than_the_screen(visit("", {"viewport": {"width": width, "height": 800}}), room, width)


def check_publishing(page, monkeypatch):
    """Without a token the commands are there, with one the buttons."""
    expect(page.locator("pre.commands")).to_contain_text("push --model a-pilot-b-2-first-look")
    monkeypatch.setattr(publish_routes, "writer_of", lambda token: "ann")
    pushed = SimpleNamespace(url="https://hub.example/ann/bags")
    monkeypatch.setattr(publish_routes, "push_release", lambda *rest, **more: pushed)
    page.reload()
    expect(page.get_by_label(CREATE("repository"))).to_have_value("ann/a-pilot-b-2-first-look")
    page.get_by_role("button", name=CREATE("publish_model")).click()
    expect(page.get_by_role("link", name=pushed.url)).to_be_visible()


def put_wrong_and_undo(person):
    """A photo is dragged into another class, and that is undone."""
    page, before = person.page, rightness(person)  # which is not yet what the page shows
    labelled = CREATE("did", what=CREATE("act_label"), count=1)
    page.locator(".inner[aria-busy=false]").wait_for()  # what help adds moves the photos
    page.locator(".class", has_text="disc").locator("summary").click()
    disc = page.locator(".class", has_text="disc").locator(".photo").last
    disc.drag_to(page.locator(".label-head .chip", has_text="bars"))
    expect(page.get_by_text(labelled)).to_be_visible()
    assert rightness(person) != before
    page.get_by_role("button", name=CREATE("undo")).click()
    expect(page.get_by_text(CREATE("undone", what=CREATE("act_label"), count=1))).to_be_visible()
    assert rightness(person) == before


def mislabel(page, count):
    """Somebody else, who looks at none, gives photos of one class another one."""
    labels = page.request.get(f"{api(page)}/labels").json()["photos"]
    some = [name for name, one in labels.items() if one["label"] == "disc"][:count]
    for do, label in (("open", None), ("name", "bars")):
        content = {"do": do, "photos": some, "label": label}
        assert page.request.post(f"{api(page)}/labels/acts", data=content).ok


def api(page):
    return page.url.partition("#")[0].replace("/create/", "/create/api/projects/")


def comes_back_in_the_readers_language(page):
    """By the address, on a phone."""
    expect(page.get_by_role("button", name="元に戻す")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="metadata.jsonl").click()
    with zipfile.ZipFile(download.value.path()) as taken:
        assert len(taken.namelist()) == 3 * EACH + 1
    page.get_by_role("link", name="6. 次へ").click()
    expect(page.get_by_text("12 枚のうち 4 枚が採用されました")).to_be_visible()
    expect(page.get_by_text("の写真がもっと必要です")).to_be_visible()
    page.get_by_role("link", name="採用された画像に似たものだけ").click()
    expect(page.locator("#kind")).to_have_value("liked")
    page.get_by_role("link", name="3. 作成").click()
    card = page.locator("article[data-of='2-first-look']")
    expect(card).to_contain_text("採用された画像からも学びます")
    card.get_by_role("button", name="捨てる").click()
    wait_until(page, lambda: page.locator("article[data-of]").count() == 1)


def test_a_language_that_the_address_names_goes_with_the_links(visit, room):
    name = room.create("Words").folder.name
    page = visit("?lang=ja")
    page.locator(f"a[href*='{name}']").click()
    page.wait_for_url(f"**/create/{name}?lang=ja*")
    expect(page.locator("#choose_photos")).to_be_attached()
    page.get_by_role("link", name=section("ja", "create")["all_projects"]).click()
    page.wait_for_url("**/create?lang=ja")


def fields_keep_their_buttons(page):
    """What is done with photos that are selected takes as few rows as it can: it covers the photos."""
    page.locator(".class summary").first.click()
    page.locator(".class .photo").first.click()
    field, move = page.get_by_label(CREATE("new_class")), page.get_by_role("button", name=CREATE("move"), exact=True)
    field.fill("bag")
    page.locator(".inner[aria-busy=false]").wait_for()
    expect(field).to_have_value("bag")  # help that comes meanwhile takes nothing away
    assert field.bounding_box()["y"] == move.bounding_box()["y"]


def is_not_wider_than_the_screen(page, room, width):
    """No step of a project."""
    for step in ("", "photos", "labels", "make", "look", "judge", "next"):
        page.goto(f"{page.url.partition('/create')[0]}/create{step and f'/a-pilot-b#{step}'}")
        page.locator("main:not([aria-busy])").wait_for()
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        if step == "labels":
            fields_keep_their_buttons(page)
    page.goto(f"{page.url.partition('/create')[0]}/create/{room.create('Steps').folder.name}")
    expect(page.locator("#steps a")).to_have_count(6)
    places = [link.bounding_box() for link in page.locator("#steps a").all()]
    assert all(place["x"] >= 0 and place["x"] + place["width"] <= width for place in places)
