"""One app in a process of its own, for all tests of the page, and a browser for each module."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.chromium import LAUNCH_ARGS, find_chromium
from tests.ui.app_process import running_app
from tests.ui.models import save_shelf


@pytest.fixture(scope="session")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_shelf(tmp_path_factory.mktemp("weights"))


@pytest.fixture(scope="session")
def app_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where `app_url` keeps its files."""
    return tmp_path_factory.mktemp("app")


@pytest.fixture(scope="session")
def app_url(weights: Path, app_folder: Path) -> Iterator[str]:
    """The address of `python app.py`, started once."""
    with running_app(weights, app_folder, dict(os.environ)) as url:
        yield url


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A Chromium. No longer than for a module: Playwright's event loop runs in this thread, and others start theirs."""
    path = find_chromium()
    if path is None:
        pytest.fail("no Chromium: run python -m tests.install_chromium")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=list(LAUNCH_ARGS))
        yield started
        started.close()
