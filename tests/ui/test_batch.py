"""Tab Batch in Chromium: a job from the form to the opened file."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from amgan.model import AMGAN
from tests.ui.browsing import TIMEOUT, open_page
from tests.ui.language import PAGE, saying
from tests.ui.models import NAMES

DONE = 90_000


@pytest.fixture
def page(browser: Browser, app_url: str) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, accept_downloads=True)
    page = context.new_page()
    open_page(page, app_url)
    page.get_by_role("tab", name=PAGE.tab_batch).click()
    yield page
    context.close()


def start(page: Page, count: int, *labels: str, kind: str = "") -> None:
    for label in labels:
        page.locator("#batch-classes label", has_text=label).click()
    page.locator("#batch-count textarea, #batch-count input").fill(str(count))
    page.locator("#batch-count textarea, #batch-count input").blur()
    if kind:
        page.locator("#batch-format label", has_text=kind).click()
    expect(page.locator("#batch-estimate")).to_contain_text(
        saying(PAGE.batch_estimate_without_time, count=f"{count * max(1, len(labels)):,}"), timeout=TIMEOUT
    )
    page.locator("#batch-start").click()


def fetched(page: Page) -> bytes:
    with page.expect_download() as download:
        page.locator(".ag-job").first.get_by_role("link", name=PAGE.job_fetch).click()
    return Path(download.value.path()).read_bytes()


def test_a_job_of_500_pictures(page: Page, weights: Path) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    start(page, 250, *NAMES[:2])
    job = page.locator(".ag-job").first
    expect(job).to_be_in_viewport(timeout=TIMEOUT)  # without a scroll
    expect(job).to_have_attribute("data-state", "done", timeout=DONE)
    model = AMGAN.from_pretrained(weights / "fashion-mnist")
    with zipfile.ZipFile(io.BytesIO(fetched(page))) as archive:
        assert archive.testzip() is None
        rows = [json.loads(line) for line in archive.read("manifest.jsonl").splitlines()]
        assert len(rows) == 500
        assert sorted(row["class"] for row in rows) == sorted(NAMES[:2] * 250)
        assert {row["revision"] for row in rows} == {model.revision}
        for row in rows[::25]:
            picture = np.asarray(Image.open(io.BytesIO(archive.read(row["file"]))))
            assert np.array_equal(picture, model.sample(row["class"], row["seed"])[0].squeeze(-1))


def test_the_list_survives_a_reload_and_a_job_can_be_cancelled(page: Page) -> None:
    page.evaluate(
        """() => { window.seen = []; new MutationObserver(() => {
            const bar = document.querySelector('.ag-job progress');
            if (bar) window.seen.push(bar.value);
        }).observe(document.querySelector('#jobs'), { childList: true, subtree: true, attributes: true }); }"""
    )
    start(page, 1_000_000, kind=PAGE.formats["npz"])
    job = page.locator(".ag-job").first
    expect(job).to_contain_text(PAGE.job_of_any.format(count="1,000,000"), timeout=TIMEOUT)
    expect(job).to_have_attribute("data-state", "running", timeout=DONE)
    expect(page).to_have_url(re.compile("tab=batch.*n=1000000.*format=npz"), timeout=TIMEOUT)
    page.wait_for_function("new Set(window.seen).size >= 4", timeout=DONE)  # the bar moves
    assert page.evaluate("window.seen.every((value, i, all) => i === 0 || value >= all[i - 1])")
    # In the page's colours: the browser's own is grey all over while nothing is done.
    expect(job.locator("progress")).to_have_css("appearance", "none")
    page.reload()
    expect(job).to_have_attribute("data-state", "running", timeout=TIMEOUT)
    expect(page.locator("#batch-count textarea, #batch-count input")).to_have_value("1000000", timeout=TIMEOUT)
    job.get_by_role("button", name=PAGE.job_cancel).click()
    expect(page.locator(".ag-job")).to_have_count(0, timeout=TIMEOUT)
    page.reload()
    expect(page.locator("#jobs")).to_contain_text(PAGE.no_jobs, timeout=TIMEOUT)


def test_one_visitor_does_not_see_the_jobs_of_another(page: Page, browser: Browser, app_url: str) -> None:
    start(page, 3)
    expect(page.locator(".ag-job")).to_have_attribute("data-state", "done", timeout=DONE)
    other = browser.new_context()
    try:
        second = other.new_page()
        open_page(second, app_url)
        second.get_by_role("tab", name=PAGE.tab_batch).click()
        expect(second.locator("#jobs")).to_contain_text(PAGE.no_jobs, timeout=TIMEOUT)
    finally:
        other.close()


def test_what_cannot_be_is_a_sentence(page: Page) -> None:
    for count in ("0", "many", "-3", "1" * 12, "50000000"):
        page.locator("#batch-count textarea, #batch-count input").fill(count)
        page.locator("#batch-start").click()
        # The last one the server does not take.
        said = "at most" if count == "50000000" else saying(PAGE.bad_pictures, value=count)
        expect(page.locator(".ag-message", has_text=said).first).to_be_visible(timeout=TIMEOUT)
        expect(page.locator(".ag-job")).to_have_count(0, timeout=TIMEOUT)


def test_on_a_phone_nothing_hangs_over(browser: Browser, app_url: str) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True)
    try:
        page = context.new_page()
        open_page(page, app_url + "?tab=sample")
        page.goto(app_url + f"?tab=batch&classes={NAMES[0]}&n=20")
        expect(page.locator("#batch-start")).to_be_visible(timeout=TIMEOUT)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        box = page.locator("#batch-start").bounding_box()
        assert box is not None
        assert box["height"] >= 44
    finally:
        context.close()
