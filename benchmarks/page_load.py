"""How soon a phone on a slow line sees pictures: ``python -m benchmarks.page_load``.

The app in a process of its own, Chromium as a phone with an empty cache, its line throttled by the DevTools protocol. A
row a line: time of the first picture and of the whole page, bytes that had come by then, and how far things moved
(cumulative layout shift, web.dev/articles/cls).
"""

from __future__ import annotations

import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import tyro
from playwright.sync_api import Browser, sync_playwright
from rich.console import Console
from rich.table import Table

from benchmarks.serving import PORT, server
from tests.chromium import LAUNCH_ARGS, find_chromium

LINES = {"1.6 Mbit/s, 150 ms": (1600, 150), "400 kbit/s, 400 ms": (400, 400)}
"""kbit/s and milliseconds of latency: those of Lighthouse, and a bad mobile line."""
WATCH = """(() => {
  window.seen = {moved: 0};
  new PerformanceObserver(list => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.seen.moved += entry.value;
  }).observe({type: 'layout-shift', buffered: true});
  const look = () => {
    const has = selector => document.querySelector(selector)?.checkVisibility({visibilityProperty: true});
    if (!window.seen.first && (has('#ag-poster i') || has('.ag-tile img'))) window.seen.first = performance.now();
    if (has('.ag-tile img')) window.seen.page = performance.now();
    else requestAnimationFrame(look);
  };
  look();
})()"""


CAME = """[...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]
  .map(entry => [entry.transferSize, entry.responseEnd])"""
"""The page's HTML first, which counts whole: the pictures stand in it."""


@dataclass(frozen=True)
class Options:
    """Measure the page's first load.

    Attributes:
        weights: A folder of release folders.
        times: Loads on each line; medians count.
    """

    weights: Path = Path("weights")
    times: int = 3


def main(options: Options) -> None:
    """Load the page and print the table."""
    table = Table(title="First load of the page, 390 x 844 pixels, empty cache")
    for column in ("line", "first picture s", "kB by then", "page s", "kB in all", "layout shift"):
        table.add_column(column, justify="left" if column == "line" else "right")
    with tempfile.TemporaryDirectory() as place, sync_playwright() as playwright:
        command = [sys.executable, "app.py", "--weights", str(options.weights), "--port", str(PORT)]
        command += ["--jobs", str(Path(place) / "jobs"), "--reviews", str(Path(place) / "reviews.sqlite")]
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=list(LAUNCH_ARGS))
        with server(command, "/healthz"):
            load(browser, 100_000, 0)  # so that the server has drawn once
            for name, (rate, latency) in LINES.items():
                loads = [load(browser, rate, latency) for _ in range(options.times)]
                first, early, page, whole, moved = (median(values) for values in zip(*loads, strict=True))
                table.add_row(
                    name, f"{first:.2f}", f"{early:.0f}", f"{page:.2f}", f"{whole:.0f}", f"{moved:.3f}"
                )  # fmt: skip
        browser.close()
    Console().print(table)


def load(browser: Browser, rate: float, latency: float) -> tuple[float, float, float, float, float]:
    """One load: seconds and kB until the first picture, the same until the page can be used, layout shift."""
    context = browser.new_context(viewport={"width": 390, "height": 844}, device_scale_factor=2, is_mobile=True)
    page = context.new_page()
    devtools = context.new_cdp_session(page)
    devtools.send("Network.enable")
    throttled = {"offline": False, "latency": latency, "uploadThroughput": rate * 125}
    devtools.send("Network.emulateNetworkConditions", {**throttled, "downloadThroughput": rate * 125})
    page.add_init_script(WATCH)
    page.goto(f"http://127.0.0.1:{PORT}/", wait_until="commit", timeout=120_000)
    page.wait_for_function("window.seen?.page", timeout=120_000)
    page.wait_for_timeout(1000)
    seen, came = page.evaluate("window.seen"), page.evaluate(CAME)
    context.close()
    early = came[0][0] + sum(size for size, end in came[1:] if end <= seen["first"])
    return seen["first"] / 1000, early / 1000, seen["page"] / 1000, sum(size for size, _ in came) / 1000, seen["moved"]


if __name__ == "__main__":
    main(tyro.cli(Options))
