"""Makes sure that the tests have a Chromium: `python -m tests.install_chromium`, any number of times.

One that is there is taken; else apt-get installs one when root; else Playwright downloads its own.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator

from tests.chromium import find_chromium

APT_GET = ["apt-get", "-o", "DPkg::Lock::Timeout=300"]


def is_root() -> bool:
    """Whether this process may install packages; never on Windows."""
    return hasattr(os, "geteuid") and os.geteuid() == 0


def installers() -> Iterator[list[list[str]]]:
    """The ways to get a Chromium here, best first, each as the commands to run."""
    if is_root() and shutil.which("apt-get"):
        yield [[*APT_GET, "update"], [*APT_GET, "install", "--yes", "--no-install-recommends", "chromium"]]
    download = [sys.executable, "-m", "playwright", "install", "chromium"]
    if is_root():
        yield [[*download, "--with-deps"]]
    yield [download]


def succeeds(commands: list[list[str]]) -> bool:
    """Run the commands up to the first that fails, with their output shown and nothing asked."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in commands:
        print("+", " ".join(command), flush=True)
        if subprocess.run(command, check=False, stdin=subprocess.DEVNULL, env=environment).returncode != 0:
            return False
    return True


def main() -> int:
    """Find or install a Chromium and print its path; 1 if there is none to be had."""
    try:
        path = find_chromium()
    except FileNotFoundError as error:
        print(error, file=sys.stderr)
        return 1
    for commands in installers() if path is None else ():
        if succeeds(commands) and (path := find_chromium()):
            break
    if path is None:
        print("No Chromium for the tests: install one, or set AMGAN_CHROMIUM to its path", file=sys.stderr)
        return 1
    print(f"Chromium for the tests: {path}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
