"""The queue: every picture is taken once, callers share alike, the background waits."""

from __future__ import annotations

import collections

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amgan.engine.fair_queue import FairQueue
from amgan.errors import BusyError

ITEMS = st.lists(
    st.tuples(st.integers(1, 40), st.sampled_from("ab"), st.sampled_from("xyz"), st.booleans()), max_size=20
)


def limit(size):
    return lambda group: size


@given(ITEMS, st.integers(1, 33))
def test_every_picture_is_taken_once_and_batches_hold_one_group(items, size):
    queue = FairQueue(10**6)
    for number, (count, group, caller, background) in enumerate(items):
        queue.put(number, count, group, caller, background)
    taken = []
    while shares := queue.take(limit(size)):
        assert sum(share.stop - share.start for share in shares) <= size
        assert len({items[share.item][1] for share in shares}) == 1
        assert len({items[share.item][3] for share in shares}) == 1
        taken += [(share.item, row) for share in shares for row in range(share.start, share.stop)]
    assert sorted(taken) == [(number, row) for number, item in enumerate(items) for row in range(item[0])]
    assert queue.is_empty
    assert len(queue) == 0


@given(ITEMS, st.integers(1, 33))
def test_a_batch_is_full_while_its_group_has_more(items, size):
    queue = FairQueue(10**6)
    for number, (count, _, caller, _) in enumerate(items):
        queue.put(number, count, "one", caller)
    left = sum(item[0] for item in items)
    while shares := queue.take(limit(size)):
        drawn = sum(share.stop - share.start for share in shares)
        assert drawn == min(size, left)
        left -= drawn
        assert len(queue) == left


@given(st.integers(2, 64), st.integers(1, 10))
def test_one_picture_is_in_the_next_batch_behind_ten_thousand(size, small):
    queue = FairQueue(10**6)
    queue.put("large", 10_000, "g", "greedy")
    queue.put("large too", 10_000, "g", "greedy")
    for number in range(min(small, size - 1)):
        queue.put(number, 1, "g", f"caller {number}")
    taken = {share.item for share in queue.take(limit(size))}
    assert taken >= set(range(min(small, size - 1)))
    assert "large" in taken


def test_more_callers_than_places_take_turns():
    queue = FairQueue(100)
    for number in range(6):
        queue.put(number, 2, "g", str(number))
    order = [[share.item for share in queue.take(limit(4))] for _ in range(3)]
    assert order == [[0, 1, 2, 3], [4, 5, 0, 1], [2, 3, 4, 5]]


def test_groups_take_turns():
    queue = FairQueue(100)
    queue.put("a", 10, "g")
    queue.put("b", 10, "h")
    assert [queue.take(limit(4))[0].item for _ in range(5)] == ["a", "b", "a", "b", "a"]


def test_who_asks_for_many_models_gets_no_more_turns_than_others():
    queue = FairQueue(10**6)
    for group in "abcdefgh":
        queue.put("greedy", 1000, group, "greedy")
    queue.put("modest", 1000, "i", "modest")
    queue.put("mixed", 1000, "a", "mixed")
    drawn = collections.Counter()
    for _ in range(60):
        for share in queue.take(limit(4)):
            drawn[share.item] += share.stop - share.start
    assert drawn["modest"] == 80
    assert drawn["mixed"] >= 40


def test_who_asks_for_many_models_gets_no_more_pictures_than_others():
    queue = FairQueue(10**6)
    for group in "abc":
        queue.put(group, 10_000, group, "greedy")
    queue.put("modest", 10_000, "a", "modest")
    drawn = collections.Counter()
    for _ in range(100):
        for share in queue.take(limit(8)):
            drawn[share.item] += share.stop - share.start
    assert drawn["modest"] == sum(drawn[group] for group in "abc") == 400
    assert min(drawn.values()) >= 50


@given(st.lists(st.sets(st.sampled_from("abcd"), min_size=1), min_size=2, max_size=6), st.integers(1, 33))
def test_who_waits_all_the_time_is_never_far_behind(groups_of, size):
    queue = FairQueue(10**6)
    for caller, groups in enumerate(groups_of):
        for group in sorted(groups):
            queue.put(caller, 10_000, group, str(caller))
    drawn = [0] * len(groups_of)
    for _ in range(60):
        for share in queue.take(limit(size)):
            drawn[share.item] += share.stop - share.start
        assert max(drawn) - min(drawn) <= 2 * size


