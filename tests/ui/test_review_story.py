"""The whole story of a review: made from the sheet, judged on a desk and on a phone, and read by the team."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from amgan.model import AMGAN
from tests.ui.browsing import TIMEOUT, open_page
from tests.ui.language import PAGE, RESULTS, VOTE, saying
from tests.ui.models import NAMES
from tests.ui.reviewing import DESK, PHONE, at, sent

COUNT = 40
COMMENT = '<img src=x onerror="document.title=1"> the strap is cut off'

pytestmark = pytest.mark.timeout(400)  # on a machine that may be busy


@pytest.fixture
def contexts(browser: Browser) -> Iterator[list[BrowserContext]]:
    opened = [browser.new_context(**device) for device in (DESK, DESK, PHONE)]  # type: ignore[arg-type]
    yield opened
    for context in opened:
        context.close()


def made_from_the_sheet(page: Page, app_url: str) -> tuple[str, str]:
    """Links to the review's page and to its results."""
    open_page(page, app_url)
    page.get_by_role("button", name=PAGE.send_to_review).first.click()
    expect(page.locator("#review-estimate")).to_contain_text(saying(PAGE.review_estimate), timeout=TIMEOUT)
    page.locator("#review-title textarea, #review-title input").fill("Spring")
    page.locator("#review-count textarea, #review-count input").fill(str(COUNT))
    page.locator("#review-target textarea, #review-target input").fill("60")
    page.locator("#make-review").click()
    card = page.locator("li[data-review]")
    expect(card).to_contain_text(PAGE.review_pictures.format(count=COUNT), timeout=TIMEOUT)
    links = [
        card.get_by_role("link", name=name).get_attribute("href") for name in (PAGE.review_now, PAGE.review_results)
    ]
    assert all(links)
    return links[0] or "", links[1] or ""


def test_from_the_sheet_to_the_results(contexts: list[BrowserContext], app_url: str, weights: Path) -> None:
    team, ann, bob = (context.new_page() for context in contexts)
    link, results = made_from_the_sheet(team, app_url)
    for page, name in ((ann, "Ann"), (bob, "Bob")):
        page.goto(urljoin(app_url, link))
        page.get_by_label(VOTE("your_name")).fill(name)
        page.get_by_role("button", name=VOTE("start"), exact=True).click()
    said = {"keep": 0, "reject": 0}
    for place in range(1, COUNT + 1):
        at(ann, place, COUNT)
        word = "keep" if place % 4 else "reject"
        said[word] += 1
        ann.keyboard.press(word[0])
        at(bob, place, COUNT)
        if place == 7:
            bob.get_by_text(VOTE("add_comment")).tap()
            bob.locator("textarea").fill(COMMENT)
        word = "reject" if place % 5 == 0 else "keep"
        said[word] += 1
        bob.get_by_role("button", name=VOTE(word), exact=True).tap()
        if place == 20:
            # Kept by mistake, so it is taken back; then the page is closed and opened again.
            at(bob, 21, COUNT)
            bob.get_by_role("button", name=VOTE("undo")).tap()
            at(bob, 20, COUNT)
            bob.get_by_role("button", name=VOTE("keep"), exact=True).tap()
            said["reject"], said["keep"] = said["reject"] - 1, said["keep"] + 1
            at(bob, 21, COUNT)
            bob.reload()
    for page, name in ((ann, "Ann"), (bob, "Bob")):
        expect(page.get_by_role("heading", name=VOTE("thank_you_name", name=name))).to_be_visible(timeout=TIMEOUT)
        sent(page)
    assert said == {"keep": 63, "reject": 17}  # by hand: 30 + 33 and 10 + 7

    team.goto(urljoin(app_url, results))
    expect(team.locator("h1")).to_have_text("Spring")
    body = team.locator("body")
    expect(body).to_contain_text(RESULTS("hits_of", hits=63, count=80))
    expect(body).to_contain_text(RESULTS("people", count=2))
    expect(body).to_contain_text(COMMENT)
    assert team.title() != "1"
    rows = list(csv.DictReader(io.StringIO(fetched(team, "csv").decode())))
    assert Counter(row["verdict"] for row in rows) == said
    # The table of classes against the votes, class by class.
    for label in {row["label"] for row in rows}:
        votes = [row["verdict"] for row in rows if row["label"] == label]
        line = team.get_by_role("row").filter(has=team.get_by_role("rowheader", name=label, exact=True)).first
        expect(line).to_contain_text(RESULTS("hits_of", hits=votes.count("keep"), count=len(votes)))
    model = AMGAN.from_pretrained(weights / "fashion-mnist")
    check_kept(fetched(team, RESULTS("download_kept")), rows, model)
    team.get_by_text(RESULTS("close"), exact=True).click()
    team.get_by_role("button", name=RESULTS("close_sure")).click()
    expect(body).to_contain_text(RESULTS("closed"))
    team.get_by_role("button", name=RESULTS("reopen")).click()
    expect(team.get_by_role("link", name=RESULTS("vote_page"))).to_be_visible()
    team.get_by_text(RESULTS("close"), exact=True).click()
    team.get_by_role("button", name=RESULTS("close_sure")).click()
    expect(body).to_contain_text(RESULTS("closed"))
    check_a_link_that_was_cut_off(team)
    ann.reload()
    expect(ann.locator("body")).to_contain_text(VOTE("is_closed"), timeout=TIMEOUT)


def fetched(page: Page, name: str) -> bytes:
    with page.expect_download() as download:
        page.get_by_role("link", name=name).first.click()
    return Path(download.value.path()).read_bytes()


def check_a_link_that_was_cut_off(page: Page) -> None:
    """It is a sentence, also where a file was to come."""
    link = page.get_by_role("link", name=RESULTS("download_kept")).get_attribute("href") or ""
    page.goto(urljoin(page.url, link[:-3]))
    expect(page.get_by_role("heading", name=VOTE("link_is_broken"))).to_be_visible()
    sentence = "This is not the link to the results of the review; ask who made it."
    expect(page.get_by_text(VOTE("link_is_broken_more", sentence=sentence))).to_be_visible()
    page.go_back()


def check_kept(content: bytes, rows: list[dict[str, str]], model: AMGAN) -> None:
    """The pictures that most votes keep, each of them once."""
    keeps = Counter(row["item"] for row in rows if row["verdict"] == "keep")
    votes = Counter(row["item"] for row in rows)
    wanted = sum(2 * keeps[item] > votes[item] for item in votes)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        manifest = json.loads(archive.read("manifest.json"))
        pictures = [name for name in archive.namelist() if name.endswith(".png")]
    assert len(manifest) == len(pictures) == wanted
    assert {row["revision"] for row in manifest} == {model.revision}
    assert {row["class"] for row in manifest} <= set(NAMES)
