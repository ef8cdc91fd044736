"""How many clicks and how long a person needs in the page Create, from a zip of photos to right labels.

``python -m benchmarks.labelling_in_page --address http://127.0.0.1:7860 --data groceries --classes apple banana milk
tomato --each 75`` wants a server of this machine at the address. The labels of so many photos of each class are thrown
away. A simulated person in a real Chromium, who knows them, brings the zip, names each group by what most of it shows,
then moves doubtful labels that are wrong and keeps the others, as long as the page shows any. What is typed
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
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from amgan.languages.reading import DEFAULT, Texts
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
        """Sit down.

        Args:
            page: The browser's.
            truth: The class of each file by its name.
        """
        self.page = page
        self.say = Texts(page.locator("html").get_attribute("lang") or DEFAULT, "create")
        self.actions = 0
        self.truth = truth
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

    def shown(self, photos: Locator) -> list[str]:
        """What photos show."""
        titles = photos.evaluate_all("photos => photos.map(photo => photo.title)")
        return [self.truth[Path(title).name] for title in titles]

    def step_ends(self, words: str) -> None:
        """Say what the step took."""
        now = time.monotonic()
        print(f"{words}: {self.actions - self._before} actions, {now - self._started:.0f} s", flush=True)
        self._started, self._before = now, self.actions


def main(options: Options) -> None:
    """Do it, and print what it took."""
    with tempfile.TemporaryDirectory() as place, sync_playwright() as playwright:
        packed, truth = packed_without_labels(options, Path(place))
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=list(LAUNCH_ARGS))
        person = sitting_down(browser, options, truth)
        bring(person, packed)
        name_groups(person)
        correct(person)
        right = rightness(person)
        print(f"{len(truth)} photos of {len(options.classes)} classes: {person.actions} actions, {right:.1%} right")
        browser.close()


def packed_without_labels(options: Options, place: Path) -> tuple[Path, dict[str, str]]:
    """A zip of the chosen photos under names that say nothing, and the class of each."""
    files = [
        (file, name) for name in options.classes for file in chosen(options.data / name, options.each, options.seed)
    ]
    random.Random(options.seed).shuffle(files)
    truth = {f"photo-{number:04}{file.suffix}": name for number, (file, name) in enumerate(files)}
    packed = place / "photos.zip"
    with zipfile.ZipFile(packed, "w") as zipping:
        for name, (file, _) in zip(truth, files):
            zipping.write(file, name)
    return packed, truth


def sitting_down(browser: Browser, options: Options, truth: dict[str, str]) -> Person:
    """Someone before the list of projects."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.set_default_timeout(MOST_SECONDS * 1000)
    expect.set_options(timeout=MOST_SECONDS * 1000)
    page.goto(f"{options.address.rstrip('/')}/create")
    return Person(page, truth)


def bring(person: Person, packed: Path, title: str = "") -> None:
    """Make a project, and bring photos into it."""
    page = person.page
    person.type(page.get_by_label(person.say("title")), title or f"Labelling {time.strftime('%H:%M:%S')}")
    with page.expect_file_chooser() as choosing:
        person.click(page.get_by_text(person.say("choose_photos")))
    choosing.value.set_files(packed)
    person.actions += 1  # the choice itself
    page.get_by_role("link", name=person.say("next_labels")).wait_for(timeout=600_000)
    person.step_ends("photos")


def name_groups(person: Person) -> None:
    """Name each group by what most of what is shown of it is."""
    page = person.page
    person.click(page.get_by_role("link", name=person.say("next_labels")))
    group = page.locator(".group:has(input)")
    group.first.wait_for()
    known: set[str] = set()
    while left := group.count():
        first = group.first
        name = Counter(person.shown(first.locator(".photo"))).most_common(1)[0][0]
        if name in known:
            person.click(first.locator(".chip", has_text=name))
        else:
            person.type(first.locator("input"), name)
            known.add(name)
        expect(group).to_have_count(left - 1)
    person.step_ends("groups named")


def correct(person: Person) -> None:
    """Move doubtful labels that are wrong and keep the others, as long as some are shown."""
    page, photos = person.page, person.page.locator(".doubts .photo")
    while True:
        page.locator("[aria-busy=false]").wait_for()
        if not photos.count():
            break
        shown = photos.evaluate_all("photos => photos.map(photo => photo.dataset.photo)")
        labels = page.locator(".doubts li > span").all_text_contents()
        wrong = [(photo, name) for photo, name, label in zip(shown, person.shown(photos), labels) if name != label]
        gone, name = wrong[0] if wrong else (shown[0], "")
        if not wrong:
            person.click(page.locator(".doubts button.main"))
        elif (
            offered := _tile(page, gone).get_by_role("button", name=person.say("rather", label=name), exact=True)
        ).count():
            person.click(offered)
        else:
            for photo in [photo for photo, other in wrong if other == name]:
                person.click(_tile(page, photo).locator(".photo"))
            person.click(page.locator(".picked .chip", has_text=name))
        expect(_tile(page, gone)).to_have_count(0)
    person.step_ends("doubts")


def _tile(page: Page, photo: str) -> Locator:
    return page.locator(f".doubts li:has([data-photo='{photo}'])")


def rightness(person: Person) -> float:
    """The part of the photos whose labels are right."""
    address = person.page.url.partition("#")[0].replace("/create/", "/create/api/projects/")
    photos = person.page.request.get(f"{address}/labels").json()["photos"].values()
    return sum(photo["label"] == person.truth[Path(photo["name"]).name] for photo in photos) / len(photos)


if __name__ == "__main__":
    main(tyro.cli(Options, description=Options.__doc__))
