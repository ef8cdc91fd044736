"""Fixtures of the tests that talk to the tests' Hub."""

from __future__ import annotations

import logging
import time
from types import SimpleNamespace

import pytest
from huggingface_hub import constants, set_client_factory
from huggingface_hub.utils._http import default_client_factory

from amgan.hub import commit
from amgan.reviews.copying import hub_copy, pusher
from amgan.reviews.copying.hub_copy import HubCopy
from amgan.reviews.store.store import ReviewStore
from tests.hub.client import HubClient
from tests.hub.review_copies import OFTEN, REPO
from tests.hub.server import OWNER, HubServer
from tests.models import saved


@pytest.fixture(scope="module")
def hub():
    server = HubServer()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def client(hub, tmp_path_factory):
    started = HubClient(hub.endpoint, tmp_path_factory.mktemp("home"))
    yield started
    started.close()
    assert "hf_" not in started.stderr.read_text().replace("hf_hub", "")


@pytest.fixture(scope="module")
def release(tmp_path_factory):
    """A release folder of a tiny dynamic model, with a sheet, and beside it what must never be published."""
    folder = saved(tmp_path_factory.mktemp("release") / "m", index_seeds=2)
    (folder / "samples.png").write_bytes(b"\x89PNG any bytes")
    (folder / "optimizer.bin").write_bytes(b"never published")
    return folder


@pytest.fixture
def own_client(hub, monkeypatch, caplog, request):
    """The Hub's client within this process speaks to the tests' Hub, without waits before it tries again.

    Only a Hub that a test keeps from answering is given up soon: one on a busy machine may take its time.
    """
    given = request.node.callspec.params if hasattr(request.node, "callspec") else {}
    seconds = 0.5 if given.get("fault", {}).get("slow") else 30.0
    monkeypatch.setattr(constants, "ENDPOINT", hub.endpoint)
    monkeypatch.setattr(
        constants, "HUGGINGFACE_CO_URL_TEMPLATE", hub.endpoint + "/{repo_id}/resolve/{revision}/{filename}"
    )
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setattr(constants, "HF_HUB_DISABLE_XET", True)
    monkeypatch.setattr(constants, "HF_HUB_DOWNLOAD_TIMEOUT", seconds)
    impatient = SimpleNamespace(**vars(time) | {"sleep": lambda _: None})  # not the time of the scheduler
    for module in ("utils._http", "file_download"):
        monkeypatch.setattr(f"huggingface_hub.{module}.time", impatient)
    for module in (commit, hub_copy, pusher):
        monkeypatch.setattr(module, "ANSWER_SECONDS", 2 * seconds)
    hub.repositories.pop(f"datasets/{REPO}", None)
    caplog.set_level(logging.INFO)
    yield
    set_client_factory(default_client_factory)
    said = [record.getMessage() for phase in ("call", "teardown") for record in caplog.get_records(phase)]
    assert not [line for line in said if "hf_" in line.replace("hf_hub", "")]


@pytest.fixture
def copies(own_client):
    """Starts copies of stores, which are stopped after the test."""
    made = []

    def start(store, wait_seconds=20.0, repo=REPO, token=OWNER, every_minutes=OFTEN):
        made.append(HubCopy(store, repo, token, every_minutes))
        made[-1].start(wait_seconds)
        return made[-1]

    yield start
    for copy in made:
        copy.stop(20.0)


@pytest.fixture
def disk(tmp_path):
    """Opens a store on a disk of its own."""
    opened = []

    def new():
        opened.append(ReviewStore(tmp_path / f"disk-{len(opened)}" / "reviews.sqlite"))
        return opened[-1]

    return new
