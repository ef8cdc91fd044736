"""`python app.py` in a process of its own."""

from __future__ import annotations

import contextlib
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import httpx
import pytest

from tests.ports import free_port

ROOT = Path(__file__).parents[2]
SECONDS_TO_START = 240
SECONDS_TO_END = 60


@contextlib.contextmanager
def running_app(
    weights: Path, scratch: Path, environment: dict[str, str], arguments: Sequence[str] = ()
) -> Iterator[str]:
    """The address of an app that runs within.

    Args:
        weights: The folder of its release folders.
        scratch: An empty folder for its log and temporary files.
        environment: Of the process.
        arguments: Of its command line.
    """
    port = free_port()
    settings = {
        "AMGAN_WEIGHTS": str(weights), "GRADIO_SERVER_NAME": "127.0.0.1", "GRADIO_SERVER_PORT": str(port),
        "GRADIO_TEMP_DIR": str(scratch / "gradio"), "AMGAN_JOBS": str(scratch / "jobs"),
        "AMGAN_REVIEWS": str(scratch / "reviews.sqlite"), "OMP_NUM_THREADS": "1",
    }  # fmt: skip
    log = scratch / "app.log"
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "app.py", *arguments],
            cwd=ROOT, env=environment | settings, stdout=output, stderr=subprocess.STDOUT,
        )  # fmt: skip
        try:
            url = f"http://127.0.0.1:{port}/"
            _wait_for(url, process, log)
            yield url
        finally:
            process.terminate()
            process.wait(timeout=SECONDS_TO_END)
    # Nothing that the tests did may have failed on the server's side.
    assert failures(log.read_text()) == []


def failures(log: str) -> list[str]:
    """What a log says of errors nobody expected, each with its traceback."""
    entries = re.split(r"^(?=\S*(?:ERROR|WARNING|INFO)\b)", log, flags=re.MULTILINE)
    return [entry for entry in entries if "Traceback" in entry]


def _wait_for(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            if httpx.get(url, timeout=30).is_success:
                return
        except httpx.HTTPError:
            time.sleep(0.2)
    pytest.fail(f"the app did not start:\n{log.read_text()}")
