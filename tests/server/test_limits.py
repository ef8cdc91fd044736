"""Bodies, callers and the queue have their bounds."""

from __future__ import annotations

import socket
import threading

import pytest

from amgan.errors import BusyError
from amgan.server.allowance import Allowance
from tests.databases import NO_REDIS
from tests.server.running import problem, running, wait_until

MOST = 20_000


def in_parts(size, part=1000):
    yield b'{"n": 1'
    for _ in range(size // part):
        yield b" " * part
    yield b"}"


@pytest.mark.parametrize("path", ["/v1/images", "/v1/interpolations"])
def test_large_bodies(client, path):
    json = {"content-type": "application/json"}
    assert str(MOST) in problem(client.post(path, content=b" " * (MOST + 1), headers=json), 413)
    assert str(MOST) in problem(client.post(path, content=in_parts(30_000), headers=json), 413)
    assert client.get("/healthz").status_code == 200


def test_bodies_without_a_length(client):
    answer = client.post("/v1/images", content=in_parts(10_000), headers={"content-type": "application/json"})
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "image/png"


@pytest.fixture(params=["here"] + ["redis"] * (NO_REDIS is None))
def buckets(request):
    """Where they are: in memory, or in a real Redis where there is one."""
    if request.param == "here":
        return None
    server = request.getfixturevalue("redis_server")
    server.forget()
    return server.address


def test_each_caller_has_a_bucket(buckets):
    allowance = Allowance(10, 64, buckets)
    allowance.take("a", 64)
    allowance.take("a", 36)  # a full bucket holds ten seconds' worth
    with pytest.raises(BusyError) as caught:
        allowance.take("a", 60)
    assert caught.value.retry_after in (5, 6)
    allowance.take("b", 64)


def test_what_was_not_drawn_is_given_back(buckets):
    allowance = Allowance(1, 10, buckets)
    for _ in range(5):
        allowance.take("a", 10)
        allowance.give_back("a", 10)
    allowance.give_back("a", 100)  # a bucket holds no more for it
    allowance.take("a", 10)
    with pytest.raises(BusyError):
        allowance.take("a", 3)
    Allowance(0, 10, buckets).give_back("a", 3)


def test_a_full_queue_costs_nothing_of_the_allowance(weights, monkeypatch, buckets):
    with running(weights, pictures_per_second=1, max_pictures=12, max_frames=12, limits=buckets) as client:
        with monkeypatch.context() as patch:
            patch.setattr(client.batcher, "submit", full)
            for _ in range(3):
                assert "full" in problem(client.post("/v1/images", json={"n": 12}), 429)
        assert client.post("/v1/images", json={"n": 12}).status_code == 200


def full(*arguments):
    raise BusyError("it is full")


def test_without_a_rate_everything_is_let_through(buckets):
    allowance = Allowance(0, 64, buckets)
    for _ in range(100):
        allowance.take("a", 10_000)


def test_who_asks_for_too_much_is_told_when_to_come_again(weights, buckets):
    with running(weights, pictures_per_second=1, max_pictures=60, max_frames=60, limits=buckets) as client:
        assert client.post("/v1/images", json={"n": 60}).status_code == 200
        answer = client.post("/v1/images", json={"n": 60})
        problem(answer, 429)
        assert 1 <= int(answer.headers["retry-after"]) <= 60


def test_a_full_bucket_holds_the_largest_call_of_any_kind(weights):
    with running(weights, pictures_per_second=1, max_pictures=8, max_frames=40) as client:
        assert client.post("/v1/interpolations", json={"start": 1, "end": 2, "frames": 40}).status_code == 200


@pytest.fixture
def gate(weights, monkeypatch):
    """A server of which the renderer waits until it is let, and the sizes of what it draws then."""
    with running(weights, queue_pictures=10) as client:
        renderer = client.shelf.model("dynamic").sampler.renderer
        client.post("/v1/images", json={})
        # Once it may go on: the real thing again.
        real, go_on, entered, sizes = renderer.render, threading.Event(), threading.Event(), []

        def render(latents, *rest):
            entered.set()
            assert go_on.wait(60)
            sizes.append(len(latents))
            return real(latents, *rest)

        monkeypatch.setattr(renderer, "render", render)
        yield client, entered, go_on, sizes
        go_on.set()


def ask(client, answers, n):
    thread = threading.Thread(
        target=lambda: answers.append(client.post("/v1/images", json={"n": n}, timeout=60).status_code)
    )
    thread.start()
    return thread


def test_a_full_queue(gate):
    client, entered, go_on, _ = gate
    answers = []
    threads = [ask(client, answers, 1)]
    assert entered.wait(60)
    threads.append(ask(client, answers, 8))
    wait_until(lambda: client.batcher.waiting == 8)
    answer = client.post("/v1/images", json={"n": 3})
    problem(answer, 429)
    assert int(answer.headers["retry-after"]) >= 1
    go_on.set()
    for thread in threads:
        thread.join(60)
    assert answers == [200, 200]


def test_nothing_is_drawn_for_who_has_gone(gate):
    client, entered, go_on, sizes = gate
    answers = []
    first = ask(client, answers, 1)
    assert entered.wait(60)
    with socket.create_connection((client.base_url.host, client.base_url.port), timeout=30) as gone:
        gone.sendall(
            b"POST /v1/images HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            b'Content-Length: 8\r\n\r\n{"n": 7}'
        )
        wait_until(lambda: client.batcher.waiting == 7)
    stays = ask(client, answers, 2)
    counted = 'amgan_requests_total{method="POST",route="/v1/images",status="499"} 1.0'
    wait_until(lambda: counted in client.get("/metrics").text)
    go_on.set()
    first.join(60)
    stays.join(60)
    assert answers == [200, 200]
    assert sum(sizes) == 3
