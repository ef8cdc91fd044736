"""A front with the page and two replicas on one PostgreSQL and one Redis, behind HAProxy where it is installed.

Sixty-four callers vote, draw and ask for jobs while a replica is killed. ``-s`` prints what they met.
"""

from __future__ import annotations

import contextlib
import io
import itertools
import multiprocessing
import re
import shutil
import signal
import subprocess
import threading
import time
from collections import Counter

import httpx
import numpy as np
import pytest
from PIL import Image

from amgan.bulk.job_folder import JobFolder
from amgan.bulk.job_records import WORK
from amgan.bulk.names import CHUNK_PICTURES
from amgan.bulk.runner import run_job
from amgan.bulk.spec import JobSpec
from amgan.model import AMGAN
from amgan.reviews.review_spec import Item, Picture, ReviewSpec
from amgan.reviews.store.postgres_reviews import shared_reviews
from amgan.reviews.store.store import ReviewStore
from tests.databases import NO_POSTGRES, NO_REDIS
from tests.documents import ROOT
from tests.ports import free_port
from tests.server.reviewing import vote
from tests.server.running import problem, wait_until
from tests.server.serve_process import work_sharing

for absent in (NO_POSTGRES, NO_REDIS):
    if absent is not None:
        pytest.skip(absent, allow_module_level=True)

JOBS, CHUNKS = 4, 8
ITEMS, CALLERS = 20, 64
UNTIL_UP = 240
BURST = 60
"""Pictures that one caller may ask for at once, of all servers together."""
PAUSE = 0.8


class Server:
    """One that can be killed, in a process that has loaded the libraries already."""

    def __init__(self, context, weights, jobs, *rest):
        self.port = free_port()
        self.process = context.Process(target=work_sharing, args=(weights, jobs, self.port, *rest), daemon=True)
        self.process.start()
        self.url = f"http://127.0.0.1:{self.port}"
        self.client = httpx.Client(base_url=self.url, timeout=60)

    def is_up(self):
        assert self.process.is_alive()
        with contextlib.suppress(httpx.TransportError):
            return self.client.get("/healthz").is_success

    def is_done(self, job):
        answer = self.client.get(f"/v1/jobs/{job}")
        return answer.is_success and answer.json()["state"] == "done"

    def kill(self):
        self.process.kill()
        self.process.join()
        self.client.close()


class Caller(threading.Thread):
    """Votes, draws and asks for a job by turns, and sends a vote again until it is acknowledged.

    It comes from an address of its own, so that it has an allowance of its own.
    """

    def __init__(self, number, urls, review, jobs):
        super().__init__(daemon=True)
        self.acknowledged, self.pictures, self.job_states = [], set(), set()
        self.failures, self.slowest, self.stopping = Counter(), 0.0, threading.Event()
        self._number, self._urls, self._turn = number, urls, itertools.count(number)
        # A review takes sixty new reviewers in a minute, over all servers.
        self._name, self._review, self._jobs = f"reviewer-{number % 32:04}", review, itertools.cycle(jobs)

    def run(self):
        transport = httpx.HTTPTransport(local_address=f"127.0.1.{self._number + 1}")
        with httpx.Client(timeout=20, transport=transport) as client:
            while not self.stopping.is_set():
                said = vote(len(self.acknowledged) % ITEMS, "keep")
                sent = {"reviewer": self._name, "name": "", "votes": [said]}
                answer = None
                while answer is None:
                    answer = self._ask(client, "POST", f"/review/{self._review.id}/votes", json=sent)
                self.acknowledged += answer.json()["acknowledged"]
                seed = next(self._turn) % 10
                if answer := self._ask(client, "POST", "/v1/images", json={"model": "predefined", "seeds": [seed]}):
                    self.pictures.add((seed, answer.content))
                if answer := self._ask(client, "GET", f"/v1/jobs/{next(self._jobs)}"):
                    self.job_states.add(answer.json()["state"])

    def _ask(self, client, method, path, **sent):
        """What is answered, or None if it must be asked again."""
        time.sleep(PAUSE)
        began = time.monotonic()
        try:
            answer = client.request(method, self._urls[next(self._turn) % len(self._urls)] + path, **sent)
        except httpx.TransportError as error:
            self.failures[type(error).__name__] += 1
            return None
        finally:
            self.slowest = max(self.slowest, time.monotonic() - began)
        if answer.status_code != 200:
            self.failures[answer.status_code] += 1
            return None
        return answer


