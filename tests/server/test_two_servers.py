"""Two servers, one PostgreSQL, one Redis: what one takes the other knows, and finishes when the first is killed."""

from __future__ import annotations

import contextlib
import itertools
import multiprocessing
import signal
import threading
import time
from collections import Counter

import httpx
import psutil
import pytest

from amgan.bulk.job_folder import JobFolder
from amgan.bulk.job_records import WORK
from amgan.bulk.names import CHUNK_PICTURES
from amgan.bulk.runner import run_job
from amgan.bulk.spec import JobSpec
from amgan.model import AMGAN
from amgan.reviews.review_spec import Item, Picture, ReviewSpec
from amgan.reviews.store.postgres_reviews import shared_reviews
from amgan.reviews.store.store import ReviewStore
from tests.databases import NO_POSTGRES, NO_REDIS, free_port
from tests.server.reviewing import vote
from tests.server.running import problem, wait_until
from tests.server.serve_process import work_sharing

for absent in (NO_POSTGRES, NO_REDIS):
    if absent is not None:
        pytest.skip(absent, allow_module_level=True)

CHUNKS = 12
ITEMS, REVIEWERS = 20, 16
UNTIL_UP = 90


class Server:
    """One that can be killed, in a process that has loaded the libraries already."""

    def __init__(self, weights, jobs, state, limits):
        port, context = free_port(), multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(["tests.server.serve_process"])
        self.process = context.Process(target=work_sharing, args=(weights, jobs, port, state, limits))
        self.process.start()
        self.client = httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60)

    def is_up(self):
        assert self.process.is_alive()
        with contextlib.suppress(httpx.TransportError):
            return self.client.get("/healthz").is_success

    def kill(self):
        self.process.kill()
        self.process.join()
        self.client.close()


class Reviewer(threading.Thread):
    """Votes without end, through whichever server answers; a vote is sent again until it is acknowledged."""

    def __init__(self, number, servers, review):
        super().__init__(daemon=True)
        self.acknowledged, self.failures, self.stopping = [], Counter(), threading.Event()
        self._name, self._turn = f"reviewer-{number:04}", itertools.count(number)
        self._urls = [f"{server.client.base_url}/review/{review.id}/votes" for server in servers]

    def run(self):
        with httpx.Client(timeout=10) as client:
            while not self.stopping.is_set():
                said = vote(len(self.acknowledged) % ITEMS, "keep")
                while said is not None:
                    try:
                        url = self._urls[next(self._turn) % len(self._urls)]
                        answer = client.post(url, json={"reviewer": self._name, "name": "", "votes": [said]})
                        if answer.status_code == 200:
                            self.acknowledged += answer.json()["acknowledged"]
                            said = None
                        else:
                            self.failures[answer.status_code] += 1
                    except httpx.TransportError as error:
                        self.failures[type(error).__name__] += 1
                    time.sleep(0.3)


@pytest.fixture
def state(postgres):
    return postgres.new_schema()


@pytest.fixture
def servers(weights, tmp_path, state, redis_server):
    redis_server.forget()
    made = [Server(weights, tmp_path / "jobs", state, redis_server.address) for _ in range(2)]
    for server in made:
        wait_until(server.is_up, UNTIL_UP)
    yield made
    for server in made:
        server.kill()


def asked_of(number):
    form = ("zip", "parquet", "npz")[number % 3]
    return {"model": "predefined", "format": form, "seed": 10_000 * number, "n": CHUNKS * CHUNK_PICTURES}


def undisturbed(weights, folder, asked):
    model = AMGAN.from_pretrained(weights / asked["model"])
    result = run_job(JobSpec(revision=model.revision, **asked), model.sampler.sample, model.class_names, folder)
    return result.read_bytes()


@pytest.mark.timeout(600)  # on a machine that may be busy
@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system has no SIGKILL")
def test_what_one_takes_the_other_knows_and_finishes(servers, weights, tmp_path, state):
    one, other = servers
    asked = [asked_of(number) for number in range(4)]
    store = ReviewStore(shared_reviews(state))
    items = tuple(Item(Picture("none", "0123abcd", seed, None, "Bag", 0.9)) for seed in range(ITEMS))
    review = store.create(ReviewSpec("Shared", items))

    # Votes to both are votes of both.
    said = []
    for number in range(6):
        server = servers[number % 2]
        said.append(vote(number, "keep"))
        sent = {"reviewer": "reviewer-0001", "name": "", "votes": [said[-1]]}
        answer = server.client.post(f"/review/{review.id}/votes", json=sent)
        assert answer.json()["acknowledged"] == [said[-1]["id"]]
    exported = [server.client.get(f"/review/{review.id}/export.csv", params={"key": review.key}) for server in servers]
    assert exported[0].text == exported[1].text
    assert len(exported[0].text.splitlines()) == 1 + len(said)

    # What a caller has taken of one it has taken of both.
    assert one.client.post("/v1/images", json={"n": 40}).status_code == 200
    problem(other.client.post("/v1/images", json={"n": 40}), 429)
    assert other.client.post("/v1/images", json={"n": 20}).status_code == 200

    # Each runs two of four jobs, and one is killed in the middle of its own.
    reviewers = [Reviewer(number, servers, review) for number in range(REVIEWERS)]
    for reviewer in reviewers:
        reviewer.start()
    jobs = [one.client.post("/v1/jobs", json=each).json()["id"] for each in asked]
    places = [JobFolder(tmp_path / "jobs" / job / WORK) for job in jobs]
    wait_until(lambda: all(len(place.done()) >= 2 for place in places), UNTIL_UP)
    psutil.Process(one.process.pid).suspend()  # so that it ends nothing between the look and the kill
    before = [sorted(place.done()) for place in places]
    one.kill()
    states = [other.client.get(f"/v1/jobs/{job}").json()["state"] for job in jobs]
    assert states == ["running"] * 4
    assert all(2 <= len(done) < CHUNKS for done in before)
    wait_until(lambda: all(other.client.get(f"/v1/jobs/{job}").json()["state"] == "done" for job in jobs), 300)
    for reviewer in reviewers:
        reviewer.stopping.set()
    for reviewer in reviewers:
        reviewer.join(60)
    results = [other.client.get(f"/v1/jobs/{job}/result").content for job in jobs]
    assert results == [undisturbed(weights, tmp_path / f"alone-{n}", each) for n, each in enumerate(asked)]
    given = [each["id"] for each in said] + [vote_id for reviewer in reviewers for vote_id in reviewer.acknowledged]
    assert Counter(kept.id for kept in store.votes(review.id)) == Counter(given), (
        "each vote is there once, and no other"
    )
    failures = sum((reviewer.failures for reviewer in reviewers), Counter())
    assert failures, "one was away while they voted"
    assert not {422, 500} & {*failures}
    print(f"{len(given)} votes acknowledged and stored; {dict(failures)} of the one that was killed")

    # Cancelled through any, and gone.
    assert other.client.delete(f"/v1/jobs/{jobs[0]}").json()["state"] == "cancelled"
    problem(other.client.get(f"/v1/jobs/{jobs[0]}"), 404)
    assert not (tmp_path / "jobs" / jobs[0]).exists()
    store.close()
