"""Every page at every width, light and dark, as pictures to look at: ``python -m benchmarks.every_look --to looks``.

Nothing is judged here: what a test can see, tests see (tests/ui/test_widths.py, tests/ui/test_accessibility.py). Each
picture is TO/LANGUAGE/PAGE-WIDTH-THEME.png, the whole page down to `MOST_HIGH`.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.parse import urljoin

import tyro
from playwright.sync_api import Browser, FloatRect, Page, sync_playwright

from amgan.export.static_page import write_static_page
from amgan.model import AMGAN
from amgan.reviews.store.store import ReviewStore
from amgan.reviews.vote import Vote
from tests.chromium import LAUNCH_ARGS, find_chromium
from tests.export.pages import serving
from tests.server.reviewing import singles
from tests.ui.app_process import running_app
from tests.ui.browsing import TABS
from tests.ui.judged_project import STEPS, judged_project

WIDTHS = (320, 390, 768, 1024, 1280)
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
HIGH = {320: 640, 390: 844, 768: 1024, 1024: 768, 1280: 860}
MOST_HIGH = 2000
MOMENT = 700
VOTES = 12
PATIENCE = 120_000


@dataclass(frozen=True)
class Options:
    """Make the pictures.

    Attributes:
        to: The folder they go to.
        weights: A folder of release folders.
        model: The one that is shown.
        languages: Of the pages.
        only: Pages whose name begins so; none: all.
    """

    to: Path
    weights: Path = Path("weights")
    model: str = "groceries"
    languages: tuple[str, ...] = ("en", "ja")
    only: tuple[str, ...] = ()


@dataclass
class Camera:
    """Takes a page at each width in each theme.

    Attributes:
        page: It.
        folder: Where the pictures go.
        lang: The language of the pages.
        only: What the names of pages begin with that are taken.
    """

    page: Page
    folder: Path
    lang: str
    only: tuple[str, ...]
    taken: list[Path] = field(default_factory=list)

    def go(self, url: str, ready: str) -> None:
        """Open an address in this language and wait until something is there."""
        address, mark, step = url.partition("#")
        self.page.goto(f"{address}{'&' if '?' in address else '?'}lang={self.lang}{mark}{step}")
        self.page.locator(ready).first.wait_for()
        self.page.wait_for_timeout(MOMENT)

    def take(self, name: str) -> None:
        """The page as it is, under a name."""
        if self.only and not name.startswith(self.only):
            return
        for width in WIDTHS:
            self.page.set_viewport_size({"width": width, "height": HIGH[width]})
            for theme in THEMES:
                self.page.emulate_media(color_scheme=theme)
                self.page.wait_for_timeout(MOMENT)
                whole = self.page.evaluate("document.documentElement.scrollHeight")
                file = self.folder / f"{name}-{width}-{theme}.png"
                if self.page.locator("dialog[open]").count():  # what lies over the page is where the window is
                    self.page.screenshot(path=file)
                else:
                    high = min(max(whole, HIGH[width]), MOST_HIGH)
                    clip: FloatRect = {"x": 0, "y": 0, "width": width, "height": high}
                    self.page.screenshot(path=file, full_page=True, clip=clip)
                self.taken.append(file)
        self.page.emulate_media(color_scheme="light")
        self.page.set_viewport_size({"width": 1280, "height": HIGH[1280]})


def shoot_tabs(camera: Camera, url: str, options: Options) -> None:
    """The app's tabs and what opens in them."""
    page, tile = camera.page, "gradio-app .ag-sheet-place .ag-tile"
    camera.go(f"{url}?model={options.model}", tile)
    camera.take("sample")
    page.locator(tile).nth(1).click()
    page.locator(".ag-viewer [data-ag=keep]").click()
    page.wait_for_timeout(MOMENT)
    camera.take("viewer")
    page.locator(".ag-sliders summary").click()
    camera.take("viewer-sliders")
    page.locator(".ag-viewer [data-ag=share]").click()
    page.wait_for_timeout(MOMENT)
    camera.take("share-dialog")
    page.keyboard.press("Escape")
    page.locator(".ag-viewer [data-ag=alike]").click()
    page.locator(".ag-alike .ag-tile").first.wait_for()
    camera.take("variations")
    for place, (tab, ready) in enumerate(TABS, start=1):
        page.get_by_role("tab").nth(place).click()
        page.locator(ready).first.wait_for()
        page.wait_for_timeout(MOMENT)
        camera.take(tab)
        if tab in ("batch", "review"):
            page.locator("#batch-start, #make-review").locator("visible=true").click()
            page.locator(".ag-job").locator("visible=true").first.wait_for()
            page.wait_for_timeout(5 * MOMENT)
        for fold in page.locator(".label-wrap").locator("visible=true").all():
            fold.click()
        if tab != "about":
            camera.take(f"{tab}-open")
    camera.go(f"{url}?model={options.model}&n=64", tile)
    camera.take("sample-64")
    camera.go(f"{url}?model={options.model}&n=1", tile)
    camera.take("sample-1")
    camera.go(f"{url}?model={options.model}&n=9&beside=cifar10", tile)
    camera.take("beside")
    camera.go(f"{url}?model=nobody&seed=x", tile)
    camera.take("bad-link")
    camera.go(f"{url}guess?model={options.model}", "#begin")
    camera.take("guess-begin")
    page.locator("#begin").click()
    page.locator("#real").wait_for()
    camera.take("guess")
    for place in range(10):
        page.locator("#real").click()
        page.locator("#next").wait_for()
        if place == 0:
            camera.take("guess-told")
        page.locator("#next").click()
    page.locator("#answers").wait_for()
    camera.take("guess-end")
    camera.go(f"{url}window?model={options.model}", "canvas")
    page.wait_for_timeout(3 * MOMENT)
    camera.take("window")
    camera.go(f"{url}map?model={options.model}", "#picture[data-name]")
    camera.take("map")
    camera.go(f"{url}share?model={options.model}&seed=3&n=9", "img")
    camera.take("share")
    camera.go(f"{url}nothing-here", "h1")
    camera.take("nothing-here")


