"""kill -9 of a server among jobs and votes: no job, no byte of a result and no acknowledged vote is lost.

Two kills by default; ``pytest tests/server/test_kills.py --kills 10 -s`` for twelve jobs and ten kills.
"""

from __future__ import annotations

import contextlib
import itertools
import multiprocessing
import random
import signal
import threading
import time
from collections import Counter

import httpx
import pytest

from amgan.bulk.job_folder import JobFolder
from amgan.bulk.job_records import WORK
from amgan.bulk.names import CHUNK_PICTURES
from amgan.bulk.runner import run_job
from amgan.bulk.spec import JobSpec
from amgan.model import AMGAN
from amgan.reviews.review_spec import Item, Picture, ReviewSpec
from amgan.reviews.store.store import ReviewStore
from tests.models import NAMES
from tests.ports import free_port
from tests.server.reviewing import vote
from tests.server.running import wait_until
from tests.server.serve_process import work

MOST_JOBS = 12
REVIEWERS = 6
ITEMS = 100
VOTES_BETWEEN = 20
"""At least so many more are acknowledged before the next kill."""
UNTIL_UP = 240


class Server:
    """A server that can be killed and started again at its address, by a process that has loaded the libraries."""

    def __init__(self, weights, folder):
        self.port = free_port()
        self.jobs, self.reviews = folder / "jobs", folder / "jobs.sqlite"
        self._weights = weights
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(["tests.server.serve_process"])
        self.client = httpx.Client(base_url=f"http://127.0.0.1:{self.port}", timeout=30)

    def start(self):
        self.let = self._context.Semaphore(0)
        given = (self._weights, self.jobs, self.port, self.let)
        self.process = self._context.Process(target=work, args=given, daemon=True)
        self.process.start()
        self.until(lambda: self.client.get("/v1/models").is_success)

    def let_through(self, chunks):
        for _ in range(chunks):
            self.let.release()

    def kill(self):
        self.process.kill()
        self.process.join()

    def until(self, happened, seconds=UNTIL_UP):
        def checked():
            assert self.process.is_alive()
            with contextlib.suppress(httpx.TransportError):
                return happened()

        wait_until(checked, seconds)

    def job(self, job_id):
        return self.client.get(f"/v1/jobs/{job_id}").json()


class Reviewer(threading.Thread):
    """Votes without end, as the page does: in order, in batches, the same again until they are acknowledged."""

    def __init__(self, number, url):
        super().__init__(name=f"reviewer-{number:02}", daemon=True)
        self.acknowledged, self.failures, self.stopping = [], Counter(), threading.Event()
        self._url, self._random = url, random.Random(number)

    def run(self):
        waiting = []
        with httpx.Client(timeout=10) as client:
            while waiting or not self.stopping.is_set():
                if not waiting:
                    items = self._random.sample(range(ITEMS), self._random.randint(1, 4))
                    waiting = [vote(item, self._random.choice(["keep", "reject"])) for item in items]
                # Another one before this one has more than a reviewer may have in a minute.
                reviewer = f"{self.name}-{len(self.acknowledged) // 150:03}"
                try:
                    answer = client.post(self._url, json={"reviewer": reviewer, "name": "", "votes": waiting})
                    ids = answer.json()["acknowledged"] if answer.status_code == 200 else []
                    if not ids:
                        self.failures[answer.status_code] += 1
                except httpx.TransportError as error:
                    ids = []
                    self.failures[type(error).__name__] += 1
                self.acknowledged += [(reviewer, one["id"], one["item"], one["verdict"]) for one in waiting if ids]
                waiting = [one for one in waiting if one["id"] not in ids]
                time.sleep(self._random.uniform(0.05, 0.2))


