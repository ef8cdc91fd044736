"""Runs the server: opens what it needs, and closes it in good order."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from fastapi import FastAPI

from amgan.bulk.job_room import JobLimits
from amgan.bulk.job_store import JobStore
from amgan.bulk.shared_ledger import SharedLedger
from amgan.engine.batched_engine import BatchedEngine
from amgan.engine.batcher import Batcher
from amgan.engine.devices import drawing_devices
from amgan.engine.engine import Engine
from amgan.engine.shelf import Shelf, ShownFolder
from amgan.errors import ConfigError
from amgan.postgres import VARIABLE
from amgan.projects.models import models_in
from amgan.projects.room import ProjectRoom
from amgan.reviews.copying.hub_copy import configured_copy
from amgan.reviews.store.postgres_reviews import shared_reviews
from amgan.reviews.store.sqlite_file import default_path
from amgan.reviews.store.store import ReviewStore
from amgan.server.app import build_server
from amgan.server.hosts import allowed_hosts
from amgan.server.job_model import BackgroundModels
from amgan.server.listening import Server, listen
from amgan.server.metrics import ServerMetrics
from amgan.server.middleware import Drain
from amgan.server.projects.door import offers_project_models
from amgan.server.root_path import checked_root_path
from amgan.server.security_headers import frame_ancestors
from amgan.server.settings import DAY_SECONDS, ServerConfig
from amgan.server.tokens import Tokens

if TYPE_CHECKING:
    import gradio as gr


def project_models(config: ServerConfig) -> Callable[[], Iterable[ShownFolder]]:
    """What the shelf of a server holds beside its own folder: the models of its projects."""
    if not offers_project_models(config):
        return tuple
    return partial(models_in, ProjectRoom(config.projects).folder)


PagesOf = Callable[[Engine, JobStore, ReviewStore], "Mapping[str, gr.Blocks]"]
"""Builds the page for people, by language, on an engine, a store of jobs and one of reviews."""


@dataclass(frozen=True)
class OpenService:
    """A server that is open but does not listen yet.

    Attributes:
        app: What answers. It is closed by its own end, as ASGI's lifespan has it.
        config: What was asked for, with what the surroundings say as well.
        drain: Told when the server is to stop.
        answered: Set when a model has drawn its first picture.
    """

    app: FastAPI
    config: ServerConfig
    drain: Drain
    answered: threading.Event


def serve(
    shelf: Shelf,
    config: ServerConfig,
    pages_of: PagesOf | None = None,
    announce: Callable[[str], None] = print,
) -> None:
    """Serve until a signal says to stop: SIGTERM and Ctrl-C let end what is running, a second one does not.

    Args:
        shelf: The models, loaded on the first of `drawing_devices`.
        config: Everything else.
        pages_of: The page; None for programs only.
        announce: Is told where the server is, once it listens.

    Raises:
        ConfigError: the address cannot be used, or what `open_service` says.
    """
    listener = listen(config.host, config.port)
    opened = open_service(shelf, config, pages_of, listener.getsockname()[1])
    Server(opened.app, opened.config, opened.drain, announce).run([listener])


def open_service(
    shelf: Shelf, config: ServerConfig, pages_of: PagesOf | None = None, port: int = 0, keeps: bool = True
) -> OpenService:
    """Open all that a server needs.

    Args:
        shelf: The models, loaded on the first of `drawing_devices`.
        config: Everything else.
        pages_of: The page; None for programs only.
        port: Where it will listen, after which its folder of jobs is called if the config names none.
        keeps: Whether it has reviews and jobs; the page needs them.

    Raises:
        ConfigError: a device, the tokens, a host, site or path in the settings, the folder of jobs, the file or data
            set of reviews, or what servers share cannot be used.
    """
    tokens = Tokens.read(config.tokens_file, config.tokens)
    Tokens(config.project_tokens)  # malformed ones are said before anything starts
    config = replace(
        config,
        allowed_hosts=allowed_hosts(config.allowed_hosts, os.environ),
        frame_ancestors=frame_ancestors(config.frame_ancestors, os.environ),
        root_path=checked_root_path(config.root_path),
    )
    metrics, drain = ServerMetrics(), Drain()
    devices = drawing_devices(config.devices)
    batcher = Batcher(devices, config.queue_pictures, metrics)
    metrics.watch_queue(lambda: batcher.waiting)
    engine = BatchedEngine(batcher)
    reviews, jobs = None, None
    if keeps:
        folder = _jobs_folder(config, port)
        reviews = _open_reviews(config)
        jobs = _open_jobs(config, BackgroundModels(shelf, engine, len(devices)), folder)
    pages = None
    if reviews is not None and jobs is not None:
        if pages_of is not None and not config.api_only:
            pages = pages_of(engine, jobs, reviews)
        jobs.start()
    votes_copy = None
    if reviews is not None:
        votes_copy = configured_copy(reviews, config.reviews_repo, config.hub_token, os.environ)
    if votes_copy is not None:
        votes_copy.start()

    def close() -> None:
        # First, while there is time for a last push.
        if votes_copy is not None:
            votes_copy.stop()
        # In this order: a job whose drawing the batcher breaks off must know that it is only to wait.
        if jobs is not None:
            jobs.stop()
        batcher.close()
        if jobs is not None:
            jobs.close()
        if reviews is not None:
            reviews.close()

    app = build_server(
        shelf,
        engine,
        config,
        pages,
        jobs=jobs,
        reviews=reviews,
        reviews_filling=None if votes_copy is None else lambda: votes_copy.filling,
        projects=None if pages is None else ProjectRoom(config.projects),
        metrics=metrics,
        tokens=tokens,
        drain=drain,
        close=close,
    )
    return OpenService(app, config, drain, metrics.answered)


def _open_reviews(config: ServerConfig) -> ReviewStore:
    return ReviewStore(shared_reviews(config.state) if config.state else config.reviews or default_path())


def _open_jobs(config: ServerConfig, models: BackgroundModels, folder: Path) -> JobStore:
    limits = _limits(config)
    ledger = SharedLedger(config.state, folder, limits) if config.state else None
    return JobStore(folder, models, limits, ledger)


def _jobs_folder(config: ServerConfig, port: int) -> Path:
    if config.jobs is not None:
        return config.jobs
    if config.state is not None:
        raise ConfigError(f"{VARIABLE} needs --jobs, or AMGAN_JOBS: a folder that all servers of the database see")
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return cache / "amgan" / f"jobs-{port}"


def _limits(config: ServerConfig) -> JobLimits:
    return JobLimits(
        waiting=config.max_jobs,
        pictures=config.max_job_pictures,
        bytes=config.results_gigabytes * 2**30,
        keep_seconds=config.results_days * DAY_SECONDS,
    )
