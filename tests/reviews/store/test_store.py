"""The SQLite file: what was acknowledged is there, once, whoever wrote it and however often it was sent."""

from __future__ import annotations

import multiprocessing
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amgan.errors import RequestError, ReviewClosedError, UnknownReviewError
from amgan.reviews.review_spec import Item, ReviewSpec
from amgan.reviews.store.store import Review, ReviewStore
from amgan.reviews.vote import Vote, counted
from tests.models import message
from tests.reviews.random_reviews import picture, review_of, specs, votes_on
from tests.reviews.store.store_parts import NOON, Clock, vote


@pytest.fixture
def store(tmp_path):
    opened = ReviewStore(tmp_path / "deep" / "reviews.sqlite", clock=Clock())
    yield opened
    opened.close()


@settings(max_examples=20)  # each waits for the disk
@given(specs)
def test_a_review_comes_back_also_after_a_restart(tmp_path_factory, spec):
    path = tmp_path_factory.mktemp("store") / "reviews.sqlite"
    store = ReviewStore(path)
    made = store.create(spec)
    assert store.review(made.id) == made == store.owned(made.id, made.key)
    store.close()
    again = ReviewStore(path)
    assert again.reviews() == [made]
    assert made.spec == spec
    again.close()


@given(specs.flatmap(lambda spec: st.tuples(st.just(spec), st.lists(votes_on(spec), max_size=12, unique_by=_id))))
def test_votes_come_back_in_order_and_sending_them_again_changes_nothing(both):
    spec, votes = both
    clock = Clock()
    store = ReviewStore(":memory:", clock=clock)
    review = store.create(spec)
    for one in votes:
        clock.now += 1
        store.add(review.id, [one])
    kept = store.votes(review.id)
    assert [replace(one, at=0) for one in kept] == votes
    assert [one.at for one in kept] == [NOON + 1 + number for number in range(len(votes))]
    store.add(review.id, votes)
    store.add(review.id, votes[::-1])
    assert store.votes(review.id) == kept
    for reviewer in {one.reviewer for one in votes}:
        assert store.votes_of(review.id, reviewer) == [one for one in kept if one.reviewer == reviewer]
    store.close()


def _id(vote: Vote) -> str:
    return vote.id


def test_reviews_are_told_apart_and_the_newest_comes_first(store):
    first = store.create(review_of(2, "one"))
    store._clock.now += 5
    second = store.create(review_of(2, "two"))
    assert [review.spec.title for review in store.reviews()] == ["two", "one"]
    assert len({first.id, first.key, second.id, second.key}) == 4
    assert min(len(first.id), len(first.key)) >= 16
    # Neither an option of a command line nor cut short by a messenger, whatever it begins or ends with.
    assert all(set(token) <= set("0123456789abcdef") for token in (first.id, first.key, second.id, second.key))
    store.add(first.id, [vote(1)])
    store.add(second.id, [vote(1, "reject")])  # ids are of one review
    assert [kept.verdict for kept in store.votes(first.id)] == ["keep"]
    assert [kept.verdict for kept in store.votes(second.id)] == ["reject"]


def test_who_has_not_the_key_is_told_so_in_a_sentence(store):
    review = store.create(review_of(1))
    other = store.create(review_of(1))
    for review_id, key in [(review.id, other.key), (review.id, ""), (review.id, "\ud800"), ("' OR 1=1 --", review.key)]:
        with pytest.raises(UnknownReviewError) as raised:
            store.owned(review_id, key)
        message(raised.value)
    for call in (store.review, store.close_review, lambda review_id: store.add(review_id, [vote(1)])):
        with pytest.raises(UnknownReviewError):
            call("unknown-review")


def test_a_batch_of_votes_is_taken_whole_or_not_at_all(store):
    review = store.create(review_of(2))
    for wrong in (vote(2, item=2), vote(2, "5"), vote(2, "a")):
        with pytest.raises(RequestError) as raised:
            store.add(review.id, [vote(1), wrong])
        message(raised.value)
    assert store.votes(review.id) == []


