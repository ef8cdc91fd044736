"""Reviews closed, opened again and deleted: the latest counts, in whatever order copies say so."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amgan.errors import ReviewClosedError, UnknownReviewError
from amgan.reviews.copying.event_line import Cast, Closing, Deletion, Reopening, to_line
from amgan.reviews.copying.log import VoteLog
from amgan.reviews.copying.read_back import Copied, read_back
from amgan.reviews.store.rows import Turns, count_open
from amgan.reviews.store.store import Review, ReviewStore
from tests.models import message
from tests.reviews.random_reviews import review_of
from tests.reviews.store.store_parts import NOON, Clock, vote

turns = st.builds(Turns, st.none() | st.floats(1, 9), st.none() | st.floats(1, 9))


@pytest.fixture
def store(tmp_path):
    opened = ReviewStore(tmp_path / "a.sqlite", clock=Clock())
    yield opened
    opened.close()


@given(turns, turns, turns)
def test_merging_turns_is_the_same_in_any_order_and_twice(a, b, c):
    assert a.with_later(b) == b.with_later(a)
    assert a.with_later(b).with_later(c) == a.with_later(b.with_later(c))
    assert a.with_later(a) == a


@given(st.lists(turns, max_size=6), st.floats(0, 10))
def test_open_is_counted_as_it_is_told(several, since):
    store = ReviewStore(":memory:")
    for number, mine in enumerate(several):
        store.merge(Review(f"review-{number:02}", "the-key-of-it", number, None, review_of(1)), [], mine)
    told = [one for one in store.reviews() if one.closed is None]
    with store._file.reading() as db:
        assert count_open(db, -1) == len(told)
        lately = [one for one in told if max(one.created, store.turns()[one.id].reopened or 0) > since]
        assert count_open(db, since) == len(lately)
    store.close()


@given(st.lists(st.tuples(st.booleans(), st.integers(-50, 50)), max_size=8))
def test_the_last_word_counts_whatever_the_clock_does(steps):
    clock = Clock()
    store = ReviewStore(":memory:", clock=clock)
    review = store.create(review_of(1))
    for closing, passed in steps:
        clock.now += passed
        before = store.review(review.id)
        after = (store.close_review if closing else store.reopen_review)(review.id)
        assert (after.closed is not None) == closing
        assert after == before or (before.closed is None) == closing  # said again it changes nothing
        assert after == store.review(review.id) == store.reviews()[0]
    store.close()


def test_a_reopened_review_takes_votes(store):
    review = store.create(review_of(2))
    store.close_review(review.id)
    with pytest.raises(ReviewClosedError):
        store.add(review.id, [vote(1)])
    assert store.reopen_review(review.id) == review
    store.add(review.id, [vote(1)])
    assert store.counts(review.id) == (1, 1)


def test_a_deleted_review_leaves_nothing_but_its_id(store, tmp_path):
    gone, other = store.create(review_of(2, "A title of its own")), store.create(review_of(2))
    for review in (gone, other):
        store.add(review.id, [vote(1, comment="a comment of its own" if review is gone else "")])
    store.close_review(gone.id)
    store.reopen_review(gone.id)
    store._clock.now += 5
    store.delete(gone.id)
    assert [review.id for review in store.reviews()] == [other.id]
    assert store.votes(gone.id) == []
    assert store.deletions() == {gone.id: NOON + 5}
    assert set(store.turns()) == {other.id}
    for call in (store.review, store.close_review, store.reopen_review, store.delete):
        with pytest.raises(UnknownReviewError) as raised:
            call(gone.id)
        message(raised.value)
    store.merge(gone, [vote(1)])
    assert [review.id for review in store.reviews()] == [other.id]
    assert len(store.votes(other.id)) == 1
    store.close()
    content = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert b"of its own" not in content
    assert gone.id.encode() in content


def logged(store, folder, copied=None):
    folder.mkdir()
    VoteLog(store, folder, copied or Copied()).append_new()
    return sorted(folder.iterdir())


def test_turns_and_deletions_survive_in_copies_of_any_order(store, tmp_path):
    reopened, closed, gone = (store.create(review_of(2, title)) for title in ("reopened", "closed", "gone"))
    for review in (reopened, closed, gone):
        store.add(review.id, [vote(1)])
    store.close_review(reopened.id)
    files = logged(store, tmp_path / "first")
    store._clock.now += 1
    store.reopen_review(reopened.id)
    for turn in (store.close_review, store.reopen_review, store.close_review):
        store._clock.now += 1
        turn(closed.id)
    store.delete(gone.id)
    files += logged(store, tmp_path / "second", read_back(files, ReviewStore(":memory:")))
    for number, order in enumerate((files, files[::-1], files * 2)):
        other = ReviewStore(tmp_path / f"{number}.sqlite")
        assert read_back(order, other).skipped == 0
        assert {review.spec.title: review.closed for review in other.reviews()} == {
            "reopened": None, "closed": NOON + 4,
        }  # fmt: skip
        assert other.turns() == store.turns()
        assert other.deletions() == store.deletions()
        assert other.votes(gone.id) == []
        # What was read back is not written again, and what comes new is.
        assert logged(other, tmp_path / f"log-{number}", read_back(order, other)) == []
        other.close()


def test_a_copy_deletes_what_another_disk_still_has(store, tmp_path):
    here = store.create(review_of(2))
    store.add(here.id, [vote(1)])
    file = tmp_path / "log.jsonl"
    cast = to_line(Cast(here.id, replace(vote(2), at=NOON)))
    file.write_bytes(
        to_line(Deletion(here.id, NOON))
        + to_line(here)
        + cast
        + to_line(Closing(here.id, NOON))
        + to_line(Reopening(here.id, NOON))
    )
    assert read_back([file], store).skipped == 0
    assert store.reviews() == []
    assert store.votes(here.id) == []
