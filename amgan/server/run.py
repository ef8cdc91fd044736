"""Runs the server: opens what it needs, listens, and stops in good order."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from types import FrameType

import gradio as gr
import uvicorn
from fastapi import FastAPI

from amgan.bulk.job_limits import JobLimits
from amgan.bulk.job_store import JobStore
from amgan.engine import Engine
from amgan.errors import ConfigError
from amgan.reviews.hub_copy import configured_copy
from amgan.reviews.place import default_path
from amgan.reviews.review_store import ReviewStore
from amgan.server.app import build_server
from amgan.server.batched_engine import BatchedEngine
from amgan.server.batcher import Batcher
from amgan.server.devices import drawing_devices
from amgan.server.draining import Drain
from amgan.server.job_model import BackgroundModels
from amgan.server.metrics import ServerMetrics
from amgan.server.settings import ServerConfig
from amgan.server.tokens import Tokens
from amgan.shelf import Shelf

MOST_SECONDS_TO_STOP = 18.0
"""After this the process ends, whatever still hangs; jobs are safe against that."""
IDLE_SECONDS = 75
"""A connection without requests is closed then; a proxy in front usually closes it sooner, as it should."""


def serve(
    shelf: Shelf,
    config: ServerConfig,
    page_of: Callable[[Engine, JobStore, ReviewStore], gr.Blocks] | None = None,
    announce: Callable[[str], None] = print,
) -> None:
    """Serve until a signal says to stop: SIGTERM and Ctrl-C let end what is running, a second one does not.

    Args:
        shelf: The models, loaded on the first of `drawing_devices`.
        config: Everything else.
        page_of: Builds the page for people, on an engine, a store of jobs and one of reviews; None for programs only.
        announce: Is told where the server is, once it listens.

    Raises:
        ConfigError: a device, the tokens, the address, the folder of jobs, or the file or data set of reviews cannot be
            used.
    """
    tokens = Tokens.read(config.tokens_file, os.environ)
    listener = _listen(config.host, config.port)
    metrics, drain = ServerMetrics(), Drain()
    devices = drawing_devices(config.devices)
    batcher = Batcher(devices, config.queue_pictures, metrics)
    metrics.watch_queue(lambda: batcher.waiting)
    engine = BatchedEngine(batcher)
    models = BackgroundModels(shelf, engine, len(devices))
    jobs = JobStore(_jobs_folder(config, listener.getsockname()[1]), models, _limits(config))
    reviews = ReviewStore(config.reviews or default_path())
    page = None if page_of is None or config.api_only else page_of(engine, jobs, reviews)
    jobs.start()
    votes_copy = configured_copy(reviews, os.environ)
    if votes_copy is not None:
        votes_copy.start()

    def close() -> None:
        # First, while there is time for a last push.
        if votes_copy is not None:
            votes_copy.stop()
        # In this order: a job whose drawing the batcher breaks off must know that it is only to wait.
        jobs.stop()
        batcher.close()
        jobs.close()
        reviews.close()

    app = build_server(
        shelf,
        engine,
        config,
        page,
        jobs=jobs,
        reviews=reviews,
        reviews_filling=None if votes_copy is None else lambda: votes_copy.filling,
        metrics=metrics,
        tokens=tokens,
        drain=drain,
        close=close,
    )
    _Server(_uvicorn_config(app, config), drain, announce).run([listener])


class _Server(uvicorn.Server):
    """A uvicorn server that says where it is, and stops in the order that `serve` promises."""

    def __init__(self, config: uvicorn.Config, drain: Drain, announce: Callable[[str], None]) -> None:
        super().__init__(config)
        self._drain = drain
        self._announce = announce

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, and say so."""
        await super().startup(sockets)
        if self.started and sockets:
            host, port = sockets[0].getsockname()[:2]
            shown = f"[{host}]" if ":" in host else host
            self._announce(f"Serving at http://{shown}:{port} (Ctrl-C stops it).")

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Wait for what is running, but not for what never ends by itself."""
        self._drain.end_streams()
        await super().shutdown(sockets)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """See `serve`."""
        if self.should_exit:
            # Jobs are safe against it, and nothing else needs to be put in order.
            os._exit(128 + sig)
        self._drain.begin()
        self.should_exit = True
        _end_after(MOST_SECONDS_TO_STOP)


def _uvicorn_config(app: FastAPI, config: ServerConfig) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        server_header=False,
        limit_concurrency=config.max_connections,
        timeout_keep_alive=IDLE_SECONDS,
        timeout_graceful_shutdown=config.drain_seconds,
        forwarded_allow_ips=config.forwarded_allow_ips,
    )


def _listen(host: str, port: int) -> socket.socket:
    try:
        listener = socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
        # Its connections have it too: a client whose network went away in the middle of an answer holds none for ever.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        return listener
    except OSError as error:
        raise ConfigError(
            f"port {port} on {host:.100} cannot be used; choose a free one (--port; for app.py GRADIO_SERVER_PORT)"
        ) from error


def _end_after(seconds: float) -> None:
    # A thread that waits for the Hub, or a client that takes its answer byte by byte, must not keep the process.
    timer = threading.Timer(seconds, os._exit, (1,))
    timer.daemon = True
    timer.start()


def _jobs_folder(config: ServerConfig, port: int) -> Path:
    if config.jobs is not None:
        return config.jobs
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return cache / "amgan" / f"jobs-{port}"


def _limits(config: ServerConfig) -> JobLimits:
    return JobLimits(
        waiting=config.max_jobs,
        pictures=config.max_job_pictures,
        bytes=config.results_gigabytes * 2**30,
        keep_seconds=config.results_days * 24 * 3600.0,
    )
