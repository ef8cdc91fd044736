"""The README's picture of the page and a short film of its use: ``python -m benchmarks.page_film``.

The app in a process of its own and Chromium; a class is chosen, new pictures are asked for, one is looked at, changed
with a slider and morphed from, and the map is wandered over. Nothing is put together by hand: each frame is what the
page showed.
"""

from __future__ import annotations

import io
import os
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import tyro
from PIL import Image, ImageDraw
from playwright.sync_api import Locator, Page, sync_playwright

from tests.chromium import LAUNCH_ARGS, find_chromium
from tests.ui.app_process import running_app

FILM_SIZE = {"width": 960, "height": 760}
PICTURE_SIZE = {"width": 1280, "height": 860}
MOST_BYTES = 1_500_000
MORPH_FRAMES = 32
SLIDES, WALK = 7, 9


@dataclass(frozen=True)
class Options:
    """Make the pictures.

    Attributes:
        weights: A folder of release folders.
        model: The one that is shown.
        label: The class that is chosen.
        to: The folder of app.png and app.webp.
    """

    weights: Path = Path("weights")
    model: str = "groceries"
    label: str = "apple"
    to: Path = Path("docs")


@dataclass
class Film:
    """What a page showed, with how long each frame stays.

    Attributes:
        page: It.
        frames: Its pictures.
        milliseconds: One for each.
    """

    page: Page
    frames: list[Image.Image] = field(default_factory=list)
    milliseconds: list[int] = field(default_factory=list)

    def take(self, milliseconds: int) -> None:
        """Take the page as it is."""
        self.frames.append(Image.open(io.BytesIO(self.page.screenshot())).convert("RGB"))
        self.milliseconds.append(milliseconds)

    def click(self, part: Locator, milliseconds: int = 700) -> None:
        """Show where, then do it."""
        part.scroll_into_view_if_needed()
        box = part.bounding_box()
        assert box is not None
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        self.take(milliseconds)
        ImageDraw.Draw(self.frames[-1]).ellipse((x - 16, y - 16, x + 16, y + 16), outline=(225, 29, 72), width=4)
        part.click()

    def save(self, file: Path) -> None:
        """Write it as WebP.

        Raises:
            ValueError: it is larger than a README should have.
        """
        first, *others = self.frames
        first.save(
            file, save_all=True, append_images=others, duration=self.milliseconds, loop=0, quality=55, method=6
        )  # fmt: skip
        if (size := file.stat().st_size) > MOST_BYTES:
            raise ValueError(f"{file} has {size} bytes, more than {MOST_BYTES}")


def shoot(film: Film, url: str, options: Options) -> None:
    """Use the page as somebody does who sees it for the first time."""
    page, tiles = film.page, film.page.locator("gradio-app .ag-sheet-place .ag-tile")
    page.goto(f"{url}?model={options.model}")
    tiles.nth(15).wait_for()
    page.wait_for_timeout(1000)
    film.take(1200)
    film.click(page.locator("#classes label", has_text=options.label))
    page.wait_for_url(f"**class={options.label}**")
    page.wait_for_timeout(600)
    film.take(1000)
    film.click(page.locator("#new-pictures"))
    page.wait_for_timeout(1500)
    film.take(1000)
    film.click(tiles.nth(5))
    page.wait_for_timeout(500)
    film.take(1500)
    page.locator(".ag-viewer summary").first.click()
    slider = page.locator(".ag-slider input").first
    slider.focus()
    for _ in range(SLIDES):
        slider.press("ArrowRight")
        slider.press("ArrowRight")
        slider.press("ArrowRight")
        page.wait_for_timeout(500)
        film.take(150)
    film.milliseconds[-1] = 1000
    film.click(page.locator(".ag-viewer [data-end=start]"))
    page.locator(".ag-strip img").nth(MORPH_FRAMES - 1).wait_for()
    page.wait_for_timeout(1000)
    page.evaluate("scrollTo(0, 0)")
    for number in range(0, MORPH_FRAMES, 2):
        page.locator("[data-ag=scrub]").evaluate(
            "(scrub, to) => { scrub.value = to; scrub.dispatchEvent(new Event('input', { bubbles: true })); }", number
        )
        film.take(120)
    film.milliseconds[-1] = 1200
    page.goto(f"{url}map?model={options.model}")
    page.locator("#picture[data-name]").wait_for()
    box = page.locator("#map").bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    for number in range(1, WALK + 1):
        page.mouse.move(x - 24 * number, y - 12 * number)
        page.wait_for_timeout(400)
        film.take(150)
    page.mouse.up()
    film.milliseconds[-1] = 1500


def main(options: Options) -> None:
    """Make both and say how large they are."""
    with tempfile.TemporaryDirectory() as place, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=list(LAUNCH_ARGS))
        with running_app(options.weights.resolve(), Path(place), dict(os.environ)) as url:
            page = browser.new_page(viewport=PICTURE_SIZE, color_scheme="light", locale="en")  # type: ignore[arg-type]
            page.goto(f"{url}?model={options.model}")
            page.locator("gradio-app .ag-sheet-place .ag-tile").nth(15).wait_for()
            page.wait_for_timeout(1000)
            page.screenshot(path=options.to / "app.png")
            page.set_viewport_size(FILM_SIZE)  # type: ignore[arg-type]
            film = Film(page)
            shoot(film, url, options)
            film.save(options.to / "app.webp")
        browser.close()
    for name in ("app.png", "app.webp"):
        print(f"{options.to / name}: {(options.to / name).stat().st_size} bytes")


if __name__ == "__main__":
    main(tyro.cli(Options))
