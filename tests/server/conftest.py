"""Two models of three classes, and a server that offers them to all."""

from __future__ import annotations

import pytest

from amgan.release.directions import write_directions
from amgan.release.folder import DIRECTIONS_FILE
from tests.directions import some_directions
from tests.models import saved, tiny_config
from tests.server.running import running


@pytest.fixture(scope="session")
def weights(tmp_path_factory):
    folder = tmp_path_factory.mktemp("weights")
    saved(folder / "dynamic", index_seeds=20)
    config = tiny_config()
    write_directions(folder / "dynamic" / DIRECTIONS_FILE, some_directions(config), config)
    saved(folder / "predefined", labeling="predefined", channels=3)
    (folder / "broken").mkdir()
    (folder / "broken" / "config.json").write_text('{"format_version": 99}')
    return folder


@pytest.fixture(autouse=True)
def _buckets_do_not_fill(monkeypatch):
    """No time passes for those of a server's own: on a busy machine there is room again before the next call comes."""
    monkeypatch.setattr("throttled.utils.now_sec", lambda: 1_800_000_000)


@pytest.fixture(scope="session")
def client(weights):
    with running(weights, max_pictures=200, max_frames=100, max_body_bytes=20_000) as client:
        yield client
