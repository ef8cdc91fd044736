"""A server in a process of its own, which somebody may kill."""

from __future__ import annotations

import time
from functools import partial
from pathlib import Path
from typing import Any

from amgan.bulk.job_folder import JobFolder
from amgan.bulk.shared_ledger import SharedLedger
from amgan.engine.shelf import Shelf
from amgan.server import allowance, run
from amgan.server.run import serve
from amgan.server.settings import ServerConfig
from tests.bulk.worker import before_each_chunk


def work(weights: Path, jobs: Path, port: int, let: Any) -> None:
    """Serve programs until the end, and of jobs as many chunks as the semaphore `let` lets through."""
    before_each_chunk(lambda place: let.acquire())
    config = ServerConfig(port=port, jobs=jobs, reviews=jobs.with_suffix(".sqlite"), api_only=True)
    serve(Shelf(weights), config, announce=lambda text: None)


def work_sharing(
    weights: Path, jobs: Path, port: int, state: str, limits: str, has_page: bool, let: Any, most: int
) -> None:
    """Serve with others, who need not wait long for the jobs of one that is killed.

    No job has more than `most` chunks until the event `let` is set.
    """

    def wait(place: JobFolder) -> None:
        while len(place.done()) >= most and not let.is_set():
            time.sleep(0.01)

    before_each_chunk(wait)
    run.SharedLedger = partial(SharedLedger, lease=2.0)  # type: ignore[assignment, misc]
    allowance.ANSWER_SECONDS = 30.0  # Redis is there, and slow where the machine is busy
    config = ServerConfig(
        port=port, jobs=jobs, state=state, limits=limits, api_only=not has_page, pictures_per_second=1,
        max_pictures=60, max_frames=60, projects=jobs.with_suffix(".projects"),
    )  # fmt: skip
    shelf, pages_of = Shelf(weights), None
    if has_page:
        from amgan.ui.page import build_pages

        pages_of = partial(build_pages, shelf)
    serve(shelf, config, pages_of, announce=lambda text: None)