def test_an_id_cannot_be_used_for_another_vote(store):
    review = store.create(review_of(2))
    store.add(review.id, [vote(1)])
    for other in (vote(1, "reject"), vote(1, item=1), vote(1, reviewer="reviewer-2")):
        with pytest.raises(RequestError, match="another vote"):
            store.add(review.id, [other])
        with pytest.raises(RequestError, match="another vote"):
            store.add(review.id, [vote(2, "skip"), replace(other, id="vote-0002")])  # in one and the same call
    assert [kept.id for kept in store.votes(review.id)] == ["vote-0001"]


def test_a_closed_review_takes_no_votes_but_acknowledges_those_it_has(store):
    review = store.create(review_of(2))
    store.add(review.id, [vote(1)])
    store._clock.now += 60
    closed = store.close_review(review.id)
    store._clock.now += 60
    assert store.close_review(review.id).closed == closed.closed == NOON + 60
    with pytest.raises(ReviewClosedError) as raised:
        store.add(review.id, [vote(1), vote(2)])
    message(raised.value)
    store.add(review.id, [vote(1)])
    assert len(store.votes(review.id)) == 1


def test_a_clock_put_back_does_not_turn_a_reviewers_votes_round(store):
    review = store.create(review_of(1))
    store.add(review.id, [vote(1, "keep")])
    store._clock.now -= 3600
    store.add(review.id, [vote(2, "reject")])
    store.add(review.id, [vote(3, "undo")])
    assert [kept.verdict for kept in store.votes(review.id)] == ["keep", "reject", "undo"]
    assert counted(store.votes(review.id)) == []


def test_votes_of_one_moment_and_of_a_clock_put_back_stand_in_their_order_by_time_alone(store):
    """A browser takes back the vote of the latest time, so no two of a reviewer have the same."""
    review = store.create(review_of(10))
    store.add(review.id, [vote(1, item=5), vote(2, item=9), vote(3, item=2), vote(4, reviewer="reviewer-2")])
    store._clock.now -= 3600
    store.add(review.id, [vote(5, item=7), vote(6, item=1)])
    store.add(review.id, [vote(7, item=0)])
    mine = store.votes_of(review.id, "reviewer-1")
    assert [kept.item for kept in mine] == [kept.item for kept in sorted(mine, key=_time)] == [5, 9, 2, 7, 1, 0]
    assert len({kept.at for kept in mine}) == len(mine)
    assert mine[-1].at == pytest.approx(NOON, abs=0.001)


def _time(vote: Vote) -> float:
    return vote.at


def test_free_text_comes_back_as_it_was(store):
    review = store.create(review_of(1, "<script>alert(1)</script>'; DROP TABLE votes; --"))
    text = '<img src=x onerror="alert(1)">\n\u202e"\'; DROP TABLE reviews; --'
    store.add(review.id, [vote(1, comment=text, name="<b>Eve</b>")])
    (kept,) = store.votes(review.id)
    assert (kept.comment, kept.name) == (text, "<b>Eve</b>")
    assert store.review(review.id).spec.title == review.spec.title


@given(st.data())
def test_copies_merged_in_any_order_and_more_than_once_are_the_whole(data):
    spec = review_of(3)
    votes = data.draw(st.lists(votes_on(spec), min_size=1, max_size=10, unique_by=_id))
    votes = [replace(vote, at=NOON + number) for number, vote in enumerate(votes)]
    source = ReviewStore(":memory:", clock=Clock())
    review = source.create(spec)
    ended = replace(review, closed=NOON + 100)
    parts = [(review, votes[::2]), (ended, votes[1::2]), (review, votes)]
    other = ReviewStore(":memory:")
    for part in data.draw(st.permutations(parts)) + data.draw(st.lists(st.sampled_from(parts))):
        other.merge(*part)
    assert other.votes(review.id) == votes
    assert other.review(review.id) == ended
    assert other.owned(review.id, review.key) == ended
    source.close()
    other.close()


