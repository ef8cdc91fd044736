"""Targets and winners: three states, by the votes so far and by the interval."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amgan.reviews.outcome import MOST_VOTES, Outcome, State, Winner, every, outcome, votes_to_tell, winner
from amgan.reviews.wilson import Share, wilson_interval

shares = st.integers(1, 300).flatmap(lambda count: st.builds(Share, st.integers(0, count), st.just(count)))
MET, LOST = Outcome(True, True), Outcome(False, True)
HOPED, FEARED = Outcome(True, False), Outcome(False, False)


@pytest.mark.parametrize(
    ("share", "target", "expected"),
    [
        (Share(95, 100), 0.6, MET),
        (Share(18, 29), 0.6, HOPED),
        (Share(12, 29), 0.6, LOST),
        (Share(16, 29), 0.6, FEARED),
        (Share(3, 5), 0.6, HOPED),
        (Share(5, 5), 1.0, HOPED),
        (Share(0, 9), 0.0, MET),
    ],
)
def test_a_target(share, target, expected):
    assert outcome(share, target) == expected


@given(shares, st.floats(0, 1))
def test_certain_means_that_the_whole_interval_is_on_that_side(share, target):
    found = outcome(share, target)
    assert found.so_far == (share.value >= target)
    if found.certain:
        assert all((end >= target) == found.so_far for end in share.interval)
    assert (found.state is State.OPEN) == (not found.certain)


@pytest.mark.parametrize(
    ("outcomes", "state"),
    [
        ([MET, MET], State.MET),
        ([MET, LOST, HOPED, None], State.NOT_MET),
        ([MET, HOPED], State.OPEN),
        ([MET, FEARED], State.OPEN),
        ([MET, None], State.OPEN),
        ([], State.OPEN),
    ],
)
def test_a_target_for_every_class(outcomes, state):
    assert every(outcomes) is state


@given(shares)
def test_who_wins_is_the_same_from_either_side(share):
    other = {Winner.A: Winner.B, Winner.B: Winner.A, Winner.NEITHER: Winner.NEITHER}
    assert winner(Share(share.count - share.hits, share.count)) is other[winner(share)]


def test_who_wins():
    assert winner(Share(64, 100)) is Winner.B
    assert winner(Share(36, 100)) is Winner.A
    assert winner(Share(6, 10)) is winner(None) is Winner.NEITHER


@given(shares, st.floats(0.05, 0.95))
def test_so_many_more_votes_would_tell(share, target):
    more = votes_to_tell(share, target)
    if more is None:
        assert abs(share.value - target) < 0.1 or share.count > MOST_VOTES
        return
    count = share.count + more
    low, high = wilson_interval(round(share.value * count), count)
    assert not low <= target <= high
