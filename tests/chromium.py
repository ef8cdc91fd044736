"""Where the browser of the tests is; nothing here installs one (`tests.install_chromium` does)."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

LAUNCH_ARGS = (
    "--no-sandbox",  # Chromium refuses to start as root with its sandbox
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
"""Flags for a Chromium that runs headless, as any user, and asks nothing of the network by itself."""

PATH_NAMES = ("chromium", "chromium-browser", "google-chrome")

_PRINT_DOWNLOADED = """
from playwright.sync_api import sync_playwright
with sync_playwright() as playwright:
    print(playwright.chromium.executable_path)
"""


def find_chromium() -> str | None:
    """Path of a Chromium that starts: AMGAN_CHROMIUM, else one on PATH, else Playwright's own download, else None.

    Raises:
        FileNotFoundError: AMGAN_CHROMIUM is set to something that does not start.
    """
    if chosen := os.environ.get("AMGAN_CHROMIUM"):
        if not starts(chosen):
            raise FileNotFoundError(f"AMGAN_CHROMIUM={chosen} does not start; set it to a Chromium or leave it out")
        return chosen
    on_path = [path for name in PATH_NAMES if (path := shutil.which(name))]
    return next((path for path in on_path if starts(path)), None) or _downloaded()


def starts(path: str) -> bool:
    """Whether `path --version` succeeds; Ubuntu's chromium-browser can be a script that only asks for a snap."""
    try:
        result = _run([path, "--version"])
    except (OSError, subprocess.TimeoutExpired):
        return False
    return result.returncode == 0


def _downloaded() -> str | None:
    # In a process of its own: Playwright's sync API refuses to start twice, and inside an event loop.
    result = _run([sys.executable, "-c", _PRINT_DOWNLOADED])
    path = result.stdout.strip()
    return path if result.returncode == 0 and starts(path) else None


def _run(command: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, check=False, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)
