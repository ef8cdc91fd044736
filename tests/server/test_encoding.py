"""The event loop encodes nothing but a single small picture: all else would hold every caller up."""

from __future__ import annotations

import threading

import pytest

from amgan.server import encoding
from amgan.server.routes import interpolations


@pytest.fixture
def threads(monkeypatch):
    """Names of the threads in which something was encoded or enlarged."""
    seen = []

    def noting(function):
        def noted(*arguments, **options):
            seen.append(threading.current_thread().name)
            return function(*arguments, **options)

        return noted

    monkeypatch.setattr(encoding, "encode_png", noting(encoding.encode_png))
    monkeypatch.setattr(interpolations, "enlarge", noting(interpolations.enlarge))
    return seen


@pytest.mark.parametrize(("count", "in_a_thread"), [(1, False), (2, True)])
def test_one_small_picture_is_encoded_at_once(client, threads, count, in_a_thread):
    assert client.post("/v1/images", json={"n": count}).status_code == 200
    assert [name.startswith("encoding") for name in threads] == [in_a_thread]
    assert client.post("/v1/images", json={"n": count, "format": "json"}).status_code == 200
    assert [name.startswith("encoding") for name in threads] == [in_a_thread] * (1 + count)


def test_animations_are_made_in_threads_however_small(client, threads):
    asked = {"start": 1, "end": 2, "frames": 2, "format": "webp", "scale": 8}
    assert client.post("/v1/interpolations", json=asked).status_code == 200
    assert [name.startswith("encoding") for name in threads] == [True]
