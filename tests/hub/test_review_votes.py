"""Reviews and votes copied to the tests' Hub: they get there, and survive a wiped disk."""

from __future__ import annotations

import base64
import time

import pytest

from amgan.errors import ConfigError
from amgan.reviews.copying import hub_copy, log
from amgan.reviews.copying.event_line import Cast, to_line
from amgan.reviews.copying.hub_copy import configured_copy
from amgan.reviews.copying.read_back import Filling
from amgan.reviews.store.store import ReviewStore
from tests.hub.repositories import Blob, Repository
from tests.hub.review_copies import OFTEN, REPO, copied, eventually, everything, has, ids, vote
from tests.hub.server import OWNER
from tests.models import message
from tests.reviews.random_reviews import review_of


def test_votes_reach_a_private_data_set_and_survive_a_wiped_disk(hub, copies, disk):
    store = disk()
    old = store.create(review_of(3, "Old"))
    store.add(old.id, [vote(1)])  # from before there was a copy
    copy = copies(store)
    new = store.create(review_of(2, "New"))
    store.add(new.id, [vote(2, comment="a\n<b>", name="Ann"), vote(3)])
    store.add(new.id, [vote(2, comment="a\n<b>", name="Ann")])  # sent twice
    eventually(has(hub, 1, 2, 3))
    store.close_review(old.id)
    store.add(new.id, [vote(4, verdict="undo")])
    copy.stop(20.0)
    repository = hub.repositories[f"datasets/{REPO}"]
    assert repository.private
    assert copied(hub) == {f"vote-{number:04}": 1 for number in (1, 2, 3, 4)}
    assert not any(OWNER.encode() in blob.content for blob in repository.head.files.values())

    wiped = disk()
    copies(wiped)
    assert everything(wiped) == everything(store)
    assert wiped.owned(new.id, new.key) == new
    wiped.add(new.id, [vote(5)])
    eventually(has(hub, 5))
    assert set(copied(hub).values()) == {1}  # what was there is not written again
    third = disk()
    copies(third)
    assert everything(third) == everything(wiped)


def test_a_review_opened_again_and_one_deleted_stay_so(hub, copies, disk):
    store = disk()
    again, gone = store.create(review_of(2, "Again")), store.create(review_of(2, "Gone"))
    for review in (again, gone):
        store.add(review.id, [vote(1)])
        store.close_review(review.id)
    copy = copies(store)
    assert copy.filling is Filling.DONE
    copy.stop(20.0)
    store.reopen_review(again.id)
    store.delete(gone.id)
    copies(store).stop(20.0)

    wiped = disk()
    copies(wiped)
    assert everything(wiped) == everything(store)
    assert [review.closed for review in wiped.reviews()] == [None]


def test_a_store_that_was_not_wiped_goes_on_without_doubles(hub, copies, disk):
    store = disk()
    review = store.create(review_of(1))
    store.add(review.id, [vote(1)])
    copies(store).stop(20.0)
    store.add(review.id, [vote(2)])  # while nothing copies
    copies(store).stop(20.0)
    copies(store).stop(20.0)
    assert ids(store, review) == copied(hub) == {"vote-0001": 1, "vote-0002": 1}
    files = [path for path in hub.repositories[f"datasets/{REPO}"].head.files if path.startswith("votes/")]
    assert len(files) == 2


def test_nothing_new_makes_no_commit(hub, copies, disk):
    copies(disk())
    store = disk()
    store.add(store.create(review_of(1)).id, [vote(1)])
    copies(store)
    eventually(has(hub, 1))
    repository = hub.repositories[f"datasets/{REPO}"]
    commits, before = len(repository.commits), len(hub.requests)
    time.sleep(5 * OFTEN * 60)
    assert len(repository.commits) == commits == 2
    assert not [request for request in hub.requests[before:] if request.method == "POST"]