def shoot_review(camera: Camera, url: str, store: ReviewStore, options: Options) -> None:
    """A review as those see it who vote, and its results."""
    page, model = camera.page, AMGAN.from_pretrained(options.weights / options.model)
    review = store.create(singles(model, options.model, VOTES, title="Autumn line", target=0.6))
    pages = f"{url}review/{review.id}"
    camera.go(pages, "#start-form button")
    camera.take("vote-begin")
    page.locator("#start-form button").click()
    page.locator("#choices button").first.wait_for()
    page.locator("#pictures img").first.wait_for()
    page.wait_for_timeout(MOMENT)
    camera.take("vote")
    page.locator("summary").first.click()
    camera.take("vote-open")
    for place in range(VOTES):
        page.locator("#choices button").nth(place % 2).click()
        page.wait_for_timeout(MOMENT)
    page.locator("#tiles button").first.wait_for()
    camera.take("vote-end")
    said = ["keep" if item % 3 else "reject" for item in range(VOTES)]
    for who in ("ann", "bob"):
        store.add(
            review.id,
            [
                Vote(f"{who}-{item:05}", item, f"reviewer-{who}", one, "Too pale." if item == 3 else "")
                for item, one in enumerate(said)
            ],
        )
    camera.go(f"{pages}/results?key={review.key}", "h1")
    camera.take("results")
    camera.go(f"{pages}/results?key=wrong", "h1")
    camera.take("results-wrong")
    store.close_review(review.id)
    camera.go(pages, "#closed-words")
    camera.take("vote-closed")


