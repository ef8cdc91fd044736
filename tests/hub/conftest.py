"""Fixtures of the tests that talk to the tests' Hub."""

from __future__ import annotations

import pytest

from tests.hub.client import HubClient
from tests.hub.server import HubServer
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
