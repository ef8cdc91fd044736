"""The tests of reviews, jobs and limits, as they are, on three servers that share a PostgreSQL and a Redis."""

from __future__ import annotations

import pytest

from amgan.reviews.store import store
from tests.databases import NO_POSTGRES, NO_REDIS
from tests.server import running
from tests.server.sharing.three_servers import Sharing


@pytest.fixture(scope="module", autouse=True)
def three(postgres, redis_server, tmp_path_factory):
    """In place of one server, wherever a test asks for one."""

    def limits():
        redis_server.forget()
        return redis_server.address

    sharing = Sharing(postgres.new_schema, limits, tmp_path_factory.mktemp("shared"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(running, "several", sharing)
        patch.setattr(store, "ReviewFile", sharing.review_file)
        yield


@pytest.fixture(scope="module")
def client(weights, three):
    """See the one of all tests of servers."""
    with running.running(weights, max_pictures=200, max_frames=100, max_body_bytes=20_000) as client:
        yield client


def pytest_collection_modifyitems(items):
    reason = NO_POSTGRES or NO_REDIS
    for item in items:
        if reason is not None and __package__ in item.module.__name__:
            item.add_marker(pytest.mark.skip(reason=reason))