def shoot_project(camera: Camera, url: str) -> None:
    """The steps of a project, and what is seen on the way to them."""
    page, (base, _, name) = camera.page, url.rpartition("/")
    page.route("**/create/api/projects?*", lambda route: route.fulfill(status=401, json={"detail": ""}))
    camera.go(base, "#token")
    camera.take("create-token")
    page.unroute_all()
    camera.go(base, ".projects a")
    camera.take("create")
    camera.go(f"{url}#photos", ".drop")
    broken = f"photos-{camera.lang}.zip"
    page.locator("#choose_photos").set_input_files({"name": broken, "mimeType": "application/zip", "buffer": b"no zip"})
    page.locator(".broken li", has_text=broken).wait_for()
    camera.take("create-broken")
    # Half of the labels taken away: groups of what is open, proposals, and the rest.
    labels = f"{base}/api/projects/{name}/labels"
    photos = [*page.request.get(labels).json()["photos"]][::2]
    page.request.post(f"{labels}/acts", data={"do": "open", "photos": photos})
    camera.go(f"{url}#labels", ".inner[aria-busy=false]")
    camera.take("create-open")
    page.request.post(f"{labels}/acts", data={"do": "undo"})
    for number, (step, ready) in enumerate(STEPS, start=1):
        camera.go(f"{url}#{step}", ready)
        if step == "labels":
            camera.page.locator(".class summary").first.click()
            camera.page.locator(".class .photo").first.click()
        camera.take(f"create-{number}-{step}")
    report = camera.page.locator("a[href*=report]").first.get_attribute("href")
    camera.page.goto(urljoin(camera.page.url, report))
    camera.page.locator("h1").wait_for()
    camera.take("create-report")


def shoot_static(camera: Camera, url: str) -> None:
    """The page without a server."""
    page = camera.page
    camera.go(f"{url}index.html", "#sheet button")
    page.wait_for_timeout(5 * MOMENT)
    camera.take("static-sample")
    page.locator("#sheet button").first.click()
    page.wait_for_timeout(MOMENT)
    camera.take("static-viewer")
    page.keyboard.press("Escape")
    page.locator("#tab-interpolate").click()
    page.wait_for_timeout(5 * MOMENT)
    camera.take("static-morph")


def main(options: Options) -> None:
    """Take them all, a server after the other."""

    def with_cameras(browser: Browser, shoot: Callable[[Camera], None]) -> None:
        for lang in options.languages:
            (folder := options.to / lang).mkdir(parents=True, exist_ok=True)
            context = browser.new_context(viewport={"width": 1280, "height": HIGH[1280]}, locale=lang)
            context.set_default_timeout(PATIENCE)
            camera = Camera(context.new_page(), folder, lang, options.only)
            shoot(camera)
            context.close()
            print(f"{lang}: {len(camera.taken)} pictures", flush=True)

    with tempfile.TemporaryDirectory() as place, sync_playwright() as playwright:
        scratch = Path(place)
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=list(LAUNCH_ARGS))
        others = [one for one in options.only if not one.startswith(("vote", "results", "create", "static"))]
        reviews = not options.only or any(one.startswith(("vote", "results")) for one in options.only)
        if reviews or others:
            with running_app(options.weights.resolve(), scratch, dict(os.environ)) as url:
                store = ReviewStore(scratch / "reviews.sqlite")
                if reviews:
                    with_cameras(browser, lambda camera: shoot_review(camera, url, store, options))
                if others or not options.only:
                    with_cameras(browser, lambda camera: shoot_tabs(camera, url, options))
                store.close()
        if not options.only or any(one.startswith("create") for one in options.only):
            (scratch / "made").mkdir()
            with judged_project(options.weights.resolve(), scratch / "made") as url:
                with_cameras(browser, lambda camera: shoot_project(camera, url))
        if not options.only or any(one.startswith("static") for one in options.only):
            write_static_page(AMGAN.from_pretrained(options.weights / options.model), options.model, scratch / "page")
            with serving(scratch / "page") as url:
                with_cameras(browser, lambda camera: shoot_static(camera, url))
        browser.close()


if __name__ == "__main__":
    main(tyro.cli(Options))