def test_strange_lines_and_files_in_the_data_set_do_no_harm(hub, copies, disk, caplog, monkeypatch):
    monkeypatch.setattr(hub_copy, "MAX_FILE_BYTES", 5000)
    store = disk()
    review = store.create(review_of(2))
    store.add(review.id, [vote(1)])
    copies(store).stop(20.0)
    repository = hub.repositories[f"datasets/{REPO}"]
    line = to_line(Cast(review.id, vote(7)))
    files = {
        "votes/a.jsonl": b"{\n[[[[\n\xff\n" + line + to_line(Cast(review.id, vote(8, item=5))) + line[:40],
        "votes/large.jsonl": to_line(Cast(review.id, vote(9))) * 100,
        "votes/../b.jsonl": to_line(Cast(review.id, vote(10))),
        "votes/c.txt": to_line(Cast(review.id, vote(11))),
        "README.md": b"notes of a person",
    }
    blobs = {path: Blob(content, lfs=False) for path, content in files.items()}
    repository.commit("strange", repository.head.files | blobs)
    wiped = disk()
    copies(wiped)
    assert ids(wiped, review) == {"vote-0001": 1, "vote-0007": 1}
    assert "5 lines say nothing that could be read back" in caplog.text
    assert "votes/large.jsonl is not read back, it is too large" in caplog.text
    wiped.add(review.id, [vote(12)])
    eventually(lambda: any(b"vote-0012" in blob.content for blob in repository.head.files.values()))
    assert all(repository.head.files[path] == blob for path, blob in blobs.items())


def test_nothing_is_written_to_a_public_data_set(hub, copies, disk, caplog):
    repository = hub.repositories[f"datasets/{REPO}"] = Repository(REPO, private=False)
    store = disk()
    review = store.create(review_of(2))
    store.add(review.id, [vote(1)])
    copies(store)
    assert "it is public already; make it private on its page first" in caplog.text
    repository.private = True
    eventually(has(hub, 1))
    repository.private = False  # by a person, in the middle
    store.add(review.id, [vote(2)])
    eventually(lambda: "it is public now" in caplog.text)
    assert not has(hub, 2)()
    repository.private = True
    eventually(has(hub, 2))
    assert ids(store, review) == copied(hub)


def test_two_processes_may_copy_one_store(hub, copies, disk, tmp_path):
    store = disk()
    same = ReviewStore(tmp_path / "disk-0" / "reviews.sqlite")
    for opened in (store, same):
        copies(opened)
    review = store.create(review_of(2))
    for number in range(20):
        (store, same)[number % 2].add(review.id, [vote(number)])
    eventually(lambda: set(copied(hub).values()) == {2} and len(copied(hub)) == 20)
    wiped = disk()
    copies(wiped)
    assert everything(wiped) == everything(store)
    assert set(ids(wiped, review).values()) == {1}


def test_a_long_log_goes_up_in_parts_of_which_each_is_sent_once(hub, copies, disk, monkeypatch):
    monkeypatch.setattr(log, "FILE_BYTES", 1500)
    store = disk()
    review = store.create(review_of(1))
    copies(store)
    for number in range(30):
        store.add(review.id, [vote(number)])
        if number % 10 == 9:
            eventually(has(hub, *range(number + 1)))
    commits = hub.repositories[f"datasets/{REPO}"].commits
    blobs = {(path, blob) for commit in commits for path, blob in commit.files.items() if path.startswith("votes/")}
    full = {path: blob.content for path, blob in blobs if len(blob.content) >= 1500}
    assert len(full) > 2
    for path, content in full.items():
        assert commits[-1].files[path].content == content
        sent = [request for request in hub.requests if base64.b64encode(content) in request.body]
        assert len(sent) == 1


def test_the_settings_say_where_to(disk, caplog):
    store = disk()
    assert configured_copy(store, None, None, {}) is None
    assert not caplog.records
    assert configured_copy(store, None, OWNER, {"SPACE_ID": "user/demo"}) is None
    assert "lost when this Space restarts: set the variable AMGAN_REVIEWS_REPO" in message(
        ValueError(caplog.messages[0])
    )
    assert configured_copy(store, REPO, OWNER, {"SPACE_ID": "user/demo"}) is not None
    for repo, token in (("no-user", OWNER), (REPO, "hf_a\nb")):
        with pytest.raises(ConfigError) as raised:
            configured_copy(store, repo, token, {})
        assert message(raised.value).startswith("AMGAN_REVIEWS_REPO: ")
        assert token not in message(raised.value)