def test_who_was_drawn_alone_for_long_owes_nothing_to_who_comes_later():
    queue = FairQueue(10**6)
    queue.put("large", 1000, "g", "one")
    for _ in range(50):
        queue.take(limit(8))
    for _ in range(10):
        queue.put("again", 8, "h", "two")
        assert [queue.take(limit(8))[0].item for _ in range(2)] == ["large", "again"]


def test_all_groups_of_a_caller_come_to_their_turn():
    queue = FairQueue(10**6)
    queue.put("large", 1000, "g", "one")
    queue.put("other", 1000, "g", "two")
    queue.put("small", 1, "h", "one")
    assert "small" in {share.item for _ in range(3) for share in queue.take(limit(4))}


def test_the_background_waits_until_nothing_else_does():
    queue = FairQueue(100)
    queue.put("bulk", 8, "g", background=True)
    queue.put("one", 5, "g")
    assert len(queue) == 5
    assert [share.item for _ in range(4) for share in queue.take(limit(4))] == ["one", "one", "bulk", "bulk"]


def test_who_does_not_fit_is_refused_and_the_rest_stays():
    queue = FairQueue(10)
    queue.put("first", 8, "g")
    with pytest.raises(BusyError):
        queue.put("second", 3, "g")
    queue.put("admitted", 3, "g", admitted=True)
    queue.put("background", 50, "g", background=True)
    assert len(queue) == 11
    assert {share.item for share in queue.take(limit(20))} == {"first", "admitted"}


def test_one_that_never_fits_is_let_in_when_nobody_waits():
    queue = FairQueue(10)
    queue.put("large", 11, "g")
    assert len(queue) == 11


@given(ITEMS, st.sets(st.integers(0, 19)), st.integers(1, 9))
def test_what_nobody_wants_any_more_is_never_taken(items, unwanted, size):
    queue = FairQueue(10**6)
    for number, (count, group, caller, background) in enumerate(items):
        queue.put(number, count, group, caller, background)
    taken = set()
    while shares := queue.take(limit(size), lambda item: item not in unwanted):
        taken |= {share.item for share in shares}
    assert taken == set(range(len(items))) - unwanted
    assert len(queue) == 0
    assert queue.is_empty


def test_what_is_to_come_takes_room_until_it_is_released():
    queue = FairQueue(10)
    queue.put("search", 1, "g", to_come=7)
    assert len(queue) == 1
    with pytest.raises(BusyError):
        queue.put("second", 1, "g", to_come=3)
    queue.put("third", 2, "g")
    queue.take(limit(20))
    with pytest.raises(BusyError):
        queue.put("fourth", 4, "g")
    queue.release(7)
    queue.put("fourth", 4, "g", to_come=6)


def test_nobody_is_refused_for_what_nobody_wants():
    queue, unwanted = FairQueue(10), {"gone", "gone too"}
    for item, count, caller in (("gone", 4, "a"), ("stays", 3, "a"), ("gone too", 3, "b")):
        queue.put(item, count, "g", caller)

    def wanted(item):
        return item not in unwanted

    queue.put("new", 7, "g", is_wanted=wanted)
    assert len(queue) == 10
    with pytest.raises(BusyError):
        queue.put("one more", 1, "g", is_wanted=wanted)
    assert {share.item for share in queue.take(limit(20), wanted)} == {"new", "stays"}


@given(ITEMS, st.sets(st.integers(0, 19)), st.integers(1, 9))
def test_purging_counts_right_in_the_middle_of_an_item(items, unwanted, size):
    queue = FairQueue(10**6)
    for number, (count, group, caller, _) in enumerate(items):
        queue.put(number, count, group, caller)
    taken = queue.take(limit(size))
    queue.purge(lambda item: item not in unwanted)
    left = sum(item[0] for number, item in enumerate(items) if number not in unwanted)
    assert len(queue) == left - sum(share.stop - share.start for share in taken if share.item not in unwanted)
    while shares := queue.take(limit(size)):
        assert unwanted.isdisjoint(share.item for share in shares)
    assert len(queue) == 0
    assert queue.is_empty