def asked_of(number, pictures):
    """What a job asks for: every form, both kinds of models, and pictures of any class and of some."""
    asked = {"model": ("predefined", "dynamic")[number % 2], "format": ("zip", "parquet", "npz")[number % 3]}
    asked["seed"] = 10_000 * number
    if number // 3 % 2:
        return asked | {"labels": {NAMES[0]: pictures // 2, NAMES[2]: pictures - pictures // 2}}
    return asked | {"n": pictures}


def undisturbed(weights, folder, asked):
    """The bytes of a job that nothing happens to."""
    model = AMGAN.from_pretrained(weights / asked["model"])
    result = run_job(JobSpec(revision=model.revision, **asked), model.sampler.sample, model.class_names, folder)
    return result.read_bytes()


@pytest.fixture
def server(weights, tmp_path):
    server = Server(weights, tmp_path)
    server.start()
    yield server
    server.kill()
    server.client.close()


@pytest.mark.timeout(1800)  # eleven servers, on a machine that may be busy
@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system has no SIGKILL")
def test_a_server_that_is_killed_loses_nothing(server, weights, tmp_path, request):
    kills, moments = request.config.getoption("--kills"), random.Random(11)
    chunks = kills // 2 + 1
    asked = [asked_of(number, chunks * CHUNK_PICTURES) for number in range(min(MOST_JOBS, 3 * kills))]
    expected = [undisturbed(weights, tmp_path / "undisturbed" / str(n), one) for n, one in enumerate(asked)]

    # A second process on the same file, all the while. The votes are not about what pictures show: none is drawn.
    store = ReviewStore(server.reviews)
    items = tuple(Item(Picture("none", "0123abcd", seed, None, "Bag", 0.9)) for seed in range(ITEMS))
    review = store.create(ReviewSpec("Killed", items))
    reviewers = [Reviewer(n, f"{server.client.base_url}/review/{review.id}/votes") for n in range(REVIEWERS)]
    jobs = [server.client.post("/v1/jobs", json=one).json()["id"] for one in asked]
    places = [JobFolder(server.jobs / job / WORK) for job in jobs]
    for reviewer in reviewers:
        reviewer.start()

    def acknowledged():
        return sum(len(reviewer.acknowledged) for reviewer in reviewers)

    def done():
        """Chunks that are on the disk, of each job."""
        return [chunks if is_packed(place) else len(place.done()) for place in places]

    history = [done()]
    votes = [0]
    for kill in range(kills):
        server.until(lambda: acknowledged() >= votes[-1] + VOTES_BETWEEN)
        some = len(jobs) * chunks * (kill + 1) // (kills + 1) - sum(history[-1])
        server.let_through(some)
        wanted = sum(history[-1]) + moments.randint(1, some)
        server.until(lambda: sum(done()) >= wanted)  # noqa: B023
        time.sleep(moments.uniform(0, 0.05))
        server.kill()
        history.append(done())
        votes.append(acknowledged())
        under_way = sum(count < chunks for count in history[-1])
        print(f"kill {kill + 1}: {sum(history[-1])} chunks on the disk, {under_way} jobs under way, {votes[-1]} votes")
        assert under_way, "nothing was lost because nothing ran"
        assert {vote_id for _, vote_id, *_ in known(reviewers)} <= {one.id for one in store.votes(review.id)}
        server.start()
    server.let_through(len(jobs) * chunks)
    server.until(lambda: all(server.job(job)["state"] not in ("waiting", "running") for job in jobs), 300)
    for reviewer in reviewers:
        reviewer.stopping.set()
    for reviewer in reviewers:
        reviewer.join(60)
        assert not reviewer.is_alive()

    for before, after in itertools.pairwise(history):
        assert all(map(int.__le__, before, after)), "a chunk that was done is never lost"
    assert [server.job(job)["state"] for job in jobs] == ["done"] * len(jobs)
    results = [server.client.get(f"/v1/jobs/{job}/result").content for job in jobs]
    assert results == expected
    assert not [path for path in server.jobs.rglob("*") if path.name.endswith(".writing")]
    assert {path.name for path in server.jobs.iterdir() if path.is_dir()} == {*jobs}

    given = known(reviewers)
    stored = [(one.reviewer, one.id, one.item, one.verdict) for one in store.votes(review.id)]
    assert Counter(stored) == Counter(given), "every vote is there once, and no other"
    for reviewer in {name for name, *_ in given}:
        assert [one for one in stored if one[0] == reviewer] == [one for one in given if one[0] == reviewer]
    failures = sum((reviewer.failures for reviewer in reviewers), Counter())
    assert failures, "it was away while they voted"
    assert not {422, 500} & {*failures}
    print(
        f"{kills} kills: {len(jobs)} jobs of {chunks * CHUNK_PICTURES} pictures, {sum(map(len, results))} bytes equal; "
        f"{len(given)} votes acknowledged, {len(stored)} stored; {dict(failures)} while it was away"
    )
    store.close()


def is_packed(place):
    return place.folder.exists() and any(not path.name.startswith(".") for path in place.folder.iterdir())


def known(reviewers):
    """What was acknowledged, in each reviewer's order: name, id, item and verdict."""
    return [one for reviewer in reviewers for one in list(reviewer.acknowledged)]
