"""Copies of votes while the Hub is away or refuses: none is lost, and whoever votes does not wait."""

from __future__ import annotations

import pytest

from amgan.reviews.copying.read_back import Filling
from tests.hub.repositories import Blob
from tests.hub.review_copies import REPO, copied, eventually, everything, has, ids, vote
from tests.hub.server import OWNER, READER
from tests.models import message
from tests.reviews.random_reviews import review_of


def test_a_hub_that_is_down_at_the_start_brings_and_takes_all_when_it_is_back(hub, copies, disk):
    first = disk()
    old = first.create(review_of(2, "Old"))
    first.add(old.id, [vote(1)])
    copies(first).stop(20.0)

    wiped = disk()
    with hub.stopped():
        copies(wiped)
        assert wiped.reviews() == []
        new = wiped.create(review_of(2, "New"))
        wiped.add(new.id, [vote(2)])
    eventually(has(hub, 1, 2))
    assert ids(wiped, old) == {"vote-0001": 1}
    assert set(copied(hub).values()) == {1}


@pytest.mark.parametrize(
    ("method", "path", "fault"),
    [
        ("", "", {"status": 500}),
        ("", "", {"status": 429, "retry_after": 1}),
        ("", "", {"cut": -1}),
        ("", "", {"slow": True}),
        ("POST", "/commit/", {"status": 503}),
        ("POST", "/commit/", {"lose": True}),
        ("POST", "/commit/", {"status": 412}),
        ("POST", "/preupload/", {"cut": 10}),
        ("GET", "/api/datasets", {"wrong": True}),
    ],
)
def test_a_hub_that_is_away_for_a_while_loses_no_vote(hub, copies, disk, caplog, method, path, fault):
    store = disk()
    review = store.create(review_of(2))
    store.add(review.id, [vote(0)])
    copies(store)
    eventually(has(hub, 0))
    with hub.fault(method, path, **fault) as switched:
        for number in range(1, 20):
            store.add(review.id, [vote(number)])
        eventually(lambda: switched.hits and "not copied" in caplog.text)
        store.add(review.id, [vote(20)])
    store.add(review.id, [vote(21)])
    eventually(has(hub, *range(22)))
    eventually(lambda: "copied again" in caplog.text)
    assert set(copied(hub).values()) == {1}
    wiped = disk()
    copies(wiped)
    assert everything(wiped) == everything(store)
    lines = [record.getMessage() for record in caplog.records if "not copied" in record.getMessage()]
    assert len(lines) < 5  # not one for each round
    assert all(message(ValueError(line)).startswith(REPO) and "127.0.0.1" not in line for line in lines)


@pytest.mark.parametrize(
    "fault",
    [
        {"status": 500}, {"cut": -1}, {"cut": 30}, {"status": 404, "code": "EntryNotFound"}, {"slow": True},
        {"wrong": True},
    ],
)  # fmt: skip
@pytest.mark.parametrize("lfs", [False, True])
def test_what_cannot_be_read_back_at_once_is_read_later(hub, copies, disk, caplog, fault, lfs):
    store = disk()
    review = store.create(review_of(2))
    store.add(review.id, [vote(number) for number in range(5)])
    copies(store).stop(20.0)
    repository = hub.repositories[f"datasets/{REPO}"]
    repository.commit("large", {path: Blob(blob.content, lfs) for path, blob in repository.head.files.items()})
    wiped = disk()
    with hub.fault("GET", r"/resolve/|signed", **fault) as switched:
        copy = copies(wiped)
        eventually(lambda: switched.hits and copy.filling is Filling.FAILED)
        assert wiped.reviews() == []
        (line,) = (line for line in caplog.messages if "cannot be read back" in line)  # not one for each try
        assert message(ValueError(line)).startswith(f"{REPO}: reviews and votes cannot be read back (")
        assert "until then links to reviews that are only there do not work" in line
    eventually(lambda: copy.filling is Filling.DONE)
    assert "not copied" not in caplog.text
    assert everything(wiped) == everything(store)


@pytest.mark.parametrize("fault", [{"slow": True}, {"status": 500}])
def test_the_end_does_not_wait_for_a_hub_that_is_away(hub, copies, disk, caplog, fault):
    store = disk()
    review = store.create(review_of(1))
    copy = copies(store, every_minutes=60)
    eventually(lambda: f"datasets/{REPO}" in hub.repositories)
    store.add(review.id, [vote(1)])
    with hub.fault("", "", **fault):
        copy.stop(0.3)
    assert "may not have been copied before the end" in caplog.text
    assert not copied(hub)


@pytest.mark.parametrize(
    ("repo", "token", "says"),
    [
        (REPO, "hf_unknown", "refused the token"),
        (REPO, READER, "no right"),
        ("stranger/votes", OWNER, "no right"),
    ],
)
def test_a_token_that_may_not_is_said_in_one_line(hub, copies, disk, caplog, repo, token, says):
    store = disk()
    copies(store, repo=repo, token=token)
    store.add(store.create(review_of(1)).id, [vote(1)])
    lines = [record.getMessage() for record in caplog.records if record.name.startswith("amgan")]
    assert says in message(ValueError(lines[0]))
    assert len(store.reviews()) == 1
