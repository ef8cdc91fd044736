"""``/review/...`` when something is away, busy or broken: what may pass is said as such, and people read a page."""

from __future__ import annotations

import re

import httpx
import pytest

from amgan.engine.shelf import Shelf
from amgan.errors import BusyError
from amgan.reviews.copying.read_back import Filling
from amgan.reviews.review_spec import Item, Picture, ReviewSpec
from amgan.reviews.store.store import ReviewStore
from amgan.server.middleware import Drain
from tests.fake_hub import FakeHub
from tests.models import saved
from tests.server.reviewing import ANN, send, singles, state, vote
from tests.server.running import problem, running

HUB_NAME = "user/shoes"


@pytest.fixture
def store(tmp_path):
    store = ReviewStore(tmp_path / "reviews.sqlite")
    yield store
    store.close()


@pytest.fixture
def hub(monkeypatch, tmp_path):
    # Else it is left alone for some seconds once it was away, of which `test_odd_revisions` makes sure.
    monkeypatch.setattr("amgan.engine.hub_entry.AWAY_SECONDS", 0.0)
    hub = FakeHub(monkeypatch)
    hub.publish("a", saved(tmp_path / "shoes"))
    return hub


def of_hub(store, *commits):
    items = tuple(Item(Picture(HUB_NAME, commit, 0, None, "Bag", 0.9)) for commit in commits)
    return store.create(ReviewSpec("Shoes", items))


def shown(client, review, item=0):
    return client.get(f"/review/{review.id}/pictures/{item}.png")


def passes(answer):
    """Checks that an answer says to come again, and nothing of the model."""
    assert 1 <= int(answer.headers["retry-after"]) <= 60
    sentence = problem(answer, 503)
    assert "user" not in sentence
    assert "Hub" not in sentence


def test_a_picture_of_a_model_that_is_away_for_a_while(hub, store, weights):
    review = of_hub(store, "a" * 40)
    hub.away = True
    with running(weights, reviews=store, hub_models=[HUB_NAME]) as client:
        passes(shown(client, review))
        hub.away = False
        assert shown(client, review).status_code == 200


def test_a_revision_is_gone_only_if_the_hub_says_so(hub, store, weights):
    review = of_hub(store, "a" * 40, "b" * 40)
    with running(weights, reviews=store, hub_models=[HUB_NAME]) as client:
        assert shown(client, review).status_code == 200
        hub.away = True
        passes(shown(client, review, 1))
        hub.away = False
        assert "skip it" in problem(shown(client, review, 1), 410)


def test_a_broken_folder_is_gone(store, weights):
    review = store.create(ReviewSpec("x", (Item(Picture("broken", "a" * 8, 0, None, "Bag", 0.9)),)))
    with running(weights, reviews=store) as client:
        problem(shown(client, review), 410)


def test_unknown_reviews_while_votes_are_read_back(weights, store):
    filling = [Filling.BEGUN]
    spec = singles(Shelf(weights).model("dynamic"), "dynamic")
    here = store.create(spec)
    with running(weights, reviews=store, reviews_filling=lambda: filling[-1]) as client:
        assert state(client, here)["count"] == 4
        for path in ("/review/later", "/review/later/results?key=x"):
            page = client.get(path)
            assert page.status_code == 503
            assert re.search(r'<meta http-equiv="refresh" content="\d+">', page.text)
            assert "starting" in page.text
            assert "reloads by itself" in page.text
            assert "<script" not in page.text
        votes = {"reviewer": ANN, "votes": [vote(0, "keep")]}
        for answer in (
            client.get("/review/later/state", params={"reviewer": ANN}), client.get("/review/later/pictures/0.png"),
            client.post("/review/later/votes", json=votes), client.get("/review/later/export.csv?key=x"),
            client.post("/review/later/close?key=x"),
        ):  # fmt: skip
            assert int(answer.headers["retry-after"]) >= 1
            assert "starting" in problem(answer, 503)
        assert client.get(f"/review/{here.id}/results?key=wrong").status_code == 404
        filling.append(Filling.FAILED)
        for path in ("/review/later", "/review/later/results?key=x"):
            page = client.get(path)
            assert page.status_code == 503
            assert "starting" not in page.text
            assert "cannot be read from the Hub at the moment" in page.text
            assert "tell who sent you the link" in page.text
            assert re.search(r'<meta http-equiv="refresh" content="\d+">', page.text)  # it goes on trying
        away = client.get("/review/later/state", params={"reviewer": ANN})
        assert int(away.headers["retry-after"]) >= 1
        assert "the Hub" in problem(away, 503)
        assert state(client, here)["count"] == 4
        filling.append(Filling.DONE)
        page = client.get("/review/later")
        assert page.status_code == 404
        assert "refresh" not in page.text
        problem(client.get("/review/later/state", params={"reviewer": ANN}), 404)


