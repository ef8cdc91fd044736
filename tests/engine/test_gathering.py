"""An idle device waits for callers who come again, never longer than is saved, and not for those who do not."""

from __future__ import annotations

import heapq

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amgan.engine.batch_cost import BatchCost
from amgan.engine.gathering import Gathering

COST = BatchCost({1: 0.010, 2: 0.020, 4: 0.019, 8: 0.034, 16: 0.064, 32: 0.122})
ANSWER = 0.0005
"""Seconds from one caller's answer to the next one's: they are answered one after the other."""


class Impatient(Gathering):
    """Draws what is there, as a device without it would."""

    def patience(self, waiting, cost, now):
        return 0.0


def batches_of(callers, answers_to_go, again=lambda caller: ANSWER, kind=Gathering):
    """The sizes of batches, how long each was waited for, and the seconds of all, while so many are answered."""
    gathering, now, queue, sizes, waits = kind(), 0.0, [], [], []
    arrivals = [(0.001 * caller, caller) for caller in range(callers)]

    def take_in(until):
        while arrivals and arrivals[0][0] <= until:
            at, caller = heapq.heappop(arrivals)
            queue.append(caller)
            gathering.came(1, at)

    while sum(sizes) < answers_to_go and (queue or arrivals):
        now = now if queue else max(now, arrivals[0][0])
        take_in(now)
        begun = now
        while seconds := gathering.patience(len(queue), COST, now):
            now = min(now + seconds, arrivals[0][0] if arrivals else now + seconds)
            take_in(now)
        drawn, queue = queue[: COST.limit], queue[COST.limit :]
        waits.append(now - begun)
        sizes.append(len(drawn))
        now += COST.seconds(len(drawn))
        take_in(now)
        gathering.answered(len(drawn), now)
        soon = now
        for caller in drawn:
            soon += ANSWER
            pause = again(caller)
            if pause is not None:
                heapq.heappush(arrivals, (soon + pause - ANSWER, caller))
    return sizes, waits, now


@pytest.mark.parametrize("callers", [3, 4, 6, 8])
def test_callers_who_come_again_at_once_are_drawn_together(callers):
    sizes, waits, _ = batches_of(callers, 60 * callers)
    assert sizes[-20:-1] == [callers] * 19
    assert all(wait <= ANSWER * callers + 1e-9 for wait in waits[-20:-1])


@pytest.mark.parametrize("callers", [*range(1, 20), 24, 31, 32, 33, 40, 64])
def test_no_number_of_callers_is_served_slower_than_without_it(callers):
    _, _, seconds = batches_of(callers, 100 * callers)
    _, _, without = batches_of(callers, 100 * callers, kind=Impatient)
    assert seconds < 1.02 * without
    if callers == 8:
        assert seconds < 0.9 * without


@pytest.mark.parametrize("callers", [1, 2])
def test_where_nothing_is_saved_nobody_waits(callers):
    """The second picture is drawn alone, whether it came with the first or after it."""
    _, waits, _ = batches_of(callers, 100)
    assert max(waits) == 0


def test_a_full_batch_does_not_wait():
    sizes, waits, _ = batches_of(64, 64 * 20)
    assert set(sizes[2:-1]) == {32}
    assert max(waits[2:]) == 0


def test_who_does_not_come_again_is_not_waited_for():
    """Eight of whom two come again at once and the others a second later: their second is not waited for."""
    sizes, waits, _ = batches_of(8, 400, lambda caller: ANSWER if caller < 2 else 1.0)
    late = waits[len(waits) // 2 :]
    assert sum(late) < 0.05 * sum(COST.seconds(size) for size in sizes[len(sizes) // 2 :])


def test_callers_who_left_are_soon_forgotten():
    """Seven of eight leave after a while; the one who stays is answered as if it had always been alone."""
    answered = 0

    def again(caller):
        nonlocal answered
        answered += 1
        return ANSWER if caller == 0 or answered < 200 else None

    sizes, waits, _ = batches_of(8, 300, again)
    assert 8 in sizes[-120:]
    assert sizes[-50:] == [1] * 50
    assert max(waits[-80:]) == 0


@given(
    st.lists(
        st.tuples(st.sampled_from(("came", "answered", "patience", "pass")), st.integers(0, 40), st.floats(0, 0.2)),
        max_size=60,
    ),
    st.dictionaries(st.sampled_from((2, 4, 8, 16, 32)), st.floats(1e-5, 1), max_size=5),
)
def test_no_batch_is_waited_for_longer_than_it_saves(acts, seconds):
    cost, gathering, now, idle_since = BatchCost({1: 0.01} | seconds), Gathering(), 0.0, None
    most = 0.0
    for act, number, passed in acts:
        now += passed
        if act == "came":
            gathering.came(number, now)
        elif act == "answered":
            gathering.answered(number, now)
        elif act == "patience":
            asked = gathering.patience(number, cost, now)
            assert asked >= 0
            if not asked:
                idle_since, most = None, 0.0
                continue
            idle_since = now if idle_since is None else idle_since
            most = max(most, *(cost.saved(number, missing) for missing in range(cost.limit + 1)))
            assert now + asked - idle_since <= most + 1e-9
            assert number < cost.limit
