"""Runs the server: opens what it needs, and closes it in good order."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from amgan.bulk.job_room import JobLimits
from amgan.bulk.job_store import JobStore
from amgan.engine.batched_engine import BatchedEngine
from amgan.engine.batcher import Batcher
from amgan.engine.devices import drawing_devices
from amgan.engine.engine import Engine
from amgan.engine.shelf import Shelf, ShownFolder
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
from amgan.server.settings import ServerConfig
from amgan.server.tokens import Tokens

if TYPE_CHECKING:
    import gradio as gr


def project_models(config: ServerConfig) -> Callable[[], Iterable[ShownFolder]]:
    """What the shelf of a server holds beside its own folder: the models of its projects."""
    if not offers_project_models(config):
        return tuple
    return partial(models_in, ProjectRoom(config.projects).folder)


def serve(
    shelf: Shelf,
    config: ServerConfig,
    pages_of: Callable[[Engine, JobStore, ReviewStore], Mapping[str, gr.Blocks]] | None = None,
    announce: Callable[[str], None] = print,
) -> None:
    """Serve until a signal says to stop: SIGTERM and Ctrl-C let end what is running, a second one does not.

    Args:
        shelf: The models, loaded on the first of `drawing_devices`.
        config: Everything else.
        pages_of: Builds the page for people, by language, on an engine, a store of jobs and one of reviews; None for
            programs only.
        announce: Is told where the server is, once it listens.

    Raises:
        ConfigError: a device, the tokens, the address, a host, site or path in the settings, the folder of jobs, or the
            file or data set of reviews cannot be used.
    """
    tokens = Tokens.read(config.tokens_file, config.tokens)
    Tokens(config.project_tokens)  # malformed ones are said before anything starts
    hosts = allowed_hosts(config.allowed_hosts, os.environ)
    config = replace(
        config,
        allowed_hosts=hosts,
        frame_ancestors=frame_ancestors(config.frame_ancestors, os.environ),
        root_path=checked_root_path(config.root_path),
    )
    listener = listen(config.host, config.port)
    metrics, drain = ServerMetrics(), Drain()
    devices = drawing_devices(config.devices)
    batcher = Batcher(devices, config.queue_pictures, metrics)
    metrics.watch_queue(lambda: batcher.waiting)
    engine = BatchedEngine(batcher)
    models = BackgroundModels(shelf, engine, len(devices))
    jobs = JobStore(_jobs_folder(config, listener.getsockname()[1]), models, _limits(config))
    reviews = ReviewStore(shared_reviews(config.state) if config.state else config.reviews or default_path())
    pages = None if pages_of is None or config.api_only else pages_of(engine, jobs, reviews)
    jobs.start()
    votes_copy = configured_copy(reviews, config.reviews_repo, config.hub_token, os.environ)
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
    Server(app, config, drain, announce).run([listener])


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
