"""A server in a process of its own, which somebody may kill."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from amgan.bulk.shared_ledger import SharedLedger
from amgan.engine.shelf import Shelf
from amgan.server import run
from amgan.server.run import serve
from amgan.server.settings import ServerConfig


def work(weights: Path, jobs: Path, port: int) -> None:
    """Serve programs until the end."""
    config = ServerConfig(port=port, jobs=jobs, reviews=jobs.with_suffix(".sqlite"), api_only=True)
    serve(Shelf(weights), config, announce=lambda text: None)


def work_sharing(weights: Path, jobs: Path, port: int, state: str, limits: str, has_page: bool) -> None:
    """Serve with others, who need not wait long for the jobs of one that is killed."""
    run.SharedLedger = partial(SharedLedger, lease=2.0)  # type: ignore[assignment, misc]
    config = ServerConfig(
        port=port, jobs=jobs, state=state, limits=limits, api_only=not has_page, pictures_per_second=1,
        max_pictures=60, max_frames=60, projects=jobs.with_suffix(".projects"),
    )  # fmt: skip
    shelf, pages_of = Shelf(weights), None
    if has_page:
        from amgan.ui.page import build_pages

        pages_of = partial(build_pages, shelf)
    serve(shelf, config, pages_of, announce=lambda text: None)
