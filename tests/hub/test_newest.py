"""Where a branch is now, asked of the tests' Hub in one request: its answer, and every failure in one line."""

from __future__ import annotations

import pytest

from tests.hub.server import OWNER


@pytest.fixture(scope="module")
def published(hub, release):
    hub.add("user/model", release)
    return hub.repositories["user/model"]


def test_one_request_tells_the_commit(hub, client, published):
    assert client.call("newest", repo="user/model", timeout=10) == {"commit": published.head.sha}
    # The client's own first request of a process is another one.
    assert [request.path for request in hub.requests if "/models" in request.path] == ["/api/models/user/model"]
    published.put(README__md=b"edited")
    assert client.call("newest", repo="user/model", timeout=10, token=OWNER) == {"commit": published.head.sha}


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        ({"status": 500}, "error 500"),
        ({"status": 404, "code": "RepoNotFound"}, "no such repository"),
        ({"status": 429, "retry_after": 1}, "fewer requests"),
        ({"cut": -1}, "disconnected"),
        ({"cut": 40}, "closed connection"),
        ({"wrong": True}, "could not be read"),
        ({"slow": True}, "timed out"),
    ],
)
def test_every_fault_is_one_line(hub, client, published, fault, says):
    with hub.fault("GET", "/api/models", **fault) as switched:
        seconds = 0.5 if "slow" in fault else 30
        text = client.error("ReleaseError", "newest", repo="user/model", timeout=seconds)
    assert switched.hits == 1  # it is not tried again: somebody waits for the answer
    assert text.startswith("user/model: the Hub did not say what its newest commit is (")
    assert says in text
