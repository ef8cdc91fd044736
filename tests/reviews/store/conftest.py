"""The tests of the store run on SQLite, and as they are on a real PostgreSQL where there is one."""

from __future__ import annotations

import pytest

from amgan.reviews.store import store
from amgan.reviews.store.postgres_reviews import shared_reviews
from tests.databases import NO_POSTGRES

ON_BOTH = ("test_store", "test_rows", "test_limits", "test_guesses")
OF_THE_FILE = {"test_processes_lose_no_vote", "test_a_deleted_review_leaves_nothing_but_its_id"}
"""What they look at is the file."""
TABLES = ("votes", "reopenings", "deletions", "reviews", "guesses", "guess_secret")


def pytest_generate_tests(metafunc):
    of_both = metafunc.module.__name__.endswith(ON_BOTH) and metafunc.function.__name__ not in OF_THE_FILE
    if of_both and NO_POSTGRES is None:
        metafunc.parametrize("engine", ["sqlite", "postgres"], indirect=True, scope="module")


class Emptied:
    """A database that is empty again once it is closed: to make one takes longer than most tests."""

    def __init__(self, address, free):
        self._database, self._free = shared_reviews(address), free
        self.reading, self.writing = self._database.reading, self._database.writing

    def close(self):
        with self.writing() as db:
            for table in TABLES:
                db.execute(f"DELETE FROM {table}")
        self._free.append(self)


@pytest.fixture(scope="module", autouse=True)
def engine(request):
    """Where what names a file is kept: in that file, or in a database for each name."""
    if getattr(request, "param", "sqlite") == "sqlite":
        yield
        return
    server, known, free = request.getfixturevalue("postgres"), {}, []

    def opened(path):
        if str(path) == ":memory:":
            return free.pop() if free else Emptied(server.new_schema(), free)
        if path not in known:
            known[path] = server.new_schema()
        return shared_reviews(known[path])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(store, "ReviewFile", opened)
        yield
    for one in free:
        one._database.close()
