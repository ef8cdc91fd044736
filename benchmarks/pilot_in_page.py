"""How long each step of the page Create takes and how many clicks, from a zip of photos to a report on two rounds.

``python -m benchmarks.pilot_in_page --address http://127.0.0.1:7860 --data groceries --classes apple banana milk tomato
--each 75`` wants a server of this machine at the address. After the labels, as ``benchmarks.labelling_in_page`` has
them made, a first look is trained, looked at and sent to review; two voters judge it in browsers of their own; it is
trained on with what they kept, judged again in blind pairs, and the report is read. Nothing is shortened. The voters
keep each third picture, as only their clicks are counted.
"""

from __future__ import annotations

import random
import re
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import tyro
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from amgan.languages.reading import DEFAULT, Texts
from amgan.networks.architecture import ImageSize
from benchmarks.labelling_in_page import (
    Options,
    Person,
    bring,
    correct,
    name_groups,
    packed_without_labels,
    rightness,
    sitting_down,
)
from tests.chromium import LAUNCH_ARGS, find_chromium
from tests.ui.reviewing import PHONE, at, sent


@dataclass(frozen=True)
class WholeOptions(Options):
    """Go the whole way of a project in the page.

    Attributes:
        image_size: Side of the model's pictures in pixels.
    """

    image_size: ImageSize = 64


MOST_TRAINING_SECONDS = 3600.0
VOTERS = ("Ann", "Bo")


def main(options: WholeOptions) -> None:
    """Do it, and print what it took."""
    chance = random.Random(options.seed)
    with tempfile.TemporaryDirectory() as place, sync_playwright() as playwright:
        packed, truth = packed_without_labels(options, Path(place))
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=list(LAUNCH_ARGS))
        person = sitting_down(browser, options, truth)
        bring(person, packed)
        name_groups(person)
        correct(person)
        print(f"labels: {person.actions} actions so far, {rightness(person):.1%} right")
        begin(person, options.image_size)
        live_sheet(person, 1)
        finished(person, 1)
        look(person)
        votes_of(browser, ask(person, 40, goal=6), lambda item: "reject" if item % 3 else "keep")
        person.step_ends("two voters")
        train_on(person)
        live_sheet(person, 2)
        finished(person, 2)
        look(person)
        votes_of(browser, ask(person, 20, kind="pairs"), lambda item: chance.choice(["left", "same", "right"]))
        person.step_ends("two voters, pairs")
        report(person)
        print(f"{len(truth)} photos, two rounds: {person.actions} actions beside the voters'")
        browser.close()


def card_of(page: Page, number: int) -> Locator:
    """What the page shows of a training."""
    return page.locator(f"article[data-of^='{number}-']")


def begin(person: Person, image_size: ImageSize = 64) -> None:
    """Ask for a first look."""
    person.click(person.page.get_by_role("link", name=person.say("next_make")))
    if image_size != 64:
        person.page.get_by_label(person.say("size")).select_option(str(image_size))
        person.actions += 1
    person.click(person.page.get_by_role("button", name=person.say("make_it")))


def live_sheet(person: Person, number: int) -> None:
    """Wait for pictures on the way."""
    sheet = card_of(person.page, number).locator("img.pictures")
    expect(sheet).to_have_js_property("complete", value=True, timeout=MOST_TRAINING_SECONDS * 1000)
    assert sheet.evaluate("image => image.naturalWidth") > 100
    person.step_ends(f"training {number}, to its first sheet")


def finished(person: Person, number: int) -> None:
    """Wait for the model."""
    card = card_of(person.page, number)
    expect(card).to_have_attribute("data-state", "finished", timeout=MOST_TRAINING_SECONDS * 1000)
    person.step_ends(f"training {number}, to its end")


def look(person: Person) -> None:
    """Look at the newest model, until it is said what its classes lack."""
    person.click(person.page.get_by_role("link", name=person.say("to_look")).first)
    expect(person.page.get_by_role("heading", name=person.say("what_lacks"))).to_be_visible(timeout=600_000)
    person.step_ends("look")


def ask(person: Person, pictures: int, goal: int | None = None, kind: str = "classes") -> str:
    """Make a review.

    Returns:
        The link to it.
    """
    page = person.page
    person.click(page.get_by_role("link", name=person.say("to_judge")))
    links = page.locator("a.to-vote")
    page.get_by_role("button", name=person.say("send_to_review")).wait_for()
    address = page.url.partition("#")[0].replace("/create/", "/create/api/projects/")
    before = len(page.request.get(f"{address}/reviews").json()["reviews"])
    page.get_by_label(person.say("ask_about")).select_option(kind)
    page.get_by_label(person.say("how_many")).fill(str(pictures))
    person.actions += 2
    if goal is not None:
        page.get_by_label(person.say("goal")).fill(str(goal))
        person.actions += 1
    person.click(page.get_by_role("button", name=person.say("send_to_review")))
    expect(links).to_have_count(before + 1)
    person.step_ends("a link to vote")
    return links.first.inner_text()


def votes_of(browser: Browser, link: str, verdict: Callable[[int], str], voters: Sequence[str] = VOTERS) -> None:
    """Everybody judges everything, each in a browser of their own, side by side.

    Args:
        browser: Opens theirs.
        link: To the review.
        verdict: What is said of an item, by the name of the button's word.
        voters: Their names.
    """
    pages = []
    for name in voters:
        context = browser.new_context(**PHONE)
        pages.append(context.new_page())
        pages[-1].goto(link)
        say = Texts(pages[-1].locator("html").get_attribute("lang") or DEFAULT, "vote")
        pages[-1].get_by_label(say("your_name")).fill(name)
        pages[-1].get_by_role("button", name=say("start"), exact=True).click()
    first = re.compile(say("place", number=1, count=r"(\d+)"))
    place = pages[0].locator("#place")
    expect(place).to_have_text(first)
    count = int(first.findall(place.inner_text())[0])
    for number in range(1, count + 1):
        for page in pages:
            at(page, number, count)
            source = page.locator("#pictures img").first.get_attribute("src") or ""
            item = int(re.findall(r"/(\d+)(?:-left)?\.png", source)[0])
            page.get_by_role("button", name=say(verdict(item)), exact=True).tap()
    for page, name in zip(pages, voters):
        expect(page.get_by_role("heading", name=say("thank_you_name", name=name))).to_be_visible()
        sent(page)
        page.context.close()


def train_on(person: Person) -> None:
    """Ask for a training with what was kept."""
    person.click(person.page.get_by_role("link", name=person.say("to_next")).first)
    person.click(person.page.get_by_role("button", name=person.say("train_on")))


def report(person: Person) -> str:
    """Read the report.

    Returns:
        Its text.
    """
    page = person.page
    person.click(page.get_by_role("link", name=person.say("to_next")).first)
    expect(page.get_by_role("heading", name=person.say("before_after"))).to_be_visible()
    with page.expect_popup() as opened:
        person.click(page.get_by_role("link", name=person.say("report")))
    opened.value.get_by_role("heading", name=Texts(person.say.lang, "report")("cost")).wait_for()
    person.step_ends("report")
    return opened.value.locator("body").inner_text()


if __name__ == "__main__":
    main(tyro.cli(WholeOptions))