def test_a_merge_does_not_change_what_is_here(store):
    review = store.create(review_of(2))
    store.add(review.id, [vote(1)])
    store.close_review(review.id)
    before = store.review(review.id), store.votes(review.id)
    store.merge(replace(review, key="another-key"), [vote(1, "reject", at=NOON + 5)])
    assert (store.review(review.id), store.votes(review.id)) == before


def test_threads_lose_no_vote(tmp_path):
    store = ReviewStore(tmp_path / "reviews.sqlite")
    review = store.create(review_of(20))

    def write(reviewer: int) -> None:
        for number in range(20):
            new = vote(100 * reviewer + number, item=number, reviewer=f"reviewer-{reviewer}")
            store.add(review.id, [new])
            store.add(review.id, [new])  # sent twice by a poor connection

    threads = [threading.Thread(target=write, args=(reviewer,)) for reviewer in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    places = [(kept.item, kept.reviewer) for kept in store.votes(review.id)]
    assert sorted(places) == sorted((item, f"reviewer-{reviewer}") for item in range(20) for reviewer in range(8))
    store.close()


def _write(path: Path, review_id: str, writer: int) -> None:
    store = ReviewStore(path)
    for number in range(25):
        store.add(review_id, [vote(100 * writer + number, item=number, reviewer=f"reviewer-{writer}")])
    store.close()


def test_processes_lose_no_vote(tmp_path):
    path = tmp_path / "reviews.sqlite"
    store = ReviewStore(path)
    review = store.create(review_of(25))
    context = multiprocessing.get_context("forkserver")
    writers = [context.Process(target=_write, args=(path, review.id, writer)) for writer in range(3)]
    for writer in writers:
        writer.start()
    _write(path, review.id, 3)
    for writer in writers:
        writer.join()
    assert [writer.exitcode for writer in writers] == [0, 0, 0]
    assert len(store.votes(review.id)) == 100
    store.close()


@given(specs.flatmap(lambda spec: st.tuples(st.just(spec), st.lists(votes_on(spec), max_size=15, unique_by=_id))))
def test_counts_are_those_of_the_votes_that_count(both):
    spec, votes = both
    store = ReviewStore(":memory:", clock=Clock())
    review, other = store.create(spec), store.create(review_of(1))
    store.add(other.id, [vote(1)])
    assert store.counts(review.id) == (0, 0)
    store.add(review.id, votes)
    copied = replace(review, id="copied-review")
    store.merge(copied, [replace(vote, at=NOON) for vote in votes])  # of the same time the later one counts
    for one in (review, copied):
        said = [kept for kept in counted(store.votes(one.id)) if kept.verdict != "skip"]
        assert store.counts(one.id) == (len({kept.reviewer for kept in said}), len(said))
    store.close()


def test_what_could_not_be_read_again_is_not_kept(store):
    long = "\u00e9" * 1000
    spec = ReviewSpec("t", tuple(Item(picture(seed, model=long)) for seed in range(2000)))
    with pytest.raises(RequestError, match="ask for fewer pictures"):
        store.create(spec)
    assert store.reviews() == []
    fewer = ReviewSpec("t", spec.items[:1000])
    assert store.review(store.create(fewer).id).spec == fewer


@pytest.mark.parametrize("text", ["a\x1b[31m", "a\nb", "a\tb", "a\x9b1m", "\x00a"])
def test_title_and_question_are_a_line_each(store, text):
    for change in ({"title": text}, {"question": text}):
        with pytest.raises(RequestError, match=rf"{next(iter(change))} must be one line"):
            store.create(replace(review_of(1), **change))
    # What was stored before that was refused, and its copies, can be read.
    old = Review("review-01", "the-key-of-it", NOON, None, review_of(1, text))
    store.merge(old, [])
    assert store.reviews() == [old]


def test_all_reviews_are_read_as_one_is(store, monkeypatch):
    made = store.create(review_of(3))
    assert store.review(made.id) == made
    monkeypatch.setattr(ReviewSpec, "from_json", None)  # it is in memory
    assert store.reviews() == [made]