@pytest.fixture
def state(postgres):
    return postgres.new_schema()


@pytest.fixture
def context():
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.server.serve_process"])
    return context


@pytest.fixture
def go_on(context):
    """Set for jobs to be finished; until then each is held up in the middle, or a fast server is done with its own."""
    return context.Event()


@pytest.fixture
def servers(context, go_on, weights, tmp_path, state, redis_server):
    """The front, and two replicas."""
    redis_server.forget()
    shared = (weights, tmp_path / "jobs", state, redis_server.address)
    made = [Server(context, *shared, n == 0, go_on, CHUNKS // 2) for n in range(3)]
    try:
        for server in made:
            wait_until(server.is_up, UNTIL_UP)
        yield made
    finally:
        for server in made:
            server.kill()


@pytest.fixture
def urls(servers, tmp_path):
    """Where callers go: to HAProxy as deploy/ has it, or to every server by turns where that is not installed."""
    program = shutil.which("haproxy")
    if program is None:
        yield [server.url for server in servers]
        return
    port, path = free_port(), tmp_path / "haproxy.cfg"
    front, *replicas = (f"127.0.0.1:{server.port}" for server in servers)
    text = (ROOT / "deploy" / "haproxy.cfg").read_text(encoding="utf-8")
    lines = "\n    ".join(f"server replica{number} {place}" for number, place in enumerate(replicas))
    for line, here in (
        (r"bind :7860", f"bind 127.0.0.1:{port}"), (r"server-template replica .*", lines),
        (r"server front .*", f"server front {front}"),
    ):  # fmt: skip
        text, times = re.subn(line, here, text)
        assert times == 1
    path.write_text(text)
    with (tmp_path / "haproxy.log").open("w") as log:
        process = subprocess.Popen([program, "-f", str(path)], stdout=log, stderr=log)
    url = f"http://127.0.0.1:{port}"

    def is_up():
        assert process.poll() is None, (tmp_path / "haproxy.log").read_text()
        with contextlib.suppress(httpx.TransportError):
            return httpx.get(url + "/v1/models").is_success

    try:
        wait_until(is_up, UNTIL_UP)
        yield [url]
    finally:
        process.kill()
        process.wait()


def granted(ask):
    """The answer, once what the callers were given leaves room for it."""
    while (answer := ask()).status_code == 429:
        time.sleep(float(answer.headers["Retry-After"]))
    return answer


def results_asked(server):
    """How often a server was asked for a review's results, granted or not."""
    counts = re.findall(
        r'^amgan_requests_total\{.*"/review/\{review_id\}/results".*\} (\S+)$', server.client.get("/metrics").text, re.M
    )
    return sum(map(float, counts))


def asked_of(number):
    form = ("zip", "parquet", "npz")[number % 3]
    return {"model": "predefined", "format": form, "seed": 10_000 * number, "n": CHUNKS * CHUNK_PICTURES}


def undisturbed(model, folder, asked):
    result = run_job(JobSpec(revision=model.revision, **asked), model.sampler.sample, model.class_names, folder)
    return result.read_bytes()


@pytest.mark.timeout(1800)  # on a machine that may be busy
@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system has no SIGKILL")
def test_a_replica_is_killed_under_sixty_four_callers(servers, go_on, urls, weights, tmp_path, state):
    front, victim, other = servers
    model = AMGAN.from_pretrained(weights / "predefined")
    asked = [asked_of(number) for number in range(JOBS)]
    store = ReviewStore(shared_reviews(state))
    items = tuple(Item(Picture("predefined", model.revision, seed, None, "Bag", 0.9)) for seed in range(ITEMS))
    review = store.create(ReviewSpec("Shared", items))

    # Votes to any are votes of all.
    said = []
    for number in range(6):
        said.append(vote(number, "keep"))
        sent = {"reviewer": "reviewer-9999", "name": "", "votes": [said[-1]]}
        answer = servers[number % 3].client.post(f"/review/{review.id}/votes", json=sent)
        assert answer.json()["acknowledged"] == [said[-1]["id"]]
    exported = {
        server.client.get(f"/review/{review.id}/export.csv", params={"key": review.key}).text for server in servers
    }
    assert len(exported) == 1
    assert len(exported.pop().splitlines()) == 1 + len(said)

    # What a caller has taken of one it has taken of all.
    for server in servers[:2]:
        assert server.client.post("/v1/images", json={"n": BURST // 2 - 4}).status_code == 200
    for server in servers:
        problem(server.client.post("/v1/images", json={"n": BURST}), 429)

    # Each draws two jobs at most, and a replica is killed in the middle of its own.
    jobs = [victim.client.post("/v1/jobs", json=each).json()["id"] for each in asked]
    callers = [Caller(number, urls, review, jobs) for number in range(CALLERS)]
    for caller in callers:
        caller.start()
    places = [JobFolder(tmp_path / "jobs" / job / WORK) for job in jobs]
    wait_until(lambda: all(place.done() for place in places), UNTIL_UP)
    victim.kill()
    assert all(1 <= len(place.done()) < CHUNKS for place in places)
    go_on.set()
    so_far = [len(caller.acknowledged) for caller in callers]
    wait_until(lambda: all(other.is_done(job) for job in jobs), 300)
    wait_until(lambda: all(len(each.acknowledged) > before for each, before in zip(callers, so_far)), UNTIL_UP)
    for caller in callers:
        caller.stopping.set()
    for caller in callers:
        caller.join(UNTIL_UP)
        assert not caller.is_alive()

    failures = sum((caller.failures for caller in callers), Counter())
    given = [each["id"] for each in said] + [vote_id for caller in callers for vote_id in caller.acknowledged]
    print(
        f"by {urls}: {len(given)} votes acknowledged, {dict(failures)}, slowest {max(c.slowest for c in callers):.1f} s"
    )
    assert Counter(kept.id for kept in store.votes(review.id)) == Counter(given), "each is there once, and no other"
    assert not {404, 422, 429, 500} & {*failures}
    pictures = set().union(*(caller.pictures for caller in callers))
    assert len(pictures) == 10, "of each seed the same bytes from all"
    for seed, content in pictures:
        drawn = np.asarray(Image.open(io.BytesIO(content)))
        assert np.array_equal(drawn, model.sample(seeds=[seed])[0].reshape(drawn.shape))
    assert set().union(*(caller.job_states for caller in callers)) <= {"waiting", "running", "done"}

    # Who opens the page finds there what the replicas took.
    alone = [undisturbed(model, tmp_path / f"alone-{number}", each) for number, each in enumerate(asked)]
    assert [front.client.get(f"/results/{job}").content for job in jobs] == alone
    report = granted(lambda: front.client.get(f"/review/{review.id}/results", params={"key": review.key}))
    assert report.status_code == 200
    assert re.search(r"\b33\b", report.text), "so many people"
    assert "gradio" in httpx.get(urls[0], timeout=60).text
    before = results_asked(front)
    httpx.get(f"{urls[0]}/review/{review.id}/results", params={"key": review.key}, timeout=60)
    assert results_asked(front) == before + 1, "of the one that has the page to which they lead"

    # Cancelled through any, and gone.
    assert other.client.delete(f"/v1/jobs/{jobs[0]}").json()["state"] == "cancelled"
    problem(front.client.get(f"/v1/jobs/{jobs[0]}"), 404)
    assert not (tmp_path / "jobs" / jobs[0]).exists()
    store.close()
