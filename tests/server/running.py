"""A real server on a real port, in a thread of the test's process."""

from __future__ import annotations

import contextlib
import tempfile
import threading
import time
from functools import partial
from pathlib import Path
from unittest.mock import patch

import httpx

from amgan.bulk.job_room import JobLimits
from amgan.bulk.job_store import JobStore
from amgan.engine.batch_cost import architecture, measured_cost
from amgan.engine.batched_engine import BatchedEngine
from amgan.engine.batcher import Batcher
from amgan.engine.shelf import Shelf
from amgan.projects.models import models_in
from amgan.server.app import build_server
from amgan.server.job_model import BackgroundModels
from amgan.server.listening import Server, listen
from amgan.server.metrics import ServerMetrics
from amgan.server.middleware import Drain
from amgan.server.settings import ServerConfig
from amgan.server.tokens import Tokens

several = None
"""How several servers share what `running` gives tests, in place of one: see tests/server/sharing."""

COSTS = {}
"""What batches cost, by architecture: measured by the first server of a process alone."""


def measured_once(renderer):
    key = architecture(renderer)
    if key not in COSTS:
        COSTS[key] = measured_cost(renderer)
    return COSTS[key]


@contextlib.contextmanager
def running(weights, *arguments, **settings):
    """Yields a client of a server for a folder of models, or of several by turns that share what they keep."""
    with (one_server if several is None else several)(weights, *arguments, **settings) as client:
        yield client


@contextlib.contextmanager
def one_server(
    weights,
    page_of=None,
    reviews=None,
    tokens=(),
    seconds=60,
    *,
    hub_models=(),
    reviews_filling=None,
    projects=None,
    drain=None,
    ledger_in=None,
    **settings,
):
    """Yields a client of one server, with jobs in a folder of its own or in a ledger that is opened for another."""
    config = ServerConfig(**{"drain_seconds": 3, **settings})
    others = tuple if projects is None else partial(models_in, projects.folder)
    shelf, metrics = Shelf(weights, hub_models, others=others), ServerMetrics()
    batcher = Batcher(capacity=config.queue_pictures, observer=metrics)
    metrics.watch_queue(lambda: batcher.waiting)
    engine = BatchedEngine(batcher)
    pages = None if page_of is None else page_of(shelf, engine)
    if pages is not None and not isinstance(pages, dict):
        pages = {"en": pages}  # one language does for most tests
    place = tempfile.TemporaryDirectory()
    folder, limits, ledger = Path(place.name), JobLimits(pictures=config.max_job_pictures), None
    if ledger_in is not None:
        folder, ledger = ledger_in(limits)
    jobs = JobStore(folder, BackgroundModels(shelf, engine), limits, ledger)
    jobs.start()

    def close():
        jobs.stop()
        batcher.close()
        jobs.close()
        place.cleanup()

    app = build_server(
        shelf, engine, config, pages, jobs=jobs, reviews=reviews, reviews_filling=reviews_filling, projects=projects,
        metrics=metrics, tokens=Tokens(tokens), drain=drain, close=close,
    )  # fmt: skip
    listener = listen("127.0.0.1", 0)
    server = Server(app, config, Drain(), announce=lambda text: None)
    thread = threading.Thread(target=server.run, args=([listener],))
    thread.start()
    address = f"http://127.0.0.1:{listener.getsockname()[1]}"
    try:
        # Nothing is encrypted here, and to read the certificates of the world takes longer than to start.
        with (
            patch("amgan.engine.batcher.measured_cost", measured_once),
            httpx.Client(base_url=address, timeout=60, verify=False) as client,
        ):
            wait_until(lambda: client.get("/healthz").is_success, seconds)
            client.shelf, client.batcher, client.jobs = shelf, batcher, jobs
            client.connections = server.connections
            yield client
    finally:
        server.should_exit = True
        thread.join(60)
        assert not thread.is_alive()


def empty_page(*_):
    """For what stands beside the page and asks nothing of it."""
    import gradio as gr

    with gr.Blocks() as page:
        return page


def wait_until(happened, seconds=60):
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def problem(answer, status):
    """The one thing an answer says is wrong, after checks that hold for all of them."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/json"
    assert len(answer.text) < 3000
    for secret in ("Traceback", "/tmp", "/home", ".py", "site-packages"):
        assert secret not in answer.text
    detail = answer.json()["detail"]
    if status != 422:
        assert isinstance(detail, str)
        return detail
    assert all({*each} == {"loc", "msg", "type"} for each in detail)
    return detail[0]
