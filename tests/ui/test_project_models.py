"""In the page of a project: a model is made, looked at, sent to review, and trained on with what was kept."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from amgan.projects.room import ProjectRoom
from amgan.reviews.vote import Vote
from tests.projects.trainings import labelled_project, see_little, shorten_trainings
from tests.server.running import running
from tests.ui.browsing import TIMEOUT, wait_until
from tests.ui.reviewing import DESK, PHONE


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    scratch = tmp_path_factory.mktemp("made")
    room = ProjectRoom(scratch / "projects")
    return room, labelled_project(room, scratch)


@pytest.fixture(scope="module")
def address(weights, store, made):
    with running(weights, reviews=store, projects=made[0]) as client:
        yield f"{client.base_url}/create/{made[1].folder.name}".replace("//create", "/create")


@pytest.fixture
def visit(browser, address):
    """Opens a step; nothing may go wrong in the page, and nothing break its policy."""
    contexts, problems = [], []

    def opened(step, device=DESK, lang=""):
        contexts.append(browser.new_context(**device))
        contexts[-1].set_default_timeout(TIMEOUT)
        page = contexts[-1].new_page()
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("console", lambda said: problems.append(said.text) if "Security Policy" in said.text else None)
        page.on("dialog", lambda dialog: dialog.accept())
        page.goto(f"{address}{lang}#{step}")
        return page

    yield opened
    for context in contexts:
        context.close()
    assert problems == []


def test_a_model_is_made_judged_and_trained_on_by_clicks(visit, store, monkeypatch, tmp_path):
    gate = shorten_trainings(monkeypatch, tmp_path)
    see_little(monkeypatch)
    page = visit("make")
    page.get_by_text("A first look").click()
    page.get_by_role("button", name="Make it").click()
    card = page.locator("article[data-run='1-first-look']")
    expect(card).to_contain_text("Learns. 7 minutes left.")
    expect(card).to_contain_text("The pictures still change.")
    expect(card.locator("img.pictures")).to_have_js_property("complete", value=True)
    assert card.locator("img.pictures").evaluate("image => image.naturalWidth") > 100
    gate.touch()
    expect(card).to_contain_text("Finished.")

    card.get_by_role("link", name="Look at it").click()
    expect(page.get_by_text("What came out")).to_be_visible()
    expect(page.locator("ul.lacks li")).not_to_have_count(0)
    expect(page.locator("img.pictures")).to_have_count(3)
    assert page.get_by_role("link", name="More pictures").get_attribute("href").endswith("-1-first-look")

    page.get_by_role("link", name="Ask people").click()
    page.get_by_label("How many in all").fill("24")
    page.get_by_label("Goal").fill("6")
    page.get_by_role("button", name="Make the link").click()
    expect(page.locator("a.to-vote")).to_have_count(1)
    expect(page.get_by_text("opens on this machine only")).to_be_visible()
    expect(page.locator("img.code")).to_have_js_property("complete", value=True)
    assert page.locator("img.code").evaluate("image => image.naturalWidth") > 50
    (review,) = store.reviews()
    assert page.locator("a.to-vote").inner_text().endswith(f"/review/{review.id}")
    store.add(review.id, [Vote(f"vote-{n:05}", n, "reviewer-1", "reject" if n % 3 else "keep") for n in range(24)])

    page = visit("next", PHONE, "?lang=ja")
    expect(page.get_by_text("24 枚のうち 8 枚が採用されました")).to_be_visible()
    expect(page.get_by_text("の写真がもっと必要です")).to_be_visible()
    page.get_by_role("button", name="採用された画像も使って学習を続ける").click()
    card = page.locator("article[data-run='2-first-look']")
    expect(card).to_contain_text("採用された画像からも学びます")
    expect(card).to_contain_text("できました")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.goto(f"{page.url.split('#')[0]}#next")
    expect(page.get_by_role("heading", name="前と後")).to_be_visible()
    expect(page.locator(".beside img")).to_have_count(2)

    page.goto(f"{page.url.split('#')[0]}#make")
    card.get_by_role("button", name="捨てる").click()
    wait_until(page, lambda: page.locator("article[data-run]").count() == 1)
