"""What one store takes: told in a sentence, and there is room again later."""

from __future__ import annotations

import itertools

import pytest

from amgan.errors import BusyError, ReviewClosedError
from amgan.reviews.store.limits import ReviewLimits
from amgan.reviews.store.store import ReviewStore
from tests.models import message
from tests.reviews.random_reviews import review_of
from tests.reviews.store.store_parts import Clock, vote


def test_limits_are_told_and_a_minute_later_there_is_room_again():
    clock = Clock()
    store = ReviewStore(":memory:", ReviewLimits(reviews=2, votes=7, votes_per_minute=3), clock)
    review = store.create(review_of(4))
    store.create(review_of(1))
    with pytest.raises(BusyError) as raised:
        store.create(review_of(1))
    assert "2 open reviews" in message(raised.value)
    ids = itertools.count()
    store.add(review.id, [vote(next(ids)) for _ in range(3)])
    with pytest.raises(BusyError) as raised:
        store.add(review.id, [vote(next(ids))])
    assert raised.value.retry_after
    store.add(review.id, [vote(0)])  # one that is there already is no new one
    store.add(review.id, [vote(next(ids), reviewer="reviewer-2") for _ in range(2)])
    clock.now += 61
    store.add(review.id, [vote(next(ids)) for _ in range(2)])
    assert store.is_full(review.id)
    with pytest.raises(ReviewClosedError) as raised:  # to try again would be in vain
        store.add(review.id, [vote(next(ids))])
    assert "7 votes" in message(raised.value)
    store.add(review.id, [vote(0)])
    assert len(store.votes(review.id)) == 7
    store.close()


def test_only_open_reviews_are_counted():
    store = ReviewStore(":memory:", ReviewLimits(reviews=2), Clock())
    for _ in range(4):
        store.close_review(store.create(review_of(1)).id)
    first, second = store.create(review_of(1)), store.create(review_of(1))
    for make_room, take in ((store.close_review, store.reopen_review), (store.delete, None)):
        with pytest.raises(BusyError):
            store.create(review_of(1))
        make_room(first.id)
        if take is not None:
            take(first.id)
    store.create(review_of(1))
    store.close_review(second.id)
    store.create(review_of(1))
    with pytest.raises(BusyError):
        store.reopen_review(second.id)
    store.close()


def test_open_reviews_of_long_ago_take_no_room():
    clock = Clock()
    store = ReviewStore(":memory:", ReviewLimits(reviews=2, days=30), clock)
    old = [store.create(review_of(1)) for _ in range(2)]
    clock.now += 30 * 86_400 + 1
    store.create(review_of(1))
    store.close_review(old[0].id)
    store.reopen_review(old[0].id)  # somebody wants it again, so it counts again
    with pytest.raises(BusyError):
        store.create(review_of(1))
    assert store.review(old[1].id).closed is None
    store.close()


def test_closed_reviews_do_not_grow_without_end():
    store = ReviewStore(":memory:", ReviewLimits(stored=3), Clock())
    made = [store.create(review_of(1)) for _ in range(3)]
    for one in made:
        store.close_review(one.id)
    with pytest.raises(BusyError) as raised:
        store.create(review_of(1))
    assert "3 reviews already" in message(raised.value)
    store.reopen_review(made[0].id)  # is no new one
    store.delete(made[1].id)
    store.create(review_of(1))
    store.close()


def test_fresh_tokens_do_not_fill_a_review_at_once():
    clock = Clock()
    store = ReviewStore(":memory:", ReviewLimits(reviewers_per_minute=3), clock)
    review, other = store.create(review_of(9)), store.create(review_of(9))
    ids = itertools.count()
    for number in range(3):
        store.add(review.id, [vote(next(ids), reviewer=f"reviewer-{number}")])
        clock.now += 10
    fresh = [vote(next(ids), reviewer="reviewer-3")]
    with pytest.raises(BusyError) as raised:
        store.add(review.id, fresh)
    assert "new reviewers" in message(raised.value)
    assert raised.value.retry_after
    store.add(review.id, [vote(next(ids), reviewer="reviewer-0")])  # who is known goes on
    store.add(other.id, fresh)  # and so do the other reviews
    with pytest.raises(BusyError):
        store.add(other.id, [vote(next(ids), reviewer=f"other-{number:03}") for number in range(3)])  # in one call
    clock.now += 31
    store.add(review.id, fresh)
    store.close()