def test_results_that_must_wait_are_a_page(weights, store, monkeypatch):
    review = store.create(singles(Shelf(weights).model("dynamic"), "dynamic"))
    with running(weights, reviews=store) as client:
        busy = BusyError("too much is waiting <here>")
        busy.retry_after = 7.0

        async def refuse(*_):
            raise busy

        monkeypatch.setattr("amgan.engine.batched_engine.BatchedEngine.draw", refuse)
        page = client.get(f"/review/{review.id}/results", params={"key": review.key})
        assert page.status_code == 429
        assert page.headers["retry-after"] == "7"
        assert page.headers["content-type"].startswith("text/html")
        assert "Too much is waiting &lt;here&gt;." in page.text
        assert "One moment" in page.text
        assert "default-src 'none'" in page.headers["content-security-policy"]


def private(answer):
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert "noindex" in answer.headers["x-robots-tag"]
    assert answer.headers["cache-control"] == "no-store"
    return answer


def test_answers_from_before_the_routes_are_private_too(weights, store, monkeypatch):
    drain = Drain()
    review = store.create(singles(Shelf(weights).model("dynamic"), "dynamic"))
    with running(weights, reviews=store, drain=drain, max_body_bytes=2000) as client:
        private(send(client, review, vote(0, "keep")))
        problem(private(send(client, review, vote(1, "keep", "x" * 3000))), 413)

        def fail(*_):
            raise RuntimeError("/tmp/secret")

        with monkeypatch.context() as patch:
            patch.setattr(store, "review", fail)
            problem(private(client.get(f"/review/{review.id}/state", params={"reviewer": ANN})), 500)
        drain.begin()
        problem(private(client.get(f"/review/{review.id}")), 503)
        assert "X-Robots-Tag" not in client.get("/healthz").headers


def test_closed_and_opened_again(weights, store):
    review = store.create(singles(Shelf(weights).model("dynamic"), "dynamic"))
    with running(weights, reviews=store) as client:
        client.post(f"/review/{review.id}/close", params={"key": review.key})
        problem(send(client, review, vote(0, "keep")), 409)
        problem(client.post(f"/review/{review.id}/reopen", params={"key": "x"}), 404)
        assert state(client, review)["closed"] is True
        opened: httpx.Response = client.post(f"/review/{review.id}/reopen", params={"key": review.key})
        assert opened.status_code == 303
        assert "results?key=" in opened.headers["location"]
        assert state(client, review)["closed"] is False
        assert send(client, review, vote(0, "keep")).status_code == 200


def test_a_report_is_taken_from_the_allowance_of_its_caller(weights, store):
    review = store.create(singles(Shelf(weights).model("dynamic"), "dynamic", 9))
    other = store.create(review.spec)
    with running(weights, reviews=store, pictures_per_second=1, max_pictures=8, max_frames=8) as client:
        # A bucket holds ten, and nine are for the first one.
        answers = [client.get(f"/review/{one.id}/results", params={"key": one.key}) for one in (review, other)]
        assert [answer.status_code for answer in answers] == [200, 429]
        assert int(answers[1].headers["retry-after"]) >= 1


def test_a_report_of_more_than_a_caller_may_ask_for_at_once(weights, store):
    review = store.create(singles(Shelf(weights).model("dynamic"), "dynamic", 40))
    with running(weights, reviews=store, pictures_per_second=1, max_pictures=8, max_frames=8) as client:
        assert client.get(f"/review/{review.id}/results", params={"key": review.key}).status_code == 200


def test_on_a_full_disk_a_vote_is_kept_or_refused(weights, store, caplog):
    review = store.create(singles(Shelf(weights).model("dynamic"), "dynamic"))
    with running(weights, reviews=store) as client:
        assert send(client, review, vote(0, "keep")).status_code == 200
        with store._file.reading() as db:
            (pages,) = db.execute("PRAGMA page_count").fetchone()
            db.execute(f"PRAGMA max_page_count = {pages}")  # SQLite's own word for a full disk
        acknowledged, refused = [], 0
        for number in range(1, 60):
            one = vote(number % 4, "reject", "long " * 100)
            answer = send(client, review, one, reviewer=f"reviewer-{number % 3}")
            if answer.status_code == 200:
                acknowledged += answer.json()["acknowledged"]
                continue
            passes(answer)
            assert "sqlite" not in answer.text
            refused += 1
        assert refused
        assert {one.id for one in store.votes(review.id)} >= {*acknowledged}
        assert len(store.votes(review.id)) == 1 + len(acknowledged)
        assert state(client, review)["count"] == 4
        said = [record for record in caplog.records if record.name == "amgan.server.reviews.door"]
        assert ["reviews.sqlite (database or disk is full)" in record.getMessage() for record in said] == [True]
        with store._file.reading() as db:
            db.execute(f"PRAGMA max_page_count = {pages + 1000}")
        assert send(client, review, vote(1, "keep", "long " * 100)).status_code == 200
