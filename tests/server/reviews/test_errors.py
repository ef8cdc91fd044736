"""``/review/.../export`` and the like when it does not work: a person reads a page, a program gets JSON."""

from __future__ import annotations

import re

import pytest

from amgan.engine.shelf import Shelf
from amgan.reviews.copying.read_back import Filling
from amgan.reviews.store.limits import ReviewLimits
from amgan.reviews.store.store import ReviewStore
from tests.server.reviewing import singles
from tests.server.running import problem, running

BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
FILES = ("export.csv", "export.jsonl", "export.parquet", "kept.zip")
ACTIONS = ("close", "reopen")


@pytest.fixture
def store(tmp_path):
    store = ReviewStore(tmp_path / "reviews.sqlite", ReviewLimits(reviews=1))
    yield store
    store.close()


@pytest.fixture
def review(store, weights):
    return store.create(singles(Shelf(weights).model("dynamic"), "dynamic"))


def read(answer, status):
    """The sentence of an answer, which is checked to be a page for people."""
    assert answer.status_code == status
    assert answer.headers["content-type"].startswith("text/html")
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["cache-control"] == "no-store"
    assert "content-disposition" not in answer.headers
    assert '{"' not in answer.text
    assert 'href="../page/' in answer.text
    return re.search(r"<p>(.+)</p>", answer.text)[1]


def test_a_wrong_key(weights, store, review):
    wrong = {
        "wrong": (404, "This is not the link to the results of the review; ask who made it."),
        "x" * 1000: (422, "The link is not as it was sent; ask for it again."),
    }
    requests = [("GET", name) for name in FILES] + [("POST", name) for name in ACTIONS]
    with running(weights, reviews=store) as client:
        for key, (status, sentence) in wrong.items():
            for method, name in requests:
                address = f"/review/{review.id}/{name}?key={key}"
                assert read(client.request(method, address, headers=BROWSER), status) == sentence
                problem(client.request(method, address), status)
                problem(client.request(method, address, headers={"Accept": "application/json"}), status)
    assert store.review(review.id).closed is None


def test_the_style_of_the_page_is_found(weights, store, review):
    with running(weights, reviews=store) as client:
        page = client.get(f"/review/{review.id}/export.csv?key=x", headers=BROWSER)
        style = re.search(r'<link rel="stylesheet" href="([^"]+)"', page.text)[1]
        assert client.get(page.url.join(style)).headers["content-type"].startswith("text/css")


def test_nothing_is_kept_yet(weights, store, review):
    with running(weights, reviews=store) as client:
        address = f"/review/{review.id}/kept.zip?key={review.key}"
        assert "No picture" in read(client.get(address, headers=BROWSER), 422)
        assert "no picture" in problem(client.get(address), 422)["msg"]


def test_what_may_pass_is_asked_again_only_if_that_changes_nothing(weights, store, review):
    store.close_review(review.id)
    store.create(review.spec)
    with running(weights, reviews=store, reviews_filling=lambda: Filling.FAILED) as client:
        page = client.get("/review/later/export.csv?key=x", headers=BROWSER)
        assert "cannot be read from the Hub" in read(page, 503)
        assert '<meta http-equiv="refresh"' in page.text
        # A page that asks again by itself would ask with GET.
        full = client.post(f"/review/{review.id}/reopen?key={review.key}", headers=BROWSER)
        assert "reloads by itself" not in read(full, 429)
        assert '<meta http-equiv="refresh"' not in full.text
    assert store.review(review.id).closed is not None


def test_to_open_the_address_of_a_button_changes_nothing(weights, store, review):
    with running(weights, reviews=store) as client:
        for name in ACTIONS:
            address = f"/review/{review.id}/{name}?key={review.key}"
            led = client.get(address, headers=BROWSER)
            assert led.status_code == 303
            page = client.get(led.url.join(led.headers["location"]))
            assert page.status_code == 200
            assert "Close the review" in page.text
            assert client.get(address).headers["allow"] == "POST"
            problem(client.get(address), 405)
    assert store.review(review.id).closed is None
