"""A server in a process of its own, which somebody may kill."""

from __future__ import annotations

from pathlib import Path

from amgan.engine.shelf import Shelf
from amgan.server.run import serve
from amgan.server.settings import ServerConfig


def work(weights: Path, jobs: Path, port: int) -> None:
    """Serve programs until the end."""
    config = ServerConfig(port=port, jobs=jobs, reviews=jobs.with_suffix(".sqlite"), api_only=True)
    serve(Shelf(weights), config, announce=lambda text: None)
