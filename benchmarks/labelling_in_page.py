"""How many clicks and how long a person needs in the page Create, from a zip of photos to right labels.

``python -m benchmarks.labelling_in_page --address http://127.0.0.1:7860 --data groceries --classes apple banana milk
tomato --each 75`` wants a server of this machine at the address. The labels of so many photos of each class are thrown
away. A simulated person in a real Chromium, who knows them, brings the zip, names each group by what most of it shows,
then moves doubtful labels that are wrong and keeps the others, until a page of them has no wrong one. What is typed
counts as one action, as every click does; the seconds are the machine's, as the simulated person takes none to look.
"""

from __future__ import annotations

import random
import tempfile
import time
import zipfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import tyro
from playwright.sync_api import Locator, Page, expect, sync_playwright

from benchmarks.labelling import chosen
from tests.chromium import LAUNCH_ARGS, find_chromium

MOST_SECONDS = 60.0
"""So long a step may take on a busy machine."""


@dataclass(frozen=True)
class Options:
    """Label photos whose classes are known as a person would who knows them, in the page.

    Attributes:
        address: Where a server is, on this machine.
        data: A folder with one subfolder of photos a class.
        classes: Subfolders that are taken.
        each: Photos of each class, chosen at random.
        seed: Of the choice.
    """

    address: str
    data: Path
    classes: tuple[str, ...]
    each: int = 75
    seed: int = 0


class Person:
    """Someone who knows the classes, with a hand that counts."""

    def __init__(self, page: Page, truth: dict[str, str]) -> None:
        self.page = page
        self.actions = 0
        self._truth = truth
        self._started, self._before = time.monotonic(), 0

    def click(self, place: Locator) -> None:
        """One action."""
        place.click()
        self.actions += 1

    def type(self, place: Locator, text: str) -> None:
        """Text with Enter behind it: one action."""
        place.fill(text)
        place.press("Enter")
        self.actions += 1

    def class_of(self, photo: Locator) -> str:
        """What a photo shows."""
        return self._truth[Path(str(photo.get_attribute("title"))).name]

    def step_ends(self, words: str) -> None:
        """Say what the step took."""
        now = time.monotonic()
        print(f"{words}: {self.actions - self._before} actions, {now - self._started:.0f} s")
        self._started, self._before = now, self.actions


def main(options: Options) -> None:
    """Do it, and print what it took."""
    files = [
        (file, name) for name in options.classes for file in chosen(options.data / name, options.each, options.seed)
    ]
    random.Random(options.seed).shuffle(files)
    truth = {f"photo-{number:04}{file.suffix}": name for number, (file, name) in enumerate(files)}
    with tempfile.TemporaryDirectory() as place, sync_playwright() as playwright:
        packed = Path(place) / "photos.zip"
        with zipfile.ZipFile(packed, "w") as zipping:
            for name, (file, _) in zip(truth, files):
                zipping.write(file, name)
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=list(LAUNCH_ARGS))
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.set_default_timeout(MOST_SECONDS * 1000)
        expect.set_options(timeout=MOST_SECONDS * 1000)
        page.goto(f"{options.address.rstrip('/')}/create")
        person = Person(page, truth)
        _bring(person, packed)
        _name_groups(person)
        _correct(person)
        right = _right(page, truth)
        print(f"{len(truth)} photos of {len(options.classes)} classes: {person.actions} actions, {right:.1%} right")
        browser.close()


def _bring(person: Person, packed: Path) -> None:
    page = person.page
    person.type(page.get_by_label("What is it about?"), f"Labelling {time.strftime('%H:%M:%S')}")
    with page.expect_file_chooser() as choosing:
        person.click(page.get_by_text("Choose photos or a zip"))
    choosing.value.set_files(packed)
    person.actions += 1  # the choice itself
    link = page.get_by_role("link", name="Next: label them")
    link.wait_for(timeout=600_000)
    person.step_ends("photos")
    person.click(link)


def _name_groups(person: Person) -> None:
    page = person.page
    group = page.locator(".group:has(input)")
    group.first.wait_for()
    known: set[str] = set()
    while left := group.count():
        first = group.first
        shown = [person.class_of(photo) for photo in first.locator(".photo").all()]
        name = Counter(shown).most_common(1)[0][0]
        if name in known:
            person.click(first.locator(".chip", has_text=name))
        else:
            person.type(first.locator("input"), name)
            known.add(name)
        expect(group).to_have_count(left - 1)
    person.step_ends("groups named")


def _correct(person: Person) -> None:
    page = person.page
    while True:
        page.locator("[aria-busy=false]").wait_for()
        tiles = page.locator(".doubts li")
        wrong = [tile for tile in tiles.all() if tile.locator("span").text_content() != _class_in(person, tile)]
        if not wrong and tiles.count():
            person.click(page.locator(".doubts button.main"))
            page.locator("[aria-busy=true]").wait_for()
            page.locator("[aria-busy=false]").wait_for()
        if not wrong:
            break
        tile, name = wrong[0], _class_in(person, wrong[0])
        offered = tile.get_by_role("button", name=f"→ {name}", exact=True)
        if offered.count():
            person.click(offered)
        else:
            person.click(tile.locator(".photo"))
            person.click(page.locator(".picked .chip", has_text=name))
        page.locator("[aria-busy=true]").wait_for()
    person.step_ends("doubts")


def _class_in(person: Person, tile: Locator) -> str:
    return person.class_of(tile.locator(".photo"))


def _right(page: Page, truth: dict[str, str]) -> float:
    address = page.url.partition("#")[0].replace("/create/", "/create/api/projects/")
    photos = page.request.get(f"{address}/labels").json()["photos"].values()
    return sum(photo["label"] == truth[Path(photo["name"]).name] for photo in photos) / len(photos)


if __name__ == "__main__":
    main(tyro.cli(Options, description=Options.__doc__))
