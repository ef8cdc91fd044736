"""Three servers of one PostgreSQL and one Redis, for tests that were written for one: each request goes to the next."""

from __future__ import annotations

import contextlib
import itertools

import httpx

from amgan.bulk.shared_ledger import SharedLedger
from amgan.reviews.store.postgres_reviews import shared_reviews
from amgan.reviews.store.store import ReviewStore
from tests.server.running import one_server


class ByTurns(httpx.BaseTransport):
    """Sends each request to the next of some servers."""

    def __init__(self, clients):
        self._next = itertools.cycle(clients)

    def handle_request(self, request):
        client = next(self._next)
        request.url = request.url.copy_with(port=client.base_url.port)
        return client._transport.handle_request(request)


class Sharing:
    """Opens servers for `running`; the first has the page."""

    def __init__(self, state, limits, folder):
        self._state, self._limits, self._folder = state, limits, folder
        self._number = itertools.count()

    def review_file(self, path):
        """What `ReviewStore` opens in place of the file of a test."""
        database = shared_reviews(address := self._state())
        database.address = address
        return database

    @contextlib.contextmanager
    def __call__(self, weights, page_of=None, reviews=None, *arguments, **settings):
        """See `running`."""
        address, folder = self._state(), self._folder / f"jobs-{next(self._number)}"
        folder.mkdir()
        settings["ledger_in"] = lambda limits: (folder, SharedLedger(address, folder, limits, lease=2.0))
        if settings.get("pictures_per_second"):
            settings["limits"] = self._limits()
        with contextlib.ExitStack() as stack:
            clients = []
            for page in (page_of, None, None):
                kept = reviews
                if reviews is not None and clients:
                    # With connections of its own, as a server has.
                    kept = ReviewStore(shared_reviews(reviews._file.address), reviews._limits, reviews._clock)
                    stack.callback(kept.close)
                clients.append(stack.enter_context(one_server(weights, page, kept, *arguments, **settings)))
            first = clients[0]
            base = f"http://127.0.0.1:{first.base_url.port}"
            with httpx.Client(base_url=base, timeout=60, transport=ByTurns(clients)) as client:
                for name in ("shelf", "batcher", "jobs", "connections"):
                    setattr(client, name, getattr(first, name))
                yield client
