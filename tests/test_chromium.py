"""The tests' own browser: which one is taken, and that it shows a page."""

from __future__ import annotations

import stat
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import sync_playwright

from tests import chromium, install_chromium


def program(folder: Path, name: str, exit_code: int) -> str:
    path = folder / name
    path.write_text(f"#!/bin/sh\nexit {exit_code}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A machine whose PATH holds one empty folder, without a download of Playwright's."""
    monkeypatch.delenv("AMGAN_CHROMIUM", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path / "downloads"))
    return tmp_path


def test_no_browser_is_none(bare: Path) -> None:
    assert chromium.find_chromium() is None


def test_a_program_that_only_fails_is_passed_over(bare: Path) -> None:
    program(bare, "chromium", exit_code=1)
    good = program(bare, "google-chrome", exit_code=0)
    assert chromium.find_chromium() == good


def test_the_chosen_browser_comes_before_path(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(bare, "chromium", exit_code=0)
    chosen = program(bare, "mine", exit_code=0)
    monkeypatch.setenv("AMGAN_CHROMIUM", chosen)
    assert chromium.find_chromium() == chosen


def test_a_chosen_browser_that_does_not_start_is_an_error(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(bare, "chromium", exit_code=0)
    monkeypatch.setenv("AMGAN_CHROMIUM", str(bare / "missing"))
    with pytest.raises(FileNotFoundError, match="AMGAN_CHROMIUM=.*missing does not start"):
        chromium.find_chromium()


@pytest.mark.parametrize(("root", "first"), [(True, "apt-get"), (False, "playwright")])
def test_apt_is_tried_as_root_only(bare: Path, monkeypatch: pytest.MonkeyPatch, root: bool, first: str) -> None:
    program(bare, "apt-get", exit_code=0)
    monkeypatch.setattr(install_chromium, "is_root", lambda: root)
    commands = next(install_chromium.installers())
    assert all(first in command for command in commands)


def test_a_page_opens_and_is_photographed() -> None:
    path = chromium.find_chromium()
    assert path, "no Chromium: run python -m tests.install_chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(chromium.LAUNCH_ARGS))
        page = browser.new_page(viewport={"width": 40, "height": 30})
        page.goto("data:text/html,<title>Hello</title><body style='background:rgb(10,200,30)'>")
        title, screenshot = page.title(), page.screenshot()
        browser.close()
    image = Image.open(BytesIO(screenshot)).convert("RGB")
    assert title == "Hello"
    assert image.size == (40, 30)
    assert image.getpixel((20, 15)) == (10, 200, 30)
