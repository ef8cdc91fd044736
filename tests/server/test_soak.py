"""A server under everything at once, for minutes: every picture that it answers is the one that its name stands for.

18 seconds by default; ``pytest tests/server/test_soak.py --soak-minutes 15`` for longer.
"""

from __future__ import annotations

import asyncio
import base64
import collections
import io
import itertools
import json
import math
import random
import time
import zipfile
from dataclasses import dataclass, field

import httpx
import numpy as np
import pytest
from PIL import Image

from amgan.errors import ClassSearchError
from amgan.model import AMGAN
from tests.models import NAMES, saved
from tests.server.serve_command import ServeCommand

CALLERS = 64
SEEDS = 24
PLAIN_SEEDS = 240
JOB_PICTURES = 3000
TRUNCATIONS = (1.0, 0.8)
QUEUE_PICTURES = 400
BROKE_OFF = "timeout graceful shutdown exceeded"
"""What uvicorn says when calls were still running at the end of `drain_seconds`."""
SECONDS_TO_ARRIVE = 3.0
"""A call sent so long before SIGTERM has reached the server, also on a busy machine."""
LEAST_PICTURES = 1000


@pytest.fixture(scope="module")
def weights(tmp_path_factory):
    folder = tmp_path_factory.mktemp("soak") / "weights"
    saved(folder / "dynamic", index_seeds=SEEDS // 2)
    saved(folder / "predefined", labeling="predefined", channels=3, seed=1)
    return folder


@pytest.fixture(scope="module")
def truth(weights):
    """Each name's picture, those of a class drawn alone; None where it is not found."""
    known = {}
    for model in ("dynamic", "predefined"):
        loaded = AMGAN.from_pretrained(weights / model)
        for truncation in TRUNCATIONS:
            for seed, picture in enumerate(loaded.sample(None, list(range(PLAIN_SEEDS)), truncation)):
                known[model, seed, None, truncation] = picture
            for label, seed in itertools.product(NAMES, range(SEEDS)):
                try:
                    picture = loaded.sample(label, seed, truncation)[0]
                except ClassSearchError:
                    picture = None
                known[model, seed, label, truncation] = picture
        known[model, "revision"] = loaded.revision
    return known


@dataclass
class Tally:
    """What came back.

    Attributes:
        answers: Number of answers by kind of call and status.
        pictures: Pictures compared with the truth.
        wrong: The names of those that were not the same.
        broken: Connections that broke while the server was up.
        lost: Those that broke while it stopped, though it had their call for a while and owed it an answer.
    """

    answers: collections.Counter = field(default_factory=collections.Counter)
    pictures: int = 0
    wrong: list = field(default_factory=list)
    broken: list = field(default_factory=list)
    lost: list = field(default_factory=list)

    @property
    def is_enough(self):
        """Whether everything has happened that is to; a slow machine takes longer for it."""
        answered = {(kind, 200) for kind in ("one", "listed", "arrays", "flood")} <= {*self.answers}
        return answered and any(status == 429 for _, status in self.answers) and self.pictures > LEAST_PICTURES


class Caller:
    """One client that does something else each time."""

    def __init__(self, number, client, truth, tally):
        self.choice = random.Random(number)
        self.client, self.truth, self.tally = client, truth, tally
        self.sent_at = math.inf

    async def act(self):
        """Do something; `sent_at` says then when its call was sent, if it was."""
        self.sent_at = math.inf
        kinds = (self.one, self.listed, self.arrays, self.bad, self.vanish, self.flood)
        act = self.choice.choices(kinds, (8, 4, 3, 2, 2, 1))[0]
        status = await act()
        self.tally.answers[act.__name__, status] += 1

    def name(self):
        label = self.choice.choice((None, *NAMES))
        return self.choice.randrange(SEEDS), label

    def compare(self, model, seed, label, truncation, picture):
        expected = self.truth[model, seed, label, truncation]
        self.tally.pictures += 1
        if expected is None or not np.array_equal(expected, picture):
            self.tally.wrong.append((model, seed, label, truncation))

    def missing(self, model, names, truncation):
        return any(self.truth[model, seed, label, truncation] is None for seed, label in names)

    def where(self):
        return self.choice.choice(("dynamic", "predefined")), self.choice.choice(TRUNCATIONS)

    async def one(self):
        (model, truncation), (seed, label) = self.where(), self.name()
        query = {"truncation": truncation} | ({} if label is None else {"label": label})
        revision = self.truth[model, "revision"]
        answer = await self.call("GET", f"/v1/images/{model}/{revision}/{seed}.png", params=query)
        if answer.status_code == 200:
            self.compare(model, seed, label, truncation, decoded(answer.content))
        return self.checked(answer, self.missing(model, [(seed, label)], truncation))

    async def listed(self):
        (model, truncation), names = self.where(), [self.name() for _ in range(self.choice.randint(1, 12))]
        answer = await self.post(model, names, truncation, "json")
        if answer.status_code == 200:
            images = answer.json()["images"]
            assert [image["seed"] for image in images] == [seed for seed, _ in names]
            for (seed, label), image in zip(names, images):
                self.compare(model, seed, label, truncation, decoded(base64.b64decode(image["png"])))
        return self.checked(answer, self.missing(model, names, truncation))

    async def arrays(self):
        model, truncation = self.where()
        count = self.choice.choice((1, 7, 60))
        first = self.choice.randrange(PLAIN_SEEDS - count)
        names = [(seed, None) for seed in range(first, first + count)]
        answer = await self.post(model, names, truncation, "npz")
        if answer.status_code == 200:
            with np.load(io.BytesIO(answer.content)) as arrays:
                assert arrays["seeds"].tolist() == [seed for seed, _ in names]
                for (seed, label), picture in zip(names, arrays["images"], strict=True):
                    self.compare(model, seed, label, truncation, picture)
        return self.checked(answer, False)

    async def bad(self):
        body = self.choice.choice((
            {"labels": "Hat"}, {"seeds": -1}, {"n": 0}, {"n": 10**9}, {"truncation": 9}, {"model": "../x"},
            {"format": "exe"}, {"seeds": [1, 2], "labels": ["Bag"]}, {"unknown": 1}, [], None,
        ))  # fmt: skip
        answer = await self.call("POST", "/v1/images", json=body)
        assert 400 <= answer.status_code < 500 or answer.status_code == 503, (body, answer.text)
        assert answer.json()["detail"]
        return answer.status_code

    async def vanish(self):
        _, writer = await asyncio.open_connection(self.client.base_url.host, self.client.base_url.port)
        body = json.dumps({"n": 150, "format": "npz"})
        head = f"POST /v1/images HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(body)}\r\n"
        writer.write(f"{head}Content-Type: application/json\r\n\r\n{body[: self.choice.choice((5, 100))]}".encode())
        await writer.drain()
        await asyncio.sleep(self.choice.random() * 0.5)
        writer.close()
        return "left"

    async def flood(self):
        names = [(seed, None) for seed in range(PLAIN_SEEDS)]
        answer = await self.post("dynamic", names, 1.0, "npz")
        if answer.status_code == 200:
            with np.load(io.BytesIO(answer.content)) as arrays:
                for (seed, label), picture in zip(names, arrays["images"], strict=True):
                    self.compare("dynamic", seed, label, 1.0, picture)
        return self.checked(answer, False)

    async def post(self, model, names, truncation, kind):
        seeds, labels = zip(*names)
        body = {"model": model, "seeds": seeds, "labels": labels, "truncation": truncation, "format": kind}
        return await self.call("POST", "/v1/images", json=body)

    async def call(self, method, url, **what):
        return await self.client.request(method, url, **what, extensions={"trace": self.heard})

    async def heard(self, event, info):
        if event == "http11.send_request_body.complete":
            self.sent_at = time.monotonic()

    def checked(self, answer, missing):
        """The status, which must be one that this call may have."""
        allowed = {200, 429, 503} if not missing else {404, 422, 429, 503}
        assert answer.status_code in allowed, answer.text[:300]
        if answer.status_code == 429:
            assert int(answer.headers["retry-after"]) >= 1
        return answer.status_code


def decoded(png):
    picture = np.asarray(Image.open(io.BytesIO(png)))
    return picture[..., None] if picture.ndim == 2 else picture


async def soak(server, truth, seconds):
    tally, ends = Tally(), time.monotonic() + seconds
    up, told_to_stop = asyncio.Event(), 0.0
    up.set()
    limits = httpx.Limits(max_connections=CALLERS, max_keepalive_connections=CALLERS)
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{server.port}", timeout=60, limits=limits) as client:

        async def call(number):
            caller = Caller(number, client, truth, tally)
            while time.monotonic() < ends or not tally.is_enough:
                await up.wait()
                try:
                    await caller.act()
                except (httpx.TransportError, OSError) as error:
                    if up.is_set():
                        tally.broken.append(repr(error))
                    elif isinstance(error, httpx.ConnectError):
                        tally.answers["while it stopped", "not connected"] += 1  # it never had this call
                    elif caller.sent_at < told_to_stop - SECONDS_TO_ARRIVE:
                        tally.lost.append(repr(error))
                else:
                    if not up.is_set() and caller.sent_at < told_to_stop - SECONDS_TO_ARRIVE:
                        tally.answers["while it stopped", "owed"] += 1

        async def restart():
            nonlocal told_to_stop
            await asyncio.sleep(seconds / 2)
            up.clear()
            told_to_stop = time.monotonic()
            await asyncio.to_thread(server.stop)
            await asyncio.to_thread(server.start)
            up.set()

        asked = {"model": "predefined", "n": JOB_PICTURES, "seed": 0, "format": "zip"}
        job = (await client.post("/v1/jobs", json=asked)).json()["id"]
        await asyncio.gather(restart(), *(call(number) for number in range(CALLERS)))
        while (state := (await client.get(f"/v1/jobs/{job}")).json())["state"] in ("waiting", "running"):
            await asyncio.sleep(0.2)
        assert state["state"] == "done", state
        result = (await client.get(f"/v1/jobs/{job}/result")).content
        metrics = (await client.get("/metrics")).text
    return tally, result, metrics


@pytest.mark.timeout(1800)
def test_every_answer_is_right(weights, truth, tmp_path, request):
    seconds = 60 * request.config.getoption("--soak-minutes")
    server = ServeCommand(
        weights, tmp_path / "jobs", "--queue-pictures", str(QUEUE_PICTURES), "--api-only", "--drain-seconds", "10"
    )
    server.start()
    try:
        tally, result, metrics = asyncio.run(soak(server, truth, seconds))
        server.stop()
    finally:
        server.kill()
    print(dict(tally.answers), tally.pictures)
    assert not tally.wrong
    assert not tally.broken
    # What the server promises is `drain_seconds`; a machine that stands still for so long makes it break off.
    assert not tally.lost or BROKE_OFF in server.printed(), server.printed()[-2000:]
    assert "amgan_errors_total 0" in metrics or "amgan_errors_total 0.0" in metrics
    with zipfile.ZipFile(io.BytesIO(result)) as archive:
        rows = [json.loads(line) for line in archive.read("manifest.jsonl").splitlines()]
        assert sorted(row["seed"] for row in rows) == list(range(JOB_PICTURES))
        for row in rows:
            if row["seed"] < PLAIN_SEEDS:
                picture = decoded(archive.read(row["file"]))
                assert np.array_equal(picture, truth["predefined", row["seed"], None, 1.0])
