"""Limits in a real Redis: counted over servers, each for itself while it is away, and no password told."""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from amgan.errors import BusyError, ConfigError
from amgan.reviews.review_spec import Item, Picture, ReviewSpec
from amgan.reviews.store.postgres_reviews import shared_reviews
from amgan.reviews.store.store import ReviewStore
from amgan.server import allowance as module
from amgan.server.allowance import Allowance
from tests.databases import NO_POSTGRES, NO_REDIS, running_redis
from tests.models import message
from tests.ports import free_port
from tests.server.reviewing import vote
from tests.server.running import problem, running, wait_until

if NO_REDIS is not None:
    pytest.skip(NO_REDIS, allow_module_level=True)


def test_servers_count_together(weights, redis_server):
    redis_server.forget()
    shared = {"limits": redis_server.address, "pictures_per_second": 1, "max_pictures": 60, "max_frames": 60}
    with running(weights, **shared) as one, running(weights, **shared) as other:
        assert one.post("/v1/images", json={"n": 30}).status_code == 200
        assert other.post("/v1/images", json={"n": 30}).status_code == 200
        for client in (one, other):
            problem(client.post("/v1/images", json={"n": 30}), 429)


@pytest.mark.skipif(NO_POSTGRES is not None, reason=str(NO_POSTGRES))
def test_callers_of_pictures_wait_for_no_vote(weights, redis_server, postgres, monkeypatch):
    for seconds in ("_SILENT_SECONDS", "_WAIT_SECONDS", "_CONNECT_SECONDS"):
        monkeypatch.setattr(f"amgan.postgres.{seconds}", 120)  # no vote comes to its end meanwhile
    redis_server.forget()
    state = postgres.new_schema()
    holder, store = shared_reviews(state), ReviewStore(shared_reviews(state))
    review = store.create(ReviewSpec("Shared", (Item(Picture("none", "0123abcd", 0, None, "Bag", 0.9)),)))
    shared = {"limits": redis_server.address, "pictures_per_second": 1000}
    with running(weights, reviews=store, **shared) as client, ThreadPoolExecutor(40) as voters:
        url = f"{client.base_url}/review/{review.id}/votes"

        def send(number):
            sent = {"reviewer": f"reviewer-{number:04}", "votes": [vote(0, "keep")]}
            return httpx.post(url, json=sent, timeout=120).status_code

        with holder.writing():  # another server, at something that takes long
            voting = [voters.submit(send, number) for number in range(40)]
            wait_until(lambda: len(client.connections) >= 40)
            for n in (1, 200):
                assert client.post("/v1/images", json={"n": n}, timeout=60).status_code == 200
            assert not any(each.done() for each in voting)
        assert {each.result() for each in voting} == {200}
    store.close()
    holder.close()


@pytest.mark.parametrize("how", ["stop", "pause"])
def test_while_redis_is_away_each_server_counts_for_itself(tmp_path, monkeypatch, caplog, how):
    with running_redis(tmp_path) as server:
        one, other = (Allowance(1, 10, server.address) for _ in range(2))
        one.take("a", 10)
        with pytest.raises(BusyError):
            other.take("a", 8)
        getattr(server, how)()
        for allowance in (one, other):
            allowance.take("a", 10)  # neither refused nor let through without end
            with pytest.raises(BusyError):
                allowance.take("a", 8)
            allowance.give_back("a", 8)
        told = [record.getMessage() for record in caplog.records]
        assert sum("each server counts for itself" in line for line in told) == 2
        server.stop()
        server.start()
        monkeypatch.setattr(module, "AWAY_SECONDS", 0.0)
        for allowance in (one, other):
            allowance._away_until = 1.0  # the pause is over
        one.take("a", 10)
        with pytest.raises(BusyError):
            other.take("a", 8)
        assert "all servers count together" in caplog.text
    assert "secret-word" not in caplog.text


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("redis://:secret/-word@host", "must be the address"),
        ("redis://eve:12/secret-word@host", "must be the address"),
        ("redis://eve:secret-word/@host", "must be the address"),
        ("redis://:secret-word@127.0.0.1:99999/0", "must be the address"),
        ("redis://:secret-word@127.0.0.1:PORT/0", "refused"),
        ("redis://:another-secret-word@127.0.0.1:REAL/0", "password"),
        ("redis://:secret-word@127.0.0.1:REAL/77", "DB index"),
    ],
)
def test_an_address_that_cannot_be_used_is_a_line_without_its_password(redis_server, caplog, address, says):
    caplog.set_level(logging.DEBUG)
    address = address.replace("PORT", str(free_port())).replace("REAL", str(redis_server.port))
    with pytest.raises(ConfigError, match=says) as raised:
        Allowance(1, 10, address)
    error = raised.value
    while error is not None:
        assert "secret-word" not in str(error)
        error = error.__cause__
    message(raised.value)
    assert "secret-word" not in caplog.text
