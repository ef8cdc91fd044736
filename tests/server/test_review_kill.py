"""Twenty reviewers at once, and a server that is killed among them: every acknowledged vote is there, once."""

from __future__ import annotations

import os
import random
import secrets
import signal
import socket
import subprocess
import sys
import threading
from collections import Counter

import httpx
import pytest

from amgan.reviews.review_spec import Item, Picture, ReviewSpec
from amgan.reviews.review_store import ReviewStore
from tests.server.reviewing import vote
from tests.server.running import wait_until

REVIEWERS, VOTES_EACH = 20, 100
KILL_AFTER = 1000
"""The server is killed when so many votes are acknowledged."""


class Server:
    """``python -m amgan serve`` on one file of reviews, which can be killed and started again at the same address."""

    def __init__(self, folder):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._folder = folder
        self._process = None

    def start(self):
        command = [
            sys.executable, "-m", "amgan", "serve", "--port", str(self.port), "--weights", str(self._folder / "none"),
            "--jobs", str(self._folder / "jobs"), "--reviews", str(self._folder / "reviews.sqlite"), "--api-only",
        ]  # fmt: skip
        environment = os.environ | {"OMP_NUM_THREADS": "1"}
        self._process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
        assert "http://" in self._process.stdout.readline()

    def kill(self):
        self._process.send_signal(signal.SIGKILL)
        self._process.communicate()


class Reviewer(threading.Thread):
    """Votes as the page does: in batches, in order, the same votes again until they are acknowledged."""

    def __init__(self, number, url, given, acknowledged):
        super().__init__(name=f"reviewer-{number:02}", daemon=True)
        self._url, self._given, self._acknowledged = url, given, acknowledged
        self._random = random.Random(number)
        self.failures = Counter()

    def run(self):
        waiting = list(self._given)
        with httpx.Client(timeout=10) as client:
            while waiting:
                part = waiting[: self._random.randint(1, 4)]
                body = {"reviewer": self.name, "name": "", "votes": part}
                try:
                    answer = client.post(self._url, json=body)
                except httpx.TransportError as error:
                    self.failures[type(error).__name__] += 1
                    threading.Event().wait(self._random.uniform(0.05, 0.2))
                    continue
                if answer.status_code != 200:
                    self.failures[answer.status_code] += 1
                    threading.Event().wait(0.2)
                    continue
                ids = answer.json()["acknowledged"]
                self._acknowledged.extend(ids)
                waiting = [one for one in waiting if one["id"] not in ids]


@pytest.fixture
def server(tmp_path):
    server = Server(tmp_path)
    server.start()
    yield server
    server.kill()


def test_every_acknowledged_vote_is_there_once(server, tmp_path):
    # The votes of this review are not about what the pictures show, so nothing is drawn.
    items = tuple(Item(Picture("none", "0123abcd", seed, None, "Bag", 0.9)) for seed in range(VOTES_EACH))
    store = ReviewStore(tmp_path / "reviews.sqlite")  # a second process on the same file, all the while
    review = store.create(ReviewSpec("Twenty", items))
    given = {
        f"reviewer-{number:02}": [
            vote(item, random.Random(1000 * number + item).choice(["keep", "reject"]), "", secrets.token_hex(16))
            for item in range(VOTES_EACH)
        ]
        for number in range(REVIEWERS)
    }
    acknowledged = []
    url = f"{server.url}/review/{review.id}/votes"
    threads = [Reviewer(number, url, given[f"reviewer-{number:02}"], acknowledged) for number in range(REVIEWERS)]
    for thread in threads:
        thread.start()
    wait_until(lambda: len(acknowledged) >= KILL_AFTER, 60)
    server.kill()
    assert len(acknowledged) < REVIEWERS * VOTES_EACH
    assert set(acknowledged) <= {one.id for one in store.votes(review.id)}
    server.start()
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive()

    assert sorted(acknowledged) == sorted(one["id"] for votes in given.values() for one in votes)
    stored = store.votes(review.id)
    assert Counter(one.id for one in stored) == Counter(acknowledged)
    for reviewer, votes in given.items():
        mine = [(one.id, one.item, one.verdict) for one in store.votes_of(review.id, reviewer)]
        assert mine == [(one["id"], one["item"], one["verdict"]) for one in votes]
    assert sum(bool(thread.failures) for thread in threads) >= REVIEWERS // 2  # it was away for them
    assert not {422, 500} & {status for thread in threads for status in thread.failures}
    store.close()
